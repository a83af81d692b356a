"""Presenters ask each other: to present a session, to take it over, or to swap two.

Only whoever is asked answers, and a no is final.

Each action locks the group's row first, then the places of the two, then what they present: so both still have a place
when it commits, and nobody answers what somebody else is changing.
"""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import NotInGroup, lock_group
from reading_groups.actions.presenting import NotPresenting, require_to_come, take_part
from reading_groups.models import Enrolment, Presentation, PresentingInvitation, PresentingSwap, Session
from reading_groups.reminders import PRESENTING_ANSWERED, PRESENTING_INVITED, SWAP_ASKED

State = PresentingInvitation.State


class CannotAsk(Exception):
    """Nobody asks themselves, and sessions are swapped between two presenters of two sessions of one group."""


class HasNoPlace(Exception):
    """Whoever would be asked has no place in the group."""


class PresentsAlready(Exception):
    """Somebody presents the session already which they would get."""


class AskedAlready(Exception):
    """Somebody else has asked them to present this session, or a swap of one's own waits for another presenter."""


class HasDeclined(Exception):
    """They have said that they cannot, and are not asked again."""


class NotAsked(Exception):
    """Somebody else is asked."""


class NoLongerAsked(Exception):
    """It has been answered, taken back, or has lapsed, as somebody left or withdrew."""


@transaction.atomic
def invite_to_present(*, actor: Member, session_id: int, member_id: int, now: datetime) -> PresentingInvitation:
    """Ask somebody with a place to present a session, beside its presenters or in an open slot.

    Guarantees one waiting invitation for each session and person. Asking twice changes nothing. Raises
    Session.DoesNotExist, CannotAsk, NotInGroup, HasNoPlace, SessionIsCancelled, SessionHasStarted, PresentsAlready,
    AskedAlready and HasDeclined. Records a `presenting_invited` mail.
    """
    return _invite(actor=actor, session_id=session_id, member_id=member_id, is_hand_over=False, now=now)


@transaction.atomic
def ask_to_take_over(*, actor: Member, session_id: int, member_id: int, now: datetime) -> PresentingInvitation:
    """Ask somebody with a place to present a session instead of the actor, who presents it until they accept.

    Guarantees what `invite_to_present` does. Who is asked already to present beside the actor is asked this instead.
    Raises what `invite_to_present` raises, and NotPresenting. Records a `presenting_invited` mail.
    """
    if not Presentation.objects.filter(session=session_id, member=actor).exists():
        raise NotPresenting
    return _invite(actor=actor, session_id=session_id, member_id=member_id, is_hand_over=True, now=now)


@transaction.atomic
def accept_invitation(*, actor: Member, invitation_id: int, now: datetime) -> Presentation:
    """Present the session that the actor is asked to present. Accepting twice changes nothing.

    Where a part is handed over, it is the actor's from then on, with its link and its files, and swaps that wait for
    it lapse; where whoever asked has withdrawn meanwhile, the actor presents anyway.
    Raises PresentingInvitation.DoesNotExist, NotAsked, NoLongerAsked, SessionIsCancelled and SessionHasStarted.
    Records a `presenting_answered` mail.
    """
    invitation = PresentingInvitation.objects.select_related("session").get(pk=invitation_id)
    if invitation.member_id != actor.pk:
        raise NotAsked
    session = invitation.session
    _lock_asked(session.group_id, actor.pk, invitation.invited_by_id)
    # The asker's part before the invitation, as everybody locks them.
    list(session.presentations.select_for_update().filter(member=invitation.invited_by_id))
    invitation = PresentingInvitation.objects.select_for_update().get(pk=invitation_id)
    own = session.presentations.filter(member=actor).first()
    if invitation.state == State.ACCEPTED and own is not None:
        return own
    if invitation.state != State.WAITING:
        raise NoLongerAsked
    require_to_come(session, now)
    return take_part(session=session, member=actor, now=now)


@transaction.atomic
def decline_invitation(*, actor: Member, invitation_id: int, now: datetime) -> PresentingInvitation:
    """Say that one cannot present this time, without a reason. Twice changes nothing.

    Raises PresentingInvitation.DoesNotExist, NotAsked and NoLongerAsked. Records a `presenting_answered` mail.
    """
    invitation = PresentingInvitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.member_id != actor.pk:
        raise NotAsked
    if _decline(invitation, now):
        PRESENTING_ANSWERED.record(invitation, asker_id=invitation.invited_by_id, now=now)
    return invitation


@transaction.atomic
def take_back_invitation(*, actor: Member, invitation_id: int, now: datetime) -> None:
    """Ask no more. What has been answered stays. Raises PresentingInvitation.DoesNotExist for that of somebody else."""
    own = PresentingInvitation.objects.select_for_update().get(pk=invitation_id, invited_by=actor)
    PresentingInvitation.objects.filter(pk=own.pk).settle(State.LAPSED, now)


@transaction.atomic
def ask_to_swap(*, actor: Member, session_id: int, presentation_id: int, now: datetime) -> PresentingSwap:
    """Ask another presenter of the group to take the session that the actor presents, and give theirs instead.

    Guarantees one waiting swap for each part. Asking twice changes nothing. Raises Presentation.DoesNotExist,
    NotPresenting, CannotAsk, NotInGroup, HasNoPlace, SessionIsCancelled, SessionHasStarted, PresentsAlready,
    AskedAlready and HasDeclined. Records a `swap_asked` mail.
    """
    wanted = Presentation.objects.select_related("session").get(pk=presentation_id)
    offered = Presentation.objects.select_related("session").filter(session=session_id, member=actor).first()
    if offered is None:
        raise NotPresenting
    group_id = wanted.session.group_id
    if wanted.member_id == actor.pk or offered.session_id == wanted.session_id or offered.session.group_id != group_id:
        raise CannotAsk
    _lock_places(group_id, actor.pk, wanted.member_id)
    _lock_parts(offered, wanted)
    _require_exchangeable(offered, wanted, now)
    waiting = offered.swaps_offered.waiting().first()
    if waiting is not None and waiting.wanted_id != wanted.pk:
        raise AskedAlready
    if waiting is not None:
        return waiting
    if offered.swaps_offered.declined().filter(wanted=wanted).exists():
        raise HasDeclined
    swap = PresentingSwap.objects.create(offered=offered, wanted=wanted, asked_at=now)
    SWAP_ASKED.record(swap, now=now)
    return swap


@transaction.atomic
def accept_swap(*, actor: Member, swap_id: int, now: datetime) -> PresentingSwap:
    """Exchange the sessions of two presenters, both or none. Accepting twice changes nothing.

    Links and files stay with whoever made them; which part it was is forgotten, as the papers are others. Other swaps
    that wait for one of the two lapse. Raises PresentingSwap.DoesNotExist, NotAsked, NoLongerAsked, SessionIsCancelled,
    SessionHasStarted and PresentsAlready. Records a `presenting_answered` mail.
    """
    swap = _swap(swap_id)
    if swap.wanted.member_id != actor.pk:
        raise NotAsked
    _lock_asked(swap.wanted.session.group_id, actor.pk, swap.offered.member_id)
    try:
        # Read anew: it may have been accepted, or may have gone, while the group's row was waited for.
        swap = _swap(swap_id)
        if swap.state == State.ACCEPTED:
            return swap
        offered, wanted = swap.offered, swap.wanted
        _lock_parts(offered, wanted)
        # One that was declined or taken back meanwhile has another state now.
        PresentingSwap.objects.waiting().select_for_update().get(pk=swap_id)
    except (Presentation.DoesNotExist, PresentingSwap.DoesNotExist):
        raise NoLongerAsked from None
    _require_exchangeable(offered, wanted, now)
    offered.session, wanted.session = wanted.session, offered.session
    for part in (offered, wanted):
        part.part = ""
        part.save(update_fields=["session", "part"])
        # An invitation to what somebody presents now has nothing more to ask.
        part.session.presenting_invitations.filter(member=part.member_id).settle(State.LAPSED, now)
    swap.state, swap.answered_at = State.ACCEPTED, now
    swap.save(update_fields=["state", "answered_at"])
    PresentingSwap.objects.about(offered.pk, wanted.pk).settle(State.LAPSED, now)
    PRESENTING_ANSWERED.record(swap, asker_id=offered.member_id, now=now)
    return swap


@transaction.atomic
def decline_swap(*, actor: Member, swap_id: int, now: datetime) -> PresentingSwap:
    """Say that one keeps one's session, without a reason. Twice changes nothing.

    Raises PresentingSwap.DoesNotExist, NotAsked and NoLongerAsked. Records a `presenting_answered` mail.
    """
    swap = _swap(swap_id)
    if swap.wanted.member_id != actor.pk:
        raise NotAsked
    locked = PresentingSwap.objects.select_for_update().get(pk=swap_id)
    if _decline(locked, now):
        PRESENTING_ANSWERED.record(locked, asker_id=swap.offered.member_id, now=now)
    return locked


@transaction.atomic
def take_back_swap(*, actor: Member, swap_id: int, now: datetime) -> None:
    """Ask no more. What has been answered stays. Raises PresentingSwap.DoesNotExist for that of somebody else."""
    own = PresentingSwap.objects.filter(pk=swap_id, offered__member=actor).select_for_update(of=("self",)).get()
    PresentingSwap.objects.filter(pk=own.pk).settle(State.LAPSED, now)


def _invite(
    *, actor: Member, session_id: int, member_id: int, is_hand_over: bool, now: datetime
) -> PresentingInvitation:
    session = Session.objects.get(pk=session_id)
    if member_id == actor.pk:
        raise CannotAsk
    _lock_places(session.group_id, actor.pk, member_id)
    require_to_come(session, now)
    if session.presentations.filter(member=member_id).exists():
        raise PresentsAlready
    before = session.presenting_invitations.filter(member=member_id)
    waiting = before.waiting().select_for_update().first()
    if waiting is not None and waiting.invited_by_id != actor.pk:
        raise AskedAlready
    if waiting is not None and waiting.is_hand_over == is_hand_over:
        return waiting
    if waiting is not None:
        before.settle(State.LAPSED, now)
    elif before.declined().exists():
        raise HasDeclined
    invitation = PresentingInvitation.objects.create(
        session=session, member_id=member_id, invited_by=actor, is_hand_over=is_hand_over, asked_at=now
    )
    PRESENTING_INVITED.record(invitation, now=now)
    return invitation


def _swap(swap_id: int) -> PresentingSwap:
    return PresentingSwap.objects.select_related("offered__session", "wanted__session").get(pk=swap_id)


def _lock_places(group_id: int, actor_id: int, other_id: int) -> None:
    """Both places, locked behind the group's row. Raises NotInGroup for the actor, and HasNoPlace for the other."""
    lock_group(group_id)
    places = Enrolment.objects.enrolled().filter(group=group_id, member__in=(actor_id, other_id))
    have_places = {place.member_id for place in places.select_for_update(no_key=True).order_by("pk")}
    if actor_id not in have_places:
        raise NotInGroup
    if other_id not in have_places:
        raise HasNoPlace


def _lock_asked(group_id: int, actor_id: int, other_id: int) -> None:
    """As `_lock_places`, for what lapses when one of the two leaves. Raises NoLongerAsked."""
    try:
        _lock_places(group_id, actor_id, other_id)
    except (NotInGroup, HasNoPlace):
        raise NoLongerAsked from None


def _lock_parts(*parts: Presentation) -> None:
    """Lock presentations in one order. Raises Presentation.DoesNotExist where one of them has gone or has moved."""
    rows = Presentation.objects.select_for_update().filter(pk__in=[part.pk for part in parts]).order_by("pk")
    found = {row.pk: row.session_id for row in rows}
    if any(found.get(part.pk) != part.session_id for part in parts):
        raise Presentation.DoesNotExist


def _require_exchangeable(offered: Presentation, wanted: Presentation, now: datetime) -> None:
    """Raises SessionIsCancelled, SessionHasStarted and PresentsAlready."""
    for part, other in ((offered, wanted), (wanted, offered)):
        require_to_come(part.session, now)
        if other.session.presentations.filter(member=part.member_id).exists():
            raise PresentsAlready


def _decline(asked: PresentingInvitation | PresentingSwap, now: datetime) -> bool:
    """Whether it was not declined before. Raises NoLongerAsked."""
    if asked.state == State.DECLINED:
        return False
    if asked.state != State.WAITING:
        raise NoLongerAsked
    asked.state, asked.answered_at = State.DECLINED, now
    asked.save(update_fields=["state", "answered_at"])
    return True
