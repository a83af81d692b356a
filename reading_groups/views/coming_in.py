"""Ways into a group beside its page: invitation links, and sitting in at one session."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.redirects import profile_first
from reading_groups import actions
from reading_groups.forms.finishing import InviteForm
from reading_groups.forms.links import CapForm, LinkForm
from reading_groups.links import place_of, sit_in_of
from reading_groups.models import Enrolment, InvitationLink, ReadingGroup, Session, SitIn
from reading_groups.views.groups import tell_joined
from reading_groups.views.loading import load_sessions, open_group, visible_groups

MOST_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
def link_list(request: HttpRequest, slug: str) -> HttpResponse:
    """For the group's organizers: its links and who came by them, a new one, and who sits in."""
    group = open_group(request, slug)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            link = actions.make_link(actor=request.user, group_id=group.pk, **form.cleaned_data, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("The link is there. Send it to whom you would like to have in the group."))
        return redirect(f"{request.path}#link-{link.pk}")
    return links_page(request, group, form=form)


def link_cap(request: HttpRequest, slug: str, link_id: int) -> HttpResponse:
    """Change how many people a link lets in."""
    group = open_group(request, slug)
    link = get_object_or_404(group.invitation_links.all(), pk=link_id)
    if request.method != "POST":
        return redirect("reading_groups:link-list", group.slug)
    form = CapForm(request.POST, prefix=f"link-{link.pk}")
    if form.is_valid():
        try:
            actions.cap_link(link_id=link.pk, most_uses=form.cleaned_data["most_uses"])
        except InvitationLink.DoesNotExist:
            raise Http404 from None
        except actions.MoreHaveCome:
            form.add_error("most_uses", _("More people have come by it already; at least as many stand here."))
        else:
            messages.success(request, _("The number is saved."))
            return redirect("reading_groups:link-list", group.slug)
    return links_page(request, group, form=LinkForm(), cap=(link.pk, form))


def link_revoke(request: HttpRequest, slug: str, link_id: int) -> HttpResponse:
    """Close a link for good."""
    group = open_group(request, slug)
    link = get_object_or_404(group.invitation_links.all(), pk=link_id)
    if request.method == "POST":
        actions.revoke_link(link_id=link.pk, now=timezone.now())
        messages.success(request, _("The link is revoked. Those who came by it stay."))
    return redirect("reading_groups:link-list", group.slug)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation link leads, for visitors as well: signing up comes back here, and one click joins."""
    links = InvitationLink.objects.select_related("group").defer("group__search")
    link = get_object_or_404(links, token=token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        return _join(request, link)
    now = timezone.now()
    groups = ReadingGroup.objects.with_standing(request.user).with_waiting().with_past(now).defer("search")
    group = groups.get(pk=link.group_id)
    context = {
        "link": link,
        # A link that is closed shows only what its reader sees without it.
        "shows_group": link.is_open or request.user.has_perm("reading_groups.view_group", group),
        "may_see_group": request.user.has_perm("reading_groups.view_group", group),
        "group": group,
        "own_state": group.standing_state,
        "held_until": group.standing_held_until,
        "waiting": group.waiting,
        "next_session": _next_session(request, group),
    }
    return render(request, "reading_groups/invitation.html", context)


def sit_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Sit in at the next session, without a place; with `sit_in=off` take it back."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if request.method != "POST":
        return redirect(group)
    if not request.user.has_profile:
        return profile_first(
            request, _("Tell us your name and time zone first; then sit in."), group.get_absolute_url()
        )
    now = timezone.now()
    try:
        if request.POST.get("sit_in") == "off":
            actions.call_off_sitting_in(actor=request.user, group_id=group.pk, now=now)
            messages.success(request, _("You do not sit in. You may do so another time."))
        else:
            actions.sit_in(actor=request.user, group_id=group.pk, now=now)
            messages.success(request, _("You sit in at the next session. We have emailed you the link to the call."))
    except ReadingGroup.DoesNotExist:
        messages.error(request, _("This group has been removed."))
        return redirect("reading_groups:group-list")
    except actions.CannotSitIn:
        messages.error(request, _("One cannot sit in at this group at present."))
    except actions.HasPlace:
        messages.info(request, _("You have a place in this group, or one is held for you."))
    except actions.SatInBefore:
        messages.error(request, _("You have sat in at this group. If you liked it, take a place."))
    except actions.NoSessionToCome:
        messages.error(request, _("No session is planned yet at which you could sit in."))
    return redirect(group)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sat_in(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail after sitting in: one click joins, or says not this time. It needs no sign-in."""
    own = sit_in_of(token)
    if own is None or not own.member.is_active:
        raise Http404
    if request.method == "POST":
        return _answer(request, own)
    return _answer_page(request, own)


def _answer(request: HttpRequest, own: SitIn) -> HttpResponse:
    problem, enrolment = "", None
    try:
        if request.POST.get("answer") == "no":
            own.answer = actions.decline_after_sitting_in(sit_in_id=own.pk, now=timezone.now()).answer
        else:
            enrolment = actions.join_after_sitting_in(sit_in_id=own.pk, now=timezone.now())
            own.answer = SitIn.Answer.JOINED
    except SitIn.DoesNotExist:
        raise Http404 from None
    except actions.GroupIsClosed:
        problem = _("This group is not taking members any more.")
    return _answer_page(request, own, problem=problem, enrolment=enrolment, is_answered=not problem)


def _answer_page(
    request: HttpRequest,
    own: SitIn,
    *,
    problem: str = "",
    enrolment: Enrolment | None = None,
    is_answered: bool = False,
) -> HttpResponse:
    if enrolment is None:
        enrolment = own.group.enrolments.live().filter(member=own.member).first()
    context = {
        "own": own,
        "group": own.group,
        "session": own.session,
        "problem": problem,
        "is_over": own.session.is_over(timezone.now()),
        "is_answered": is_answered or own.answer != SitIn.Answer.NONE,
        "enrolment": enrolment,
        "next_session": _next_session(request, own.group),
    }
    return render(request, "reading_groups/sat-in.html", context)


def _join(request: HttpRequest, link: InvitationLink) -> HttpResponse:
    if not request.user.has_profile:
        return profile_first(request, _("Tell us your name and time zone first; then take your place."))
    try:
        enrolment = actions.join_by_link(actor=request.user, token=link.token, now=timezone.now())
    except (InvitationLink.DoesNotExist, ReadingGroup.DoesNotExist):
        raise Http404 from None
    except (actions.LinkIsClosed, actions.GroupIsClosed):
        # The page says which, and what is left to do.
        return redirect(link)
    tell_joined(request, link.group, enrolment)
    return redirect(link.group)


def _next_session(request: HttpRequest, group: ReadingGroup) -> Session | None:
    """The one that is on or comes next, whenever somebody comes in."""
    now = timezone.now()
    session = group.sessions.coming(now).first()
    if session is not None:
        session.group = group
        load_sessions([session], viewer=request.user, now=now, with_presenters=False)
    return session


def invite_form(request: HttpRequest, *, is_sent: bool = False) -> InviteForm:
    """What is typed of a member to be asked in."""
    return InviteForm(request.POST if is_sent else None, viewer=request.user, auto_id="invite-%s")


def links_page(
    request: HttpRequest,
    group: ReadingGroup,
    *,
    form: LinkForm,
    cap: tuple[int, CapForm] | None = None,
    invite: InviteForm | None = None,
) -> HttpResponse:
    """The page of links, with whatever form of it came back."""
    links = list(
        group.invitation_links.newest_first().select_related("created_by").fetch_mode(FETCH_RAISE)[:MOST_SHOWN]
    )
    for link in links:
        own_form = CapForm(initial={"most_uses": link.most_uses}, prefix=f"link-{link.pk}")
        link.cap_form = cap[1] if cap and cap[0] == link.pk else own_form
        link.has_error = bool(cap and cap[0] == link.pk)
    sit_ins = group.sit_ins.select_related("member", "session").order_by("-session__held_on", "member__name_key", "id")
    context = {
        "group": group,
        "form": form,
        "links": links,
        "base": request.build_absolute_uri("/").rstrip("/"),
        "invite_form": invite or invite_form(request),
        "invited": list(group.invitations.by_name()[:MOST_SHOWN]),
        "sit_ins": list(sit_ins.fetch_mode(FETCH_RAISE)[:MOST_SHOWN]),
        "cap_is_wrong": cap is not None,
        "now": timezone.now(),
    }
    is_wrong = form.is_bound or cap is not None or invite is not None
    return render(request, "reading_groups/link-list.html", context, status=422 if is_wrong else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def held_place(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Where the mail of a held place leads: takes it, or lets it go, without a sign-in. Each hold has its own link."""
    found = place_of(slug, token)
    if found is None or not found[0].member.is_active:
        raise Http404
    enrolment, held_until = found
    now, problem = timezone.now(), ""
    if request.method == "POST":
        act = actions.let_held_place_go if request.POST.get("answer") == "no" else actions.take_held_place
        try:
            act(enrolment_id=enrolment.pk, held_until=held_until, now=now)
        except Enrolment.DoesNotExist:
            raise Http404 from None
        except actions.GroupIsClosed:
            problem = _("This group takes no members at present.")
        except actions.NotHeld:
            problem = _("This place is not held for you any more.")
        enrolment.refresh_from_db(fields=["state", "held_until"])
    context = {
        "group": enrolment.group,
        "enrolment": enrolment,
        "problem": problem,
        "is_held": enrolment.held_until == held_until and held_until > now,
        "has_place": enrolment.state == Enrolment.State.ENROLLED,
        "has_left": enrolment.state == Enrolment.State.LEFT,
    }
    return render(request, "reading_groups/held-place.html", context, status=409 if problem else 200)
