"""Who presents a session: offering, withdrawing, and asking others. What they answer with is in `asked.py`."""

from datetime import datetime

from django.contrib import messages
from django.db.models import FETCH_RAISE, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.api import number_in
from members.models import Member
from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.forms.presenting import HandOverForm, InviteForm, SwapForm
from reading_groups.models import (
    Presentation,
    PresentingInvitation,
    PresentingSwap,
    Reading,
    ReadingGroup,
    Session,
)
from reading_groups.rules import standing_of
from reading_groups.views.loading import back_from, group_seen_inside, load_sessions, session_of, tell

# What is said where an action refuses.
REFUSALS = {
    actions.NotInGroup: gettext_lazy("You need a place in this group to present."),
    actions.HasNoPlace: gettext_lazy("They have no place in this group any more."),
    actions.SessionIsCancelled: gettext_lazy("This session does not take place."),
    actions.SessionHasStarted: gettext_lazy("This session has started."),
    actions.NotPresenting: gettext_lazy("You do not present this session."),
    actions.CannotAsk: gettext_lazy("Choose somebody else, who presents another session of this group."),
    actions.PresentsAlready: gettext_lazy("One of you presents that session already."),
    actions.AskedAlready: gettext_lazy("That has been asked already, and waits for an answer."),
    actions.HasDeclined: gettext_lazy("They have said that they cannot. They are not asked again."),
    actions.NotAsked: gettext_lazy("Somebody else is asked. Only they can answer."),
    actions.NoLongerAsked: gettext_lazy("This is not asked any more: somebody withdrew, left, or took it back."),
    Presentation.DoesNotExist: gettext_lazy("They do not present that session any more."),
}
REFUSED = tuple(REFUSALS)
State = PresentingInvitation.State


def presentation_offer(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Offer to present a session, beside others."""
    session, back = _session_and_back(request, slug, session_id)
    if request.method != "POST":
        return redirect(back)
    try:
        actions.offer_to_present(actor=request.user, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except (actions.NotInGroup, actions.SessionIsCancelled, actions.SessionHasStarted) as error:
        messages.error(request, REFUSALS[type(error)])
    else:
        messages.success(request, _("You present. We will remind you two days before."))
    return redirect(back)


def presentation_withdraw(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Open one's part of a session to others again."""
    session, back = _session_and_back(request, slug, session_id)
    if request.method != "POST":
        return redirect(back)
    try:
        is_told = actions.withdraw_from_presenting(actor=request.user, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except actions.NotPresenting:
        messages.info(request, _("You do not present this session."))
    except actions.SessionHasStarted:
        messages.error(request, _("This session has started, so who presents it is settled."))
    else:
        told = _("You do not present this session any more. Others can.")
        if is_told:
            told += " " + _("As it is soon, we tell the organizers and those who present it too.")
        messages.success(request, told)
    return redirect(back)


@require_safe
def presenter_list(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Who presents a session and which part, what they attached, and who is asked."""
    group = group_seen_inside(request, slug)
    return _page(request, group, session_of(group, session_id), now=timezone.now())


def presenter_invite(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Ask somebody to present a session."""
    group, session, here = _session_and_list(request, slug, session_id)
    now = timezone.now()
    if request.method != "POST":
        return redirect(here)
    if not standing_of(request.user, group).has_place:
        messages.error(request, REFUSALS[actions.NotInGroup])
        return redirect(here)
    form = InviteForm(request.POST, places=_who_can_be_asked(group, session), auto_id="invite-%s")
    if not form.is_valid():
        return _page(request, group, session, now=now, invite_form=form)
    member_id = form.cleaned_data["member"]
    try:
        actions.invite_to_present(actor=request.user, session_id=session.pk, member_id=member_id, now=now)
    except Session.DoesNotExist:
        raise Http404 from None
    except REFUSED as error:
        messages.error(request, REFUSALS[type(error)])
    else:
        words = {"name": form.people[member_id]}
        messages.success(request, _("%(name)s is asked by email. We tell you the answer.") % words)
    return redirect(here)


def presenter_hand_over(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Ask somebody to take over what one presents."""
    group, session, here = _session_and_list(request, slug, session_id)
    now = timezone.now()
    if request.method != "POST":
        return redirect(here)
    if not session.presentations.filter(member=request.user).exists():
        messages.error(request, REFUSALS[actions.NotPresenting])
        return redirect(here)
    form = HandOverForm(request.POST, places=who_can_take_over(group, session, request.user), auto_id="hand-over-%s")
    if not form.is_valid():
        return _page(request, group, session, now=now, hand_over_form=form)
    tell(request, *ask_to_take_over(session, request.user, form, now))
    return redirect(here)


def presenter_swap(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Ask another presenter to swap sessions."""
    group, session, here = _session_and_list(request, slug, session_id)
    now = timezone.now()
    if request.method != "POST":
        return redirect(here)
    if not session.presentations.filter(member=request.user).exists():
        messages.error(request, REFUSALS[actions.NotPresenting])
        return redirect(here)
    form = SwapForm(request.POST, presentations=_what_can_be_swapped(request, group, session, now), auto_id="swap-%s")
    if not form.is_valid():
        return _page(request, group, session, now=now, swap_form=form)
    presentation_id = form.cleaned_data["presentation"]
    try:
        actions.ask_to_swap(actor=request.user, session_id=session.pk, presentation_id=presentation_id, now=now)
    except REFUSED as error:
        messages.error(request, REFUSALS[type(error)])
    else:
        messages.success(request, _("They are asked by email. You swap if they accept, and we tell you."))
    return redirect(here)


def presenter_take_back(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Ask no more: `invitation` or `swap` is the number of one's own question."""
    _group, _session, here = _session_and_list(request, slug, session_id)
    now = timezone.now()
    if request.method != "POST":
        return redirect(here)
    try:
        if request.POST.get("swap"):
            actions.take_back_swap(actor=request.user, swap_id=number_in(request.POST["swap"]), now=now)
        else:
            actions.take_back_invitation(
                actor=request.user, invitation_id=number_in(request.POST.get("invitation", "")), now=now
            )
    except (PresentingInvitation.DoesNotExist, PresentingSwap.DoesNotExist):
        messages.info(request, _("You have not asked that, or it has gone."))
    else:
        messages.success(request, _("That is not asked any more."))
    return redirect(here)


def ask_to_take_over(session: Session, member: Member, form: HandOverForm, now: datetime) -> tuple[str, str]:
    """What to say once somebody is asked to take over, or why they could not be."""
    member_id = form.cleaned_data["member"]
    try:
        actions.ask_to_take_over(actor=member, session_id=session.pk, member_id=member_id, now=now)
    except Session.DoesNotExist:
        raise Http404 from None
    except REFUSED as error:
        return "", str(REFUSALS[type(error)])
    words = {"name": form.people[member_id]}
    return _("%(name)s is asked by email. Until they accept, you are still down to present.") % words, ""


def _page(
    request: HttpRequest,
    group: ReadingGroup,
    session: Session,
    *,
    now: datetime,
    invite_form: InviteForm | None = None,
    swap_form: SwapForm | None = None,
    hand_over_form: HandOverForm | None = None,
) -> HttpResponse:
    load_sessions([session], viewer=request.user, now=now, with_presenters=True, with_files=True)
    own, is_open = standing_of(request.user, group), session.is_open_to_presenters
    wrong = invite_form or swap_form or hand_over_form
    invitations = session.presenting_invitations.waiting().select_related("member", "invited_by")
    swap = None
    if is_open and own.has_place:
        invite_form = invite_form or InviteForm(places=_who_can_be_asked(group, session), auto_id="invite-%s")
        if session.own_part is not None:
            places = who_can_take_over(group, session, request.user)
            hand_over_form = hand_over_form or HandOverForm(places=places, auto_id="hand-over-%s")
            swap = session.own_part.swaps_offered.open(now).select_related("wanted__session", "wanted__member").first()
            presentations = _what_can_be_swapped(request, group, session, now) if swap is None else []
            if presentations:
                swap_form = swap_form or SwapForm(presentations=presentations, auto_id="swap-%s")
    context = {
        "group": group,
        "session": session,
        "title": title_of(session),
        "own": own,
        "sees_inside": True,
        "may_edit": request.user.has_perm("reading_groups.edit_group", group),
        "invitations": list(invitations.order_by("asked_at", "id").fetch_mode(FETCH_RAISE)) if is_open else [],
        "invite_form": invite_form if invite_form and invite_form.people else None,
        "hand_over_form": hand_over_form if hand_over_form and hand_over_form.people else None,
        "swap": swap,
        "swap_form": swap_form,
        "form": wrong,
    }
    return render(request, "reading_groups/presenter-list.html", context, status=422 if wrong else 200)


def who_can_take_over(group: ReadingGroup, session: Session, member: Member) -> list:
    """As `_who_can_be_asked`, with those whom the presenter has asked to present beside them. Two queries."""
    beside = Q(invited_by=member, state=State.WAITING, is_hand_over=False)
    return _places_without(group, session, _has_been_asked(session).exclude(beside))


def _who_can_be_asked(group: ReadingGroup, session: Session) -> list:
    """The places of those who do not present the session, are not asked yet, and have not declined. Two queries."""
    return _places_without(group, session, _has_been_asked(session))


def _has_been_asked(session: Session) -> QuerySet[PresentingInvitation]:
    return session.presenting_invitations.filter(state__in=[State.WAITING, State.DECLINED])


def _places_without(group: ReadingGroup, session: Session, asked: QuerySet[PresentingInvitation]) -> list:
    places = group.enrolments.enrolled().filter(member__is_active=True).select_related("member").with_presented()
    places = places.exclude(member__in=session.presentations.values("member")).exclude(
        member__in=asked.values("member")
    )
    return list(places.fetch_mode(FETCH_RAISE))


def _what_can_be_swapped(
    request: HttpRequest, group: ReadingGroup, session: Session, now: datetime
) -> list[Presentation]:
    """What others present in sessions to come, none of which the viewer presents and who do not present this one."""
    own = Presentation.objects.filter(session__group=group, member=request.user).values("session")
    here = session.presentations.values("member")
    rows = Presentation.objects.not_started(now).filter(session__group=group, session__is_cancelled=False)
    rows = rows.exclude(session__in=own).exclude(member__in=here).exclude(session=session)
    rows = rows.select_related("session", "member").order_by("session__held_on", "session__starts_at", "offered_at")
    readings = Prefetch("session__readings", queryset=Reading.objects.in_order())
    presentations = list(rows.prefetch_related(readings))
    for presentation in presentations:
        presentation.session.group = group
    return presentations


def _session_and_back(request: HttpRequest, slug: str, session_id: int) -> tuple[Session, str]:
    """The session, and the page that its form stood on: its own or its group's."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    return session, back_from(request, session)


def _session_and_list(request: HttpRequest, slug: str, session_id: int) -> tuple[ReadingGroup, Session, str]:
    """The session with its group, and the page of its presenters."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    return group, session, reverse("reading_groups:presenter-list", args=[group.slug, session.pk])
