"""The kinds of message about polls: to those who are asked, guests with an address included."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.availability.absence import back_at
from members.availability.polls.drawing import when_of
from members.availability.polls.links import answer_path
from members.availability.polls.models import Ballot, Poll
from members.availability.polls.querysets import BallotQuerySet
from members.availability.polls.results import results_of
from members.models import Member
from notifications.kinds import Guest, Kind, Obligation, Reader, id_from
from notifications.models import Delivery

REMINDED_BEFORE = timedelta(hours=24)
MOST_TOLD = 3


class ToAsked(Kind):
    """To somebody who is asked. The delivery is about a ballot, so that what becomes of it is known by that alone."""

    def _obligation(self, ballot_id: int, member_id: int | None, **fields: Any) -> Obligation:
        key = f"availability.ballot:{ballot_id}"
        return Obligation(object_key=key, member_id=member_id, recipient_key="" if member_id else key, **fields)

    def reader(self, delivery: Delivery) -> Reader | None:
        ballot = _ballot_of(delivery)
        if ballot is None:
            return None
        if ballot.is_guest:
            return Guest(email=ballot.email, time_zone=ballot.time_zone or ballot.poll.zone) if ballot.email else None
        return super().reader(delivery)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        ballot = _ballot_of(delivery)
        assert ballot is not None
        poll = ballot.poll
        words: dict[str, Any] = {"poll": poll, "path": poll.get_absolute_url()}
        return words | {"path": answer_path(ballot.pk), "week_path": ""} if ballot.is_guest else words


class PollOpened(ToAsked):
    """To whoever is asked, when a poll opens or later asks them too. Without it nobody would know."""

    key = "poll_opened"
    title = _("Somebody asks when you can meet")
    when = _("When a poll opens, until it closes")
    to_whom = _("Everybody who is asked, guests with an address included")
    ignores_quiet_hours = True

    def record(self, poll: Poll, *, actor: Member, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; each person is told once, ever."""
        self.write(
            self._obligation(pk, member_id, occurrence="opened", due_at=now, expires_at=poll.closes_at)
            for pk, member_id in _reached(poll.ballots.exclude(member=actor)).filter(answered_at=None)
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        ballot = _ballot_of(delivery)
        return ballot is not None and ballot.answered_at is None and ballot.poll.is_open(now)


class PollReminder(ToAsked):
    """To those who have not answered, a day before the deadline; nobody else learns who they are.

    Not to members who are away on that day, and not about a poll that was opened within it.
    """

    key = "poll_reminder"
    title = _("A poll closes in a day, and you have not answered")
    when = _("A day before a poll closes")
    to_whom = _("Those who have not answered and are not away")
    is_optional = True

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        polls = Poll.objects.closing_between(start + REMINDED_BEFORE, end + REMINDED_BEFORE).filter(closed_at=None)
        asked = Ballot.objects.unanswered().reachable().filter(poll__in=polls)
        rows = asked.order_by("poll__closes_at", "id").values_list(
            "id", "member_id", "poll__opened_at", "poll__closes_at"
        )
        for ballot_id, member_id, opened_at, closes_at in rows.iterator():
            if opened_at <= closes_at - REMINDED_BEFORE:
                yield self._obligation(
                    ballot_id,
                    member_id,
                    occurrence=_occurrence(closes_at),
                    due_at=closes_at - REMINDED_BEFORE,
                    expires_at=closes_at,
                )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        ballot = _ballot_of(delivery)
        if ballot is None or ballot.answered_at is not None or not ballot.poll.is_open(now):
            return False
        if delivery.occurrence != _occurrence(ballot.poll.closes_at):
            return False
        return ballot.member is None or back_at(ballot.member, now) is None


class PollClosed(ToAsked):
    """To everybody who was asked, with the result: at the deadline, or when an organizer closes the poll before it."""

    key = "poll_closed"
    title = _("A poll is closed, and what came of it")
    when = _("When a poll closes")
    to_whom = _("Everybody who was asked")
    stale_after = timedelta(days=3)
    is_optional = True

    def record(self, poll: Poll, *, actor: Member, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; each closing is told once."""
        self.write(
            self._obligation(pk, member_id, occurrence=_occurrence(poll.closes_at), due_at=now)
            for pk, member_id in _reached(poll.ballots.exclude(member=actor))
        )

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        polls = Poll.objects.closing_between(start, end).filter(closed_at=None)
        asked = Ballot.objects.reachable().filter(poll__in=polls).order_by("poll__closes_at", "id")
        for ballot_id, member_id, closes_at in asked.values_list("id", "member_id", "poll__closes_at").iterator():
            yield self._obligation(ballot_id, member_id, occurrence=_occurrence(closes_at), due_at=closes_at)

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        ballot = _ballot_of(delivery)
        if ballot is None or ballot.poll.is_open(now):
            return False
        return delivery.occurrence == _occurrence(ballot.poll.closes_at)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        words = super().context(delivery, now)
        poll = words["poll"]
        results = results_of(poll, list(poll.times.order_by("position")), now)
        best = [{"when": when_of(poll, row.moment.starts_at), "tally": row.tally} for row in results.best[:MOST_TOLD]]
        return words | {"results": results, "best": best}


def _reached(ballots: BallotQuerySet) -> Any:
    return ballots.reachable().order_by("pk").values_list("pk", "member_id")


def _ballot_of(delivery: Delivery) -> Ballot | None:
    return Ballot.objects.select_related("poll", "member").filter(pk=id_from(delivery.object_key)).first()


def _occurrence(closes_at: datetime) -> str:
    """The deadline that a message is about; where it moves, another is owed."""
    return f"until {closes_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


POLL_OPENED, POLL_REMINDER, POLL_CLOSED = PollOpened(), PollReminder(), PollClosed()
KINDS: list[Kind] = [POLL_OPENED, POLL_REMINDER, POLL_CLOSED]
