"""Answers of members and of guests. The poll's row guards them: nothing is answered while it closes."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.text import one_line
from members.availability.polls.actions.failures import (
    AnswerDoesNotFit,
    GuestsAreFull,
    NameIsMissing,
    NotAsked,
    PollIsClosed,
    PollTakesNoGuests,
)
from members.availability.polls.actions.running import lock_poll
from members.availability.polls.marks import WORDS
from members.availability.polls.models import Ballot, Poll
from members.models import Member


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


def _lock_by_token(token: str) -> Poll:
    poll = Poll.objects.select_for_update(no_key=True).filter(guest_token=token).first() if token else None
    if poll is None:
        raise PollTakesNoGuests
    return poll


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
