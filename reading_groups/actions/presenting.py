"""Presenting a session together: offering, saying which part, withdrawing in time, and showing slides."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import lock_place
from reading_groups.actions.promised import is_counted_on, open_again
from reading_groups.models import Presentation, PresentingInvitation, PresentingSwap, Session
from reading_groups.reminders import PRESENTING_ANSWERED


class SessionHasStarted(Exception):
    """Who presents is settled once a session has started."""


class SessionIsCancelled(Exception):
    """Nobody presents at a session that does not take place."""


class NotPresenting(Exception):
    """The member does not present this session."""


@transaction.atomic
def offer_to_present(*, actor: Member, session_id: int, now: datetime) -> Presentation:
    """Make the actor a presenter of a session, beside those who offered before.

    Guarantees that each presenter of a session to come has a place in its group: leaving withdraws them. Offering
    twice changes nothing; where somebody has invited the actor, or hands a part over to them, it accepts that. Raises
    Session.DoesNotExist, NotInGroup, SessionIsCancelled and SessionHasStarted. May record a `presenting_answered`
    mail; `presenting_next_week` and `presenting_soon` fall due a week and two days before.
    """
    session = Session.objects.get(pk=session_id)
    lock_place(actor=actor, group_id=session.group_id)
    require_to_come(session, now)
    return take_part(session=session, member=actor, now=now)


def take_part(*, session: Session, member: Member, now: datetime) -> Presentation:
    """The presentation of a member whose place is locked, made if there is none; accepts the invitation that waits.

    Where that hands a part over, it becomes the member's.
    """
    waiting = session.presenting_invitations.waiting().filter(member=member)
    asker_id = waiting.values_list("invited_by", flat=True).first()
    handed = session.presentations.select_for_update().filter(member=asker_id).first() if asker_id else None
    own = session.presentations.filter(member=member).first()
    for invitation in waiting.select_for_update():
        if own is None and handed is not None and invitation.is_hand_over:
            own = _take_over(handed, member, now)
        invitation.state, invitation.answered_at = PresentingInvitation.State.ACCEPTED, now
        invitation.save(update_fields=["state", "answered_at"])
        PRESENTING_ANSWERED.record(invitation, asker_id=invitation.invited_by_id, now=now)
    if own is None:
        own, _is_new = Presentation.objects.get_or_create(session=session, member=member, defaults={"offered_at": now})
    return own


def _take_over(part: Presentation, member: Member, now: datetime) -> Presentation:
    """Make a locked part the member's, with all that hangs on it but swaps: those were asked of somebody else."""
    part.member, part.offered_at = member, now
    part.save(update_fields=["member", "offered_at"])
    PresentingSwap.objects.about(part.pk).settle(PresentingSwap.State.LAPSED, now)
    return part


def require_to_come(session: Session, now: datetime) -> None:
    """Raises SessionIsCancelled and SessionHasStarted."""
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.has_started(now):
        raise SessionHasStarted


@transaction.atomic
def withdraw_from_presenting(*, actor: Member, session_id: int, now: datetime) -> bool:
    """Open the actor's part of a session to others again, as long as it has not started; its files go with it.

    Within two days of the session the organizers and those who present it too are told; whether they were. Swaps that
    wait for this part lapse. Raises Session.DoesNotExist, NotPresenting and SessionHasStarted. May record
    `presenter_withdrew` mails.
    """
    session = Session.objects.get(pk=session_id)
    own = Presentation.objects.filter(session=session, member=actor)
    if not own.select_for_update():
        raise NotPresenting
    if session.has_started(now):
        raise SessionHasStarted
    open_again(own, now)
    return is_counted_on(session, now)


@transaction.atomic
def save_part(*, actor: Member, session_id: int, part: str, slides_url: str) -> Presentation:
    """Keep which part of a session the actor presents, and a checked link to their slides, before or after it.

    What is empty is taken away. Raises Presentation.DoesNotExist where the actor does not present the session. Sends
    nothing.
    """
    presentation = Presentation.objects.select_for_update().get(session=session_id, member=actor)
    presentation.part, presentation.slides_url = part, slides_url
    presentation.save(update_fields=["part", "slides_url"])
    return presentation
