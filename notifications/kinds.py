"""What a kind of message is. Apps list theirs in `reminders.py`; this floor knows none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils.functional import Promise

from core.agenda import AgendaItem
from notifications.models import Delivery

# So far ahead something is looked for that a kind can be shown by.
EXAMPLE_AHEAD = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """A message owed to somebody: about what, for which occurrence of it, and when.

    To a member, or to the `recipient_key` of somebody who need not be one, such as `cohorts.application:45`; its kind
    then says in `reader` where that person is reached. A member beside the key is who the person is known to be.
    """

    object_key: str
    occurrence: str
    due_at: datetime
    member_id: int | None = None
    recipient_key: str = ""
    expires_at: datetime | None = None

    @property
    def recipient(self) -> str:
        assert self.recipient_key or self.member_id is not None
        return self.recipient_key or f"members.member:{self.member_id}"


class Reader(Protocol):
    """Where somebody is reached, in which language, and by whose clock. A member is one."""

    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A reader without an account."""

    email: str
    language: str = ""
    time_zone: str = ""


class Kind:
    """A kind of message. One instance per kind; its key names its templates below `templates/emails/`.

    Event kinds write their obligations inside the action that causes them. Kinds that depend on the clock override
    `due`, which is scanned ahead again and again, so it must be cheap and may repeat itself.
    """

    key: str
    title: str | Promise
    # In a few plain words for its readers: when it is sent, and to whom.
    when: str | Promise
    to_whom: str | Promise
    channels: tuple[str, ...] = ("mail",)
    stale_after: timedelta | None = None
    is_optional = False
    # Sent within somebody's quiet hours where it would be stale at their end.
    ignores_quiet_hours = False
    # What its reader has just asked for, which waits for no hour.
    is_reply = False
    # Due at an hour that the member has chosen, which no quiet hours overrule: a digest.
    has_chosen_hour = False
    # Reaches nobody but those who look after the whole site, so others are not asked whether they want it.
    is_for_organizers = False
    # How many a worker takes in hand together, for `prepare`.
    at_once = 1

    @property
    def urgency(self) -> int:
        """What others wait for answers to, or what is soon too late, goes first; digests go last."""
        if self.has_chosen_hour:
            return Delivery.Urgency.DIGEST
        is_urgent = not self.is_optional or self.is_reply or self.ignores_quiet_hours
        return Delivery.Urgency.URGENT if is_urgent else Delivery.Urgency.USUAL

    @property
    def counts_in_week(self) -> bool:
        """Whether it is one of the optional mails of which a member gets so many a week."""
        return self.is_optional and not self.has_chosen_hour

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """The obligations that fall due from `start` to before `end`, best in that order.

        Two calls with the same facts in the database give equal obligations.
        """
        yield from ()

    def prepare(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """Load what `still_wanted`, `reader` and `context` read of several deliveries, and keep it with each of them.

        A worker asks for it where the kind takes several at once. Each of the three also works without.
        """

    def example(self, *, now: datetime, member_id: int | None = None) -> Delivery | None:
        """A delivery to show the kind by where none has been written yet, not saved: the next that falls due.

        With a `member_id` one to that member. None where there is nothing of the kind to come; kinds that wait for an
        event have only what the ledger holds.
        """
        for obligation in self.due(now, now + EXAMPLE_AHEAD):
            if member_id is None or obligation.member_id == member_id:
                return self.rows([obligation])[0]
        return None

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Whether the message is still true at the moment of sending."""
        raise NotImplementedError

    def away_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        """Until when a message that is wanted is kept for its reader, who is away; None where it is not."""
        return None

    def waits_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        """When it is to go by what its member has chosen since it was written, where that is later than now."""
        return None

    def reader(self, delivery: Delivery) -> Reader | None:
        """Whom the message goes to, looked up when it is sent; None where there is nobody to send it to."""
        member = delivery.member
        return member if member is not None and member.is_active else None

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        """What the templates show. Has `path`, the page that the message is about.

        An empty `week_path` leaves out the link to the reader's week, which guests do not have.
        """
        raise NotImplementedError

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        """What the message is about, where that is one session or meeting which stands in its reader's calendar.

        The mail then carries it for the reader's calendar program: to be put there, or taken out where it is
        cancelled. The context is that of `context`, so that what it has loaded is not asked for again.
        """
        return None

    def rows(self, obligations: Iterable[Obligation]) -> list[Delivery]:
        """The unsaved rows of these obligations, one per channel."""
        return [self._row(obligation, channel) for obligation in obligations for channel in self.channels]

    def write(self, obligations: Iterable[Obligation]) -> None:
        """Write what an event owes, inside the transaction of its action; once, however often it is written."""
        Delivery.objects.owe(self.rows(obligations))

    def _row(self, obligation: Obligation, channel: str) -> Delivery:
        expires_at = obligation.expires_at
        if expires_at is None and self.stale_after is not None:
            expires_at = obligation.due_at + self.stale_after
        return Delivery(
            kind=self.key,
            recipient=obligation.recipient,
            member_id=obligation.member_id,
            object_key=obligation.object_key,
            occurrence=obligation.occurrence,
            channel=channel,
            due_at=obligation.due_at,
            expires_at=expires_at,
            urgency=self.urgency,
        )


def id_from(key: str) -> int:
    """The number in a key such as `reading_groups.session:123`."""
    return int(key.rsplit(":", 1)[1])
