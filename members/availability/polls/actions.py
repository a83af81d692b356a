"""Every write to polls and ballots. The poll's row guards them: nothing is answered while it closes."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef

from core.text import one_line
from members.availability import actions as availability
from members.availability.models import Meeting
from members.availability.polls.marks import GRID_MINUTES, MOST_TIMES, WORDS
from members.availability.polls.models import Ballot, Poll, PollTime
from members.availability.polls.reminders import POLL_CLOSED, POLL_OPENED
from members.availability.polls.times import Slot, in_week_after
from members.models import Member

MOST_A_DAY = 20
MOST_PEOPLE = 1000
MOST_ADDRESSES = 30


class PollHasNoTimes(Exception):
    """There is nothing to choose from."""


class TooManyTimes(Exception):
    """Nobody would answer that many."""


class SameTimeTwice(Exception):
    """Each time is offered once."""


class DeadlineHasPassed(Exception):
    """Nobody could answer before it."""


class TooManyPolls(Exception):
    """The member has opened enough polls within a day."""


class TooManyPeople(Exception):
    """More people, or more addresses, than one poll asks."""


class PollIsClosed(Exception):
    """Its answers stay as they are."""


class NotAsked(Exception):
    """The poll does not ask this member."""


class AnswerDoesNotFit(Exception):
    """An answer says yes, if needed or no to each time of its poll, and to no other."""


class PollTakesNoGuests(Exception):
    """It has no link, or not the one that was used."""


class GuestsAreFull(Exception):
    """As many have answered by the link as may."""


class NameIsMissing(Exception):
    """The poll shows who answered, and a guest has given no name."""


class MoreHaveAnswered(Exception):
    """More guests have answered already than the number would let in."""


class NoSuchTimeInPoll(Exception):
    """The poll offers nothing at that position, or with free marking no stretch as long as it takes."""


class AlreadySettled(Exception):
    """Something else has come of the poll."""


@transaction.atomic
def open_poll(
    *,
    actor: Member,
    title: str,
    zone: str,
    minutes: int,
    slots: Sequence[Slot],
    is_free: bool,
    closes_at: datetime,
    now: datetime,
    key: UUID,
    note: str = "",
    shows_names: bool = False,
    people: Iterable[Member] = (),
    organizers: Iterable[Member] = (),
    addresses: Iterable[str] = (),
    guests_limit: int = 0,
    about: str = "",
    about_title: str = "",
    about_path: str = "",
) -> Poll:
    """Open a poll to its organizers, of whom the actor is one, to these people and to guests at these addresses.

    Whether the actor may has been asked by the caller, who knows what it is about. Opening it again with the same key
    returns what is there. Raises PollHasNoTimes, TooManyTimes, SameTimeTwice, DeadlineHasPassed, TooManyPeople and
    TooManyPolls. Records a `poll_opened` mail to everybody who is asked but the actor.
    """
    availability.lock_member(actor)
    known = Poll.objects.filter(key=key, organizers=actor).first()
    if known is not None:
        return known
    if Poll.objects.filter(key=key).exists():
        # Somebody else's, by whoever made it up; never a way to see that poll.
        key = uuid4()
    _check_slots(slots)
    if closes_at <= now:
        raise DeadlineHasPassed
    recent = Poll.objects.organized_by(actor).filter(opened_at__gt=now - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        raise TooManyPolls
    poll = Poll.objects.create(
        key=key,
        title=one_line(title),
        note=note,
        about=about,
        about_title=about_title[:200],
        about_path=about_path,
        zone=zone,
        minutes=minutes,
        is_weekly=slots[0].starts_at is None,
        is_free=is_free,
        shows_names=shows_names,
        opened_at=now,
        closes_at=closes_at,
        guest_token=_token() if guests_limit else "",
        guests_limit=guests_limit,
    )
    write_times(poll, slots)
    run_by = {member.pk: member for member in (actor, *organizers)}
    poll.organizers.set(run_by.values())
    asked = run_by | {member.pk: member for member in people}
    emails = {address.strip().lower() for address in addresses}
    if len(asked) > MOST_PEOPLE or len(emails) > MOST_ADDRESSES:
        raise TooManyPeople
    ballots = [Ballot(poll=poll, member=member) for member in asked.values()]
    ballots += [Ballot(poll=poll, is_guest=True, email=email) for email in sorted(emails)]
    Ballot.objects.bulk_create(ballots)
    POLL_OPENED.record(poll, actor=actor, now=now)
    return poll


@transaction.atomic
def ask_more(*, actor: Member, poll_id: int, people: Iterable[Member], now: datetime) -> int:
    """Ask further people; how many there were who had not been asked.

    Raises Poll.DoesNotExist, PollIsClosed and TooManyPeople. Records a `poll_opened` mail to each of them.
    """
    poll = lock_poll(poll_id)
    if not poll.is_open(now):
        raise PollIsClosed
    there = set(poll.ballots.exclude(member=None).values_list("member_id", flat=True))
    new = {member.pk: member for member in people if member.pk not in there}
    if len(there) + len(new) > MOST_PEOPLE:
        raise TooManyPeople
    Ballot.objects.bulk_create([Ballot(poll=poll, member=member) for member in new.values()])
    POLL_OPENED.record(poll, actor=actor, now=now)
    return len(new)


@transaction.atomic
def change_poll(*, poll_id: int, closes_at: datetime, guests_limit: int, now: datetime) -> Poll:
    """Move the deadline of an open poll, and change how many guests may answer by its link; 0 closes that.

    Raises Poll.DoesNotExist, PollIsClosed, DeadlineHasPassed and MoreHaveAnswered. Reminders follow the deadline.
    """
    poll = lock_poll(poll_id)
    if not poll.is_open(now):
        raise PollIsClosed
    if closes_at <= now:
        raise DeadlineHasPassed
    if guests_limit < poll.guests_taken:
        raise MoreHaveAnswered
    poll.closes_at, poll.guests_limit = closes_at, guests_limit
    poll.guest_token = (poll.guest_token or _token()) if guests_limit else ""
    poll.save(update_fields=["closes_at", "guests_limit", "guest_token"])
    return poll


@transaction.atomic
def close_poll(*, actor: Member, poll_id: int, now: datetime) -> Poll:
    """End a poll before its deadline; one that is closed stays as it is.

    Raises Poll.DoesNotExist. Records a `poll_closed` mail with the result to everybody who was asked but the actor.
    """
    poll = lock_poll(poll_id)
    if poll.is_open(now):
        poll.closes_at = poll.closed_at = now
        poll.save(update_fields=["closes_at", "closed_at"])
        POLL_CLOSED.record(poll, actor=actor, now=now)
    return poll


# Answers -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_poll(*, actor: Member, poll_id: int, marks: str, now: datetime) -> Ballot:
    """Save a member's answer, a digit for each time, in place of the one before.

    Raises Poll.DoesNotExist, PollIsClosed, NotAsked and AnswerDoesNotFit. Sends nothing.
    """
    poll = lock_poll(poll_id)
    ballot = poll.ballots.filter(member=actor).first()
    if ballot is None:
        raise NotAsked
    return _save_answer(poll, ballot, marks, now)


@transaction.atomic
def answer_by_link(*, actor: Member, token: str, marks: str, now: datetime) -> Ballot:
    """Save the answer of a member who came by the poll's link; who was not asked is from now on.

    Raises PollTakesNoGuests, PollIsClosed, GuestsAreFull and AnswerDoesNotFit. Sends nothing.
    """
    poll = _lock_by_token(token)
    ballot = poll.ballots.filter(member=actor).first()
    if ballot is None:
        ballot = Ballot(poll=poll, member=actor)
        _check_answer(poll, marks, now)
        _take_guests_place(poll)
    return _save_answer(poll, ballot, marks, now)


@transaction.atomic
def answer_as_guest(*, token: str, key: UUID, marks: str, name: str, time_zone: str, now: datetime) -> Ballot:
    """Save the answer of a guest who came by the poll's link. The same form, by its key, is the same ballot.

    A name is kept only where the poll shows names, and then it is needed. Raises PollTakesNoGuests, PollIsClosed,
    GuestsAreFull, NameIsMissing and AnswerDoesNotFit. Sends nothing.
    """
    poll = _lock_by_token(token)
    ballot = poll.ballots.filter(key=key).first()
    if ballot is None:
        ballot = Ballot(poll=poll, is_guest=True, key=key)
        _check_answer(poll, marks, now)
        _name(poll, ballot, name)
        _take_guests_place(poll)
    _name(poll, ballot, name)
    ballot.time_zone = time_zone
    return _save_answer(poll, ballot, marks, now)


@transaction.atomic
def change_guests_answer(*, ballot_id: int, marks: str, name: str, time_zone: str, now: datetime) -> Ballot:
    """Save the answer of a guest by the link that is theirs, in place of the one before.

    Raises Ballot.DoesNotExist, PollIsClosed, NameIsMissing and AnswerDoesNotFit. Sends nothing.
    """
    poll_id = Ballot.objects.filter(pk=ballot_id, is_guest=True).values_list("poll_id", flat=True).first()
    if poll_id is None:
        raise Ballot.DoesNotExist
    poll = lock_poll(poll_id)
    ballot = poll.ballots.get(pk=ballot_id)
    _name(poll, ballot, name)
    ballot.time_zone = time_zone
    return _save_answer(poll, ballot, marks, now)


# What comes of it ----------------------------------------------------------------------------------------------------


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
        meeting = availability.plan_meeting(
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


# Leaving -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def leave_polls(*, actor: Member, now: datetime) -> None:
    """Take the actor out of every open poll, with their answer; one that nobody else looks after is closed.

    Closed polls keep their record. Records `poll_closed` mails to those who were asked in what is closed.
    """
    organized = Poll.objects.organized_by(actor).open(now).order_by("pk")
    asked = Poll.objects.open(now).filter(Exists(Ballot.objects.of(actor).filter(poll=OuterRef("pk"))))
    for poll_id in sorted({*organized.values_list("pk", flat=True), *asked.values_list("pk", flat=True)}):
        poll = lock_poll(poll_id)
        if poll.organizers.filter(pk=actor.pk).exists():
            if not poll.organizers.active().exclude(pk=actor.pk).exists():
                close_poll(actor=actor, poll_id=poll_id, now=now)
            poll.organizers.remove(actor)
        poll.ballots.filter(member=actor).delete()


def write_times(poll: Poll, slots: Sequence[Slot]) -> None:
    """The times of a new poll, in the order of the slots."""
    PollTime.objects.bulk_create(
        PollTime(poll=poll, position=position, starts_at=slot.starts_at, weekday=slot.weekday, at=slot.at)
        for position, slot in enumerate(slots)
    )


def lock_poll(poll_id: int) -> Poll:
    """A poll, locked until the transaction ends. Raises Poll.DoesNotExist."""
    return Poll.objects.select_for_update(no_key=True).get(pk=poll_id)


def _lock_by_token(token: str) -> Poll:
    poll = Poll.objects.select_for_update(no_key=True).filter(guest_token=token).first() if token else None
    if poll is None:
        raise PollTakesNoGuests
    return poll


def _check_slots(slots: Collection[Slot]) -> None:
    if not slots:
        raise PollHasNoTimes
    if len(slots) > MOST_TIMES:
        raise TooManyTimes
    if len(set(slots)) < len(slots):
        raise SameTimeTwice


def _check_answer(poll: Poll, marks: str, now: datetime) -> None:
    if not poll.is_open(now):
        raise PollIsClosed
    if len(marks) != poll.times.count() or not set(marks) <= set(WORDS):
        raise AnswerDoesNotFit


def _save_answer(poll: Poll, ballot: Ballot, marks: str, now: datetime) -> Ballot:
    _check_answer(poll, marks, now)
    ballot.marks, ballot.answered_at = marks, now
    ballot.save()
    return ballot


def _name(poll: Poll, ballot: Ballot, name: str) -> None:
    ballot.name = one_line(name)[:120] if poll.shows_names else ""
    if poll.shows_names and not ballot.name:
        raise NameIsMissing


def _take_guests_place(poll: Poll) -> None:
    if poll.guests_taken >= poll.guests_limit:
        raise GuestsAreFull
    poll.guests_taken += 1
    poll.save(update_fields=["guests_taken"])


def _token() -> str:
    return secrets.token_urlsafe(24)
