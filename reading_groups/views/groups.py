from datetime import datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Page
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core.clock import first_weekday_from, instant_of
from core.pages import page_of
from core.templatetags.interface import day
from members.models import Member
from members.redirects import profile_first
from reading_groups import actions
from reading_groups.absent import away_in_each_group, count_absent
from reading_groups.agenda import title_of
from reading_groups.filters import GroupFilter
from reading_groups.forms.discussion import AskForm, IdeaForm
from reading_groups.models import Enrolment, GroupMessage, Idea, ReadingGroup, Session
from reading_groups.querysets import with_questions_for
from reading_groups.querysets.talking import LATEST
from reading_groups.results import organizers_for
from reading_groups.rules import Standing, standing_of
from reading_groups.times import own_week_of
from reading_groups.views.loading import load_sessions, visible_groups
from reading_groups.views.running import steps_of

PER_PAGE = 8
PAST_PER_PAGE = 8
TOP_QUESTIONS = 3
POOL_SHOWN = 5
MOST_NAMED = 3


@login_not_required
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """Browse groups: search, filter, order and page by URL query alone."""
    now = timezone.now()
    groups = ReadingGroup.objects.visible_to(request.user).listed().for_cards(request.user, now)
    own_week = own_week_of(request.user, now)
    filters = GroupFilter(request.GET, queryset=groups, own_week=own_week)
    filters.form.is_valid()
    page, page_problem = page_of(filters.filter_queryset(filters.queryset), request.GET.get("page", "1"), PER_PAGE)
    _add_next_titles(page)
    context = {
        "filter": filters,
        "page": page,
        "page_problem": page_problem,
        "base_url": settings.BASE_URL,
        "has_week": own_week is not None,
        "is_filtered": any(request.GET.get(name) for name in ("q", "topic", "format", "open", "fits")),
    }
    template = "reading_groups/group-list.html"
    return render(request, f"{template}#results" if request.htmx else template, context)  # type: ignore[attr-defined]


@login_not_required
@require_safe
def group_detail(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    groups = visible_groups(request).select_related("collective").prefetch_related("topics")
    groups = groups.with_waiting().with_past(now).with_pool().with_sitting_in(request.user)
    groups = groups.annotate(
        latest_messages=GroupMessage.objects.latest_of_each_group(request.user), aways=away_in_each_group(now)
    )
    group = get_object_or_404(groups, slug=slug)
    if group.is_on_review:
        return redirect(group.get_proposal_url())
    viewer, own = request.user, standing_of(request.user, group)
    sees_inside = viewer.has_perm("reading_groups.see_inside", group)
    sessions = group.sessions.planned(now).with_note_counts().with_answers(viewer)
    planned = list(with_questions_for(sessions, viewer, now) if sees_inside else sessions)
    coming = [session for session in planned if not session.is_cancelled]
    past, page_problem = page_of(
        group.sessions.past(now), request.GET.get("past", "1"), PAST_PER_PAGE, count=group.past_count
    )
    load_sessions([*planned, *past], viewer=viewer, now=now, with_presenters=sees_inside)
    if sees_inside:
        count_absent(planned, group.aways, viewer=viewer)
    people = _people(group) if sees_inside else {}
    # Nothing, and no empty list, for whoever is not signed in.
    written = group.latest_messages or []
    pool = list(group.readings.for_pool(viewer)[:POOL_SHOWN])
    # While a group pauses, its sessions are kept, but none of them is next.
    next_session = coming[0] if coming and group.state != ReadingGroup.State.PAUSED else None
    context = {
        "group": group,
        "own": own,
        "position": _position(group, viewer, people) if own.state == Enrolment.State.WAITLISTED else None,
        "waiting": group.waiting,
        "organizers": organizers_for(viewer, group),
        "people": people,
        "next_session": next_session,
        "meets": _by_rule(group, now),
        "coming": [session for session in planned if session != next_session],
        "more": len(coming) - (next_session is not None),
        "past": past,
        "past_is_open": "past" in request.GET,
        "page_problem": page_problem if "past" in request.GET else "",
        "pool": pool,
        "sees_inside": sees_inside,
        "may_edit": viewer.has_perm("reading_groups.edit_group", group),
        "shows_results": viewer.has_perm("reading_groups.view_results", group),
        "steps": steps_of(group) if viewer.has_perm("reading_groups.run_group", group) else [],
        "sitting": _sitting_in(group, viewer, own, next_session, now),
        "takes_check_ins": next_session is not None and next_session.takes_check_ins(now),
        "may_propose": viewer.has_perm("reading_groups.propose_paper", group),
        "latest_messages": written[:LATEST],
        "more_messages": len(written) > LATEST,
        "base_url": settings.BASE_URL,
        "now": now,
    }
    if sees_inside:
        if next_session:
            context["questions"] = list(next_session.questions.for_reading(viewer)[:TOP_QUESTIONS])
            context["ask_form"] = AskForm(auto_id="ask-%s")
        ideas = list(group.ideas.for_board(viewer))
        for idea in ideas:
            idea.may_park = viewer.has_perm("reading_groups.park_idea", idea)
        readings = [reading for session in coming for reading in session.readings.all()] + pool
        papers = {reading.paper_id: reading.paper for reading in readings}
        context |= {
            "turn": _turn(people["enrolled"], viewer) if any(session.presenters_short for session in coming) else None,
            "own_next": next((session for session in coming if session.own_part), None),
            "ideas": [idea for idea in ideas if idea.state in Idea.STANDING],
            "settled_ideas": [idea for idea in ideas if idea.state not in Idea.STANDING],
            "idea_form": IdeaForm(papers=papers.values(), auto_id="idea-%s"),
        }
    return render(request, "reading_groups/group-detail.html", context)


def group_join(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a place, take up the one that is held, or join the line."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if request.method != "POST":
        return redirect(group)
    if not request.user.has_profile:
        told = _("Tell us your name and time zone first; then take your place.")
        return profile_first(request, told, group.get_absolute_url())
    try:
        enrolment = actions.join_group(actor=request.user, group_id=group.pk, now=timezone.now())
    except ReadingGroup.DoesNotExist:
        messages.error(request, _("This group has been removed."))
        return redirect("reading_groups:group-list")
    except actions.GroupIsClosed:
        messages.error(request, _("This group is not taking members any more."))
        return redirect(group)
    tell_joined(request, group, enrolment)
    return redirect(group)


def tell_joined(request: HttpRequest, group: ReadingGroup, enrolment: Enrolment) -> None:
    """Say what somebody has who joins, and which session is their first: the next one, wherever the term is."""
    if enrolment.state == Enrolment.State.WAITLISTED:
        messages.success(request, _("You are on the waitlist. We will email you when a place is free."))
        return
    told = _("You have a place. We will remind you a day before each session.")
    session = group.sessions.coming(timezone.now()).with_readings().first()
    if session is not None:
        session.group = group
        words = {"day": day(session.starts_at or session.held_on), "title": title_of(session)}
        told += " " + _("Your first is the next one, on %(day)s: %(title)s.") % words
    messages.success(request, told)


def group_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up a place, let a held one go, or leave the line."""
    group = get_object_or_404(visible_groups(request), slug=slug)
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
    return redirect(group if visible_groups(request).filter(pk=group.pk).exists() else "reading_groups:group-list")


def _by_rule(group: ReadingGroup, now: datetime) -> datetime | None:
    """When a group would meet next by its rule, whatever single session has been moved; None where it has no rule."""
    if group.weekday is None or group.starts_at_time is None:
        return None
    today = now.astimezone(ZoneInfo(group.zone)).date()
    return instant_of(first_weekday_from(today, group.weekday), group.starts_at_time, group.zone)


def _position(group: ReadingGroup, viewer: Member, people: dict[str, list[Enrolment]]) -> int:
    """Where the viewer stands in line, from 1. They do."""
    line = people["waiting"] if people else group.enrolments.in_line().only("member_id")
    return [enrolment.member_id for enrolment in line].index(viewer.pk) + 1


def _sitting_in(group: ReadingGroup, viewer: Member, own: Standing, next_session: Session | None, now: datetime) -> str:
    """How it stands with sitting in: `sits` before and while they do, `sat` afterwards, `may` where they could."""
    has_had_place = own.state in {*Enrolment.TAKES_PLACE, Enrolment.State.COMPLETED}
    if has_had_place or own.is_organizer or not group.is_listed:
        return ""
    if group.sits_in_session is not None and not group.sits_in_is_off:
        return "sat" if group.sits_in_until is not None and group.sits_in_until <= now else "sits"
    may = group.allows_sitting_in and next_session is not None
    return "may" if may else ""


def _people(group: ReadingGroup) -> dict[str, list[Enrolment]]:
    """Who has a place, for whom one is held, and who is in line, for those inside the group. One query.

    In a group that is over, those who completed it.
    """
    completed = Enrolment.State.COMPLETED
    live = group.enrolments.filter(state=completed) if group.is_over else group.enrolments.live().not_passed_by()
    live = live.select_related("member").with_presented().fetch_mode(FETCH_RAISE)
    by_state: dict[str, list[Enrolment]] = {state: [] for state in (*Enrolment.LIVE, completed)}
    for enrolment in live.by_name():
        by_state[enrolment.state].append(enrolment)
    return {
        "enrolled": by_state[completed if group.is_over else Enrolment.State.ENROLLED],
        "held": sorted(by_state[Enrolment.State.HELD], key=attrgetter("held_until", "pk")),
        "waiting": sorted(by_state[Enrolment.State.WAITLISTED], key=attrgetter("joined_at", "pk")),
    }


def _turn(enrolled: list[Enrolment], viewer: Member) -> dict[str, object] | None:
    """Whose turn to present it may be: those who have presented least. Nothing where all have done as much."""
    fewest = min((enrolment.presented for enrolment in enrolled), default=0)
    least = [enrolment.member for enrolment in enrolled if enrolment.presented == fewest]
    if len(least) == len(enrolled):
        return None
    others = [member for member in least if member != viewer]
    return {
        "is_viewer": len(others) < len(least),
        "names": [str(member) for member in others[:MOST_NAMED]],
        "more": len(others[MOST_NAMED:]),
        "have_presented": fewest > 0,
    }


def _add_next_titles(page: Page) -> None:
    """Tell each listed group what its next session is about: one query for the page, and one for the readings."""
    ids = [group.next_id for group in page if group.next_id]
    sessions = Session.objects.filter(pk__in=ids).select_related("group").with_readings().fetch_mode(FETCH_RAISE)
    titles = {session.group_id: title_of(session) for session in sessions if session.title or session.readings.all()}
    for group in page:
        group.next_title = titles.get(group.pk, "")
