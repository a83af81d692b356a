"""What comes of a poll."""

from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.db.models import Exists, OuterRef

from members.availability.actions import plan_meeting
from members.availability.models import Meeting
from members.availability.polls.actions.failures import (
    AlreadySettled,
    NoSuchTimeInPoll,
)
from members.availability.polls.actions.running import close_poll, lock_poll
from members.availability.polls.marks import GRID_MINUTES
from members.availability.polls.models import Poll
from members.availability.polls.times import in_week_after
from members.models import Member


@transaction.atomic
def settle_poll(*, actor: Member, poll_id: int, position: int, outcome_path: str, now: datetime) -> Poll:
    """Note what came of a poll, at which of its times; one that is open is closed by it.

    Saying the same again changes nothing. Raises Poll.DoesNotExist, NoSuchTimeInPoll and AlreadySettled. Records a
    `poll_closed` mail where it was open.
    """
    poll = lock_poll(poll_id)
    if poll.is_settled:
        if (poll.settled_position, poll.outcome_path) != (position, outcome_path):
            raise AlreadySettled
        return poll
    if not poll.times.filter(position=position).exists():
        raise NoSuchTimeInPoll
    close_poll(actor=actor, poll_id=poll_id, now=now)
    poll.refresh_from_db()
    # From here on no answer comes in that was on its way when the deadline passed.
    poll.closed_at = poll.closed_at or now
    poll.settled_at, poll.settled_position, poll.outcome_path = now, position, outcome_path
    poll.save(update_fields=["closed_at", "settled_at", "settled_position", "outcome_path"])
    return poll


@transaction.atomic
def meet_at(*, actor: Member, poll_id: int, position: int, now: datetime) -> Meeting:
    """Make one of a poll's times a meeting of its organizers and the members it asked; of a weekly one the next.

    Twice is one meeting. Raises Poll.DoesNotExist, NoSuchTimeInPoll, AlreadySettled and NotATime where the time has
    passed. Records a `meeting_changed` mail to each member but the actor, and `poll_closed` where the poll was open.
    """
    poll = lock_poll(poll_id)
    starts_at, ends_at = span_of(poll, position, now)
    if poll.is_settled and poll.settled_position != position:
        raise AlreadySettled
    asked = Exists(poll.ballots.filter(member=OuterRef("pk")))
    members = Member.objects.active().filter(asked).order_by("pk")
    meeting = Meeting.objects.about(poll.object_key).first() if poll.is_settled else None
    if meeting is None:
        meeting = plan_meeting(
            actor=actor,
            title=poll.title,
            starts_at=starts_at,
            ends_at=ends_at,
            zone=poll.zone,
            participants=[*members],
            about=poll.object_key,
            now=now,
        )
    settle_poll(actor=actor, poll_id=poll_id, position=position, outcome_path=meeting.get_absolute_url(), now=now)
    return meeting


def span_of(poll: Poll, position: int, now: datetime) -> tuple[datetime, datetime]:
    """From when to when it would be at one of a poll's times; at a weekly one, the next. Raises NoSuchTimeInPoll."""
    length = timedelta(minutes=poll.minutes)
    needed = poll.minutes // GRID_MINUTES if poll.is_free else 1
    times = list(poll.times.filter(position__gte=position, position__lt=position + needed).order_by("position"))
    if not times or times[0].position != position:
        raise NoSuchTimeInPoll
    starts = [time.starts_at or in_week_after(time.weekday, time.at, zone=poll.zone, moment=now) for time in times]
    step = timedelta(minutes=GRID_MINUTES)
    if len(times) < needed or any(late - early != step for early, late in pairwise(starts)):
        raise NoSuchTimeInPoll
    return starts[0], starts[0] + length
