"""Saying whether one comes to a session, and who came. The session's row guards both."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import NotInGroup, lock_place
from reading_groups.actions.presenting import SessionIsCancelled
from reading_groups.audiences import can_have_come
from reading_groups.models import Attendance, Enrolment, Rsvp, Session

State = Enrolment.State


class SessionIsOver(Exception):
    """There is nothing to come to any more."""


class NotTimeYet(Exception):
    """Nobody can have come yet: people check in from ten minutes before the start."""


@transaction.atomic
def answer_rsvp(*, actor: Member, session_id: int, answer: str, now: datetime) -> Rsvp:
    """Keep what the actor, who has a place, says of coming to a session that is not over. The last answer counts.

    Raises Session.DoesNotExist, NotInGroup, SessionIsCancelled and SessionIsOver. Sends nothing.
    """
    # The place before the session, as everybody locks them.
    group_id = Session.objects.values_list("group_id", flat=True).get(pk=session_id)
    lock_place(actor=actor, group_id=group_id)
    session = _lock(session_id)
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.is_over(now):
        raise SessionIsOver
    rsvp, _is_new = Rsvp.objects.update_or_create(
        session=session, member=actor, defaults={"answer": answer, "answered_at": now}
    )
    return rsvp


@transaction.atomic
def check_in(*, actor: Member, session_id: int, now: datetime) -> Attendance:
    """Note that the actor, who has a place or sits in, is there: from ten minutes before the start until the end.

    Twice is once. Raises Session.DoesNotExist, NotInGroup, SessionIsCancelled, NotTimeYet and SessionIsOver. Sends
    nothing.
    """
    session = _lock(session_id)
    has_place = can_have_come(session).filter(member=actor, state=State.ENROLLED).exists()
    if not has_place and not session.sit_ins.filter(member=actor).exists():
        raise NotInGroup
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.is_over(now):
        raise SessionIsOver
    if not session.takes_check_ins(now):
        raise NotTimeYet
    known = session.attendances.filter(member=actor).first()
    return known or Attendance.objects.create(
        session=session, member=actor, how=Attendance.How.CHECKED_IN, recorded_at=now, recorded_by=actor
    )


@transaction.atomic
def take_attendance(
    *, actor: Member, session_id: int, came: Collection[int], not_came: Collection[int] = (), now: datetime
) -> Session:
    """Keep who came to a session, by the ids of members; of those in neither list, what is known stays.

    So two organizers who save at once, and members who check in meanwhile, undo nothing of each other; and saving
    twice changes nothing. From then on it is known that the others did not come. Raises Session.DoesNotExist,
    NotInGroup for somebody who had no place and does not sit in, SessionIsCancelled and NotTimeYet. Sends nothing.
    """
    session = _lock(session_id)
    if session.is_cancelled:
        raise SessionIsCancelled
    if not session.has_attendance_to_take(now):
        raise NotTimeYet
    known = set(session.attendances.values_list("member_id", flat=True))
    new = set(came) - known
    allowed = set(can_have_come(session).filter(member__in=new).values_list("member_id", flat=True))
    allowed |= set(session.sit_ins.filter(member__in=new).values_list("member_id", flat=True))
    if new - allowed:
        raise NotInGroup
    session.attendances.filter(member__in=set(not_came) - set(came)).delete()
    Attendance.objects.bulk_create(
        Attendance(session=session, member_id=member_id, how=Attendance.How.TAKEN, recorded_at=now, recorded_by=actor)
        for member_id in sorted(new)
    )
    if session.attendance_taken_at is None:
        session.attendance_taken_at = now
        session.save(update_fields=["attendance_taken_at"])
    return session


def _lock(session_id: int) -> Session:
    return Session.objects.select_for_update(no_key=True).get(pk=session_id)
