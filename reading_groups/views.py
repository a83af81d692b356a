from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import FETCH_RAISE, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.filters import GroupFilter
from reading_groups.models import Enrolment, ReadingGroup, Session

PER_PAGE = 8
PAST_PER_PAGE = 8


@login_not_required
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """Browse groups: search, filter, order and page by URL query alone."""
    now = timezone.now()
    groups = ReadingGroup.objects.visible_to(request.user).listed().for_cards(request.user, now)
    filters = GroupFilter(request.GET, queryset=groups)
    filters.form.is_valid()
    page, page_problem = _page(filters.filter_queryset(groups), request.GET.get("page", "1"), PER_PAGE)
    _add_next_titles(page)
    context = {
        "filter": filters,
        "page": page,
        "page_problem": page_problem,
        "is_filtered": any(request.GET.get(name) for name in ("q", "topic", "format", "open")),
    }
    template = "reading_groups/group-list.html"
    return render(request, f"{template}#results" if request.htmx else template, context)  # type: ignore[attr-defined]


@login_not_required
@require_safe
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    group = get_object_or_404(_visible(request), slug=slug)
    sees_inside = request.user.has_perm("reading_groups.see_inside", group)
    own = None
    if request.user.is_authenticated:
        own = group.enrolments.filter(member=request.user).order_by("-joined_at", "-id").first()
    coming = list(group.sessions.coming(now).with_readings())
    past, page_problem = _page(group.sessions.past(now).with_readings(), request.GET.get("past", "1"), PAST_PER_PAGE)
    context = {
        "group": group,
        "own": own,
        "position": _position(own) if own and own.state == Enrolment.State.WAITLISTED else None,
        "waiting": group.enrolments.in_line().count(),
        "organizers": list(group.organizers.by_name()) if request.user.is_authenticated else [],
        "people": _people(group) if sees_inside else [],
        "next_session": coming[0] if coming else None,
        "coming": coming[1:],
        "past": past,
        "past_is_open": "past" in request.GET,
        "page_problem": page_problem if "past" in request.GET else "",
        "pool": list(group.readings.in_pool().in_order()),
        "sees_inside": sees_inside,
        "may_edit": request.user.has_perm("reading_groups.edit_group", group),
        "now": now,
    }
    return render(request, "reading_groups/group-detail.html", context)


def group_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a place, take up the one that is held, or join the line."""
    group = get_object_or_404(_visible(request), slug=slug)
    if request.method != "POST":
        return redirect(group)
    if not request.user.has_profile:
        messages.info(request, _("Tell us your name and time zone first; then take your place."))
        profile = redirect("members:profile-edit")
        profile["Location"] += "?" + urlencode({"next": group.get_absolute_url()})
        return profile
    try:
        enrolment = actions.join_group(actor=request.user, group_id=group.pk, now=timezone.now())
    except ReadingGroup.DoesNotExist:
        messages.error(request, _("This group has been removed."))
        return redirect("reading_groups:group-list")
    except actions.GroupIsClosed:
        messages.error(request, _("This group is not taking members any more."))
        return redirect(group)
    if enrolment.state == Enrolment.State.WAITLISTED:
        messages.success(request, _("You are on the waitlist. We will email you when a place is free."))
    else:
        messages.success(request, _("You have a place. We will remind you a day before each session."))
    return redirect(group)


def group_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up a place, let a held one go, or leave the line."""
    group = get_object_or_404(_visible(request), slug=slug)
    if request.method != "POST":
        return redirect(group)
    try:
        actions.leave_group(actor=request.user, group_id=group.pk, now=timezone.now())
    except ReadingGroup.DoesNotExist:
        messages.error(request, _("This group has been removed."))
        return redirect("reading_groups:group-list")
    except actions.NotInGroup:
        messages.info(request, _("You have no place in this group."))
    else:
        messages.success(request, _("You have left this group."))
    return redirect(group if _visible(request).filter(pk=group.pk).exists() else "reading_groups:group-list")


def _visible(request: HttpRequest) -> QuerySet[ReadingGroup]:
    return (
        ReadingGroup.objects.visible_to(request.user)
        .select_related("collective")
        .prefetch_related("topics")
        .defer("search")
    )


def _position(enrolment: Enrolment) -> int:
    ahead = enrolment.group.enrolments.in_line().filter(joined_at__lte=enrolment.joined_at)
    return ahead.exclude(joined_at=enrolment.joined_at, id__gt=enrolment.pk).count()


def _people(group: ReadingGroup) -> dict[str, list[Enrolment]]:
    """Who has a place, for whom one is held, and who waits, for those inside the group."""
    live = group.enrolments.live().select_related("member").fetch_mode(FETCH_RAISE)
    return {
        "enrolled": list(live.enrolled().by_name()),
        "held": list(live.filter(state=Enrolment.State.HELD).order_by("held_until")),
        "waiting": list(live.in_line()),
    }


def _page(rows: QuerySet, number: str, size: int) -> tuple[Page, str]:
    """A page of rows, and what to say where there is no such page."""
    paginator = Paginator(rows, size)
    try:
        return paginator.page(number), ""
    except PageNotAnInteger:
        problem = _("“%(page)s” is not the number of a page; this is the first.") % {"page": number[:20]}
        return paginator.page(1), problem
    except EmptyPage:
        problem = _("There is no page %(page)s; this is the last.") % {"page": number[:20]}
        return paginator.page(paginator.num_pages), problem


def _add_next_titles(page: Page) -> None:
    """Tell each listed group what its next session is about: one query for the page, and one for the readings."""
    ids = [group.next_id for group in page if group.next_id]
    sessions = Session.objects.filter(pk__in=ids).select_related("group").with_readings().fetch_mode(FETCH_RAISE)
    titles = {session.group_id: title_of(session) for session in sessions if session.title or session.readings.all()}
    for group in page:
        group.next_title = titles.get(group.pk, "")
