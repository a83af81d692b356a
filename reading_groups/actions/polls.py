"""What a group makes of a poll about it: a session, or its time in any week. The poll only says which is best."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from core.clock import instant_of, repeating_days
from members.availability.models import Poll
from members.availability.polls.actions import AlreadySettled, ask_more, settle_poll, span_of
from members.models import Member
from reading_groups.actions.places import lock_group
from reading_groups.actions.planning import Plan, follow_plan
from reading_groups.actions.sessions import Moment, TimeHasPassed, add_session, move_session
from reading_groups.models import ReadingGroup, Session
from reading_groups.querysets import SessionQuerySet
from reading_groups.times import people_of

# So many are planned where a group gets its first time.
SESSIONS_AT_FIRST = 8


class NotAboutThisGroup(Exception):
    """The poll asks for something else."""


def members_to_ask(group: ReadingGroup) -> list[Member]:
    """Those with a place in the group, and its organizers. Two queries."""
    return list(dict.fromkeys([*people_of(group), *group.organizers.active()]))


@transaction.atomic
def ask_newcomers(*, actor: Member, group_id: int, poll_id: int, now: datetime) -> int:
    """Ask those in a poll who have come into the group since it was opened; how many there are.

    Raises ReadingGroup.DoesNotExist, NotAboutThisGroup, PollIsClosed and TooManyPeople. Records a `poll_opened` mail
    to each of them.
    """
    group = lock_group(group_id)
    _lock_poll(group, poll_id)
    return ask_more(actor=actor, poll_id=poll_id, people=members_to_ask(group), now=now)


@transaction.atomic
def make_session_of_poll(*, actor: Member, group_id: int, poll_id: int, position: int, now: datetime) -> str:
    """Add a session at one of a poll's times, and note that this came of the poll; where the session stands.

    Twice is one session. Raises ReadingGroup.DoesNotExist, NotAboutThisGroup, NoSuchTimeInPoll, AlreadySettled,
    TimeHasPassed and what `add_session` does. Records `poll_closed` mails where the poll was open.
    """
    group = lock_group(group_id)
    poll = _lock_poll(group, poll_id)
    if poll.is_settled:
        return _known(poll, position)
    starts_at, _ends_at = span_of(poll, position, now)
    if starts_at <= now:
        raise TimeHasPassed
    day, at = _wall(starts_at, group.zone)
    session = add_session(group_id=group_id, moment=Moment(held_on=day, at=at, minutes=poll.minutes))
    path = session.get_absolute_url()
    settle_poll(actor=actor, poll_id=poll_id, position=position, outcome_path=path, now=now)
    return path


@transaction.atomic
def make_time_of_group(*, actor: Member, group_id: int, poll_id: int, position: int, now: datetime) -> str:
    """Let a group meet at one of a poll's times in any week, and note that this came of it; where its schedule stands.

    Coming sessions move to that time of their own week, but for one that would have passed; where there are none, the
    next eight are planned. Twice is once. Raises ReadingGroup.DoesNotExist, NotAboutThisGroup, NoSuchTimeInPoll,
    AlreadySettled and what `move_session` does. Records a `session_changed` mail for each session that moves, and
    `poll_closed` mails where the poll was open.
    """
    group = lock_group(group_id)
    poll = _lock_poll(group, poll_id)
    if poll.is_settled:
        return _known(poll, position)
    starts_at, _ends_at = span_of(poll, position, now)
    first_on, at = _wall(starts_at, group.zone)
    group.duration_minutes = poll.minutes
    group.save(update_fields=["duration_minutes"])
    coming = list(coming_sessions(group, now))
    last_on = first_on + timedelta(weeks=group.every_weeks * (SESSIONS_AT_FIRST - 1))
    days = [] if coming else repeating_days(first_on, last_on, every_weeks=group.every_weeks)
    moments = tuple((day, at) for day in days)
    plan = Plan(moments=moments, weekday=first_on.weekday(), at=at, every_weeks=group.every_weeks)
    follow_plan(group_id=group_id, plan=plan)
    _move(coming, plan, group.zone, actor, now)
    path = f"{group.get_absolute_url()}#schedule"
    settle_poll(actor=actor, poll_id=poll_id, position=position, outcome_path=path, now=now)
    return path


def coming_sessions(group: ReadingGroup, now: datetime) -> SessionQuerySet:
    """Sessions of the group that take place and have not started, in order."""
    return group.sessions.filter(is_cancelled=False, starts_at__gt=now).order_by("starts_at", "id")


def polls_path(group: ReadingGroup) -> str:
    return reverse("reading_groups:poll-list", args=[group.slug])


def _move(sessions: list[Session], plan: Plan, zone: str, actor: Member, now: datetime) -> None:
    assert plan.weekday is not None
    assert plan.at is not None
    moves = []
    for session in sessions:
        day = session.held_on + timedelta(days=plan.weekday - session.held_on.weekday())
        starts_at = instant_of(day, plan.at, zone)
        assert session.starts_at is not None
        if starts_at > now:
            moves.append((starts_at - session.starts_at, session, Moment(held_on=day, at=plan.at)))
    # Later ones first where they move on, so that none meets the one after it on its way.
    later = [move for move in moves if move[0] >= timedelta(0)]
    earlier = [move for move in moves if move[0] < timedelta(0)]
    for _by, session, moment in [*reversed(later), *earlier]:
        move_session(actor=actor, session_id=session.pk, moment=moment, now=now)


def _lock_poll(group: ReadingGroup, poll_id: int) -> Poll:
    poll = Poll.objects.select_for_update(no_key=True).filter(pk=poll_id, about=group.key).first()
    if poll is None:
        raise NotAboutThisGroup
    return poll


def _known(poll: Poll, position: int) -> str:
    if poll.settled_position != position:
        raise AlreadySettled
    return poll.outcome_path


def _wall(moment: datetime, zone: str) -> tuple[date, time]:
    local = moment.astimezone(ZoneInfo(zone))
    return local.date(), local.time().replace(second=0, microsecond=0)
