"""Opening polls, asking further people, deadlines and closing. Every write locks the poll's row."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef

from core.text import one_line
from members.availability.actions import lock_member
from members.availability.polls.actions.failures import (
    DeadlineHasPassed,
    MoreHaveAnswered,
    PollHasNoTimes,
    PollIsClosed,
    SameTimeTwice,
    TooManyPeople,
    TooManyPolls,
    TooManyTimes,
)
from members.availability.polls.marks import MOST_TIMES
from members.availability.polls.models import Ballot, Poll, PollTime
from members.availability.polls.reminders import POLL_CLOSED, POLL_OPENED
from members.availability.polls.times import Slot
from members.models import Member

MOST_A_DAY = 20
MOST_PEOPLE = 1000
MOST_ADDRESSES = 30


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
    lock_member(actor)
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


def _check_slots(slots: Collection[Slot]) -> None:
    if not slots:
        raise PollHasNoTimes
    if len(slots) > MOST_TIMES:
        raise TooManyTimes
    if len(set(slots)) < len(slots):
        raise SameTimeTwice


def _token() -> str:
    return secrets.token_urlsafe(24)
