"""Sitting in: one session of a group, without a place in it. The group's row guards that it happens once."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import join_group, lock_group
from reading_groups.models import Enrolment, SitIn
from reading_groups.reminders import SIT_IN

State = Enrolment.State
Answer = SitIn.Answer


class CannotSitIn(Exception):
    """The organizers of the group have turned it off, or it does not meet at present."""


class NoSessionToCome(Exception):
    """No session is planned at which somebody could sit in."""


class HasPlace(Exception):
    """The member has a place in the group, or one is held for them, so there is nothing to try."""


class SatInBefore(Exception):
    """The member has sat in at a session of this group."""


@transaction.atomic
def sit_in(*, actor: Member, group_id: int, now: datetime) -> SitIn:
    """Let the actor sit in at the next session of a group whose time is known, without a place.

    Guarantees once for each member and group: asking again gives the same session, and another only where that one was
    called off. Takes no place and no position in line. Raises ReadingGroup.DoesNotExist, CannotSitIn, HasPlace,
    SatInBefore and NoSessionToCome. Records a `sit_in` mail with the call link; `sat_in` falls due after the session.
    """
    group = lock_group(group_id)
    own = group.sit_ins.select_related("session").filter(member=actor).first()
    if own is not None and not own.session.is_cancelled:
        if own.session.has_started(now):
            raise SatInBefore
        return own
    if not group.is_listed or not group.allows_sitting_in:
        raise CannotSitIn
    if group.enrolments.filter(member=actor, state__in=Enrolment.TAKES_PLACE).exists():
        raise HasPlace
    session = group.sessions.coming(now).filter(starts_at__gt=now).first()
    if session is None:
        raise NoSessionToCome
    if own is None:
        own = SitIn(group=group, member=actor)
    own.session, own.asked_at, own.answer, own.answered_at = session, now, Answer.NONE, None
    own.save()
    SIT_IN.record(own, now=now)
    return own


@transaction.atomic
def call_off_sitting_in(*, actor: Member, group_id: int, now: datetime) -> None:
    """Take back that the actor sits in at a session that has not started; they may ask again. Else nothing changes.

    Raises ReadingGroup.DoesNotExist. Sends nothing.
    """
    group = lock_group(group_id)
    own = group.sit_ins.select_related("session").filter(member=actor).first()
    if own is not None and not own.session.has_started(now):
        own.delete()


@transaction.atomic
def join_after_sitting_in(*, sit_in_id: int, now: datetime) -> Enrolment:
    """Answer that one wants to join: the place, or the end of the line, as `join_group` gives it. Twice is once.

    Raises SitIn.DoesNotExist and GroupIsClosed. May record `place_offered` mails to others.
    """
    own = _lock(sit_in_id)
    enrolment = join_group(actor=own.member, group_id=own.group_id, now=now)
    _note(own, Answer.JOINED, now)
    return enrolment


@transaction.atomic
def decline_after_sitting_in(*, sit_in_id: int, now: datetime) -> SitIn:
    """Answer that one does not join; a place that was taken meanwhile stays.

    Raises SitIn.DoesNotExist. Sends nothing.
    """
    own = _lock(sit_in_id)
    if own.answer != Answer.JOINED:
        _note(own, Answer.DECLINED, now)
    return own


def _lock(sit_in_id: int) -> SitIn:
    """The group first, as everybody does who locks both."""
    lock_group(SitIn.objects.values_list("group_id", flat=True).get(pk=sit_in_id))
    # The member is loaded apart: a lock would reach over the join.
    return SitIn.objects.select_for_update(no_key=True).get(pk=sit_in_id)


def _note(own: SitIn, answer: str, now: datetime) -> None:
    if own.answer != answer:
        own.answer, own.answered_at = answer, now
        own.save(update_fields=["answer", "answered_at"])
