"""What operators do with the ledger: try again what failed, cancel what has not gone out, send themselves a test."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from notifications.kinds import Reader
from notifications.mail import Outbox, Words, test_message_of
from notifications.models import Delivery

State = Delivery.State
# One press of a button does no more than this, so that it is done before the page is given up.
MOST_AT_ONCE = 1000
CANCELLED = "cancelled by an operator"


class OperatingError(Exception):
    """What an operator asked for cannot be done to any of these messages."""


class NothingToRetry(OperatingError):
    """None of them has failed, or all that have would come too late by now."""


class NothingToCancel(OperatingError):
    """None of them waits: each is sent, closed, or in a worker's hands at this moment."""


class TooManyAtOnce(OperatingError):
    """More than `MOST_AT_ONCE` were named."""


def retryable(now: datetime) -> QuerySet[Delivery]:
    """Those that have failed and are still of use."""
    useful = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    return Delivery.objects.filter(useful, state=State.FAILED)


def cancellable() -> QuerySet[Delivery]:
    """Those that nobody has in hand. What a worker has may have gone out already."""
    return Delivery.objects.filter(state=State.DUE)


@transaction.atomic
def retry_deliveries(*, actor: Model, delivery_ids: Collection[int], now: datetime) -> int:
    """Put messages that have failed back among those that are due; how many. The next tick sends them.

    Each has all its attempts again, and keeps its Message-ID and the moment at which it was due, so that its lateness
    stays true. Only failed ones are put back: what was sent is never sent again, and a second press finds nothing left.
    What is useless by now stays as it is. The log of the admin says who did it. Raises NothingToRetry and
    TooManyAtOnce.
    """
    rows = _locked(retryable(now), delivery_ids)
    if not rows:
        raise NothingToRetry
    for row in rows:
        row.state, row.reason, row.lease_until, row.attempts = State.DUE, "", None, 0
    return _save(actor, rows, "Tried again")


@transaction.atomic
def cancel_deliveries(*, actor: Model, delivery_ids: Collection[int], now: datetime) -> int:
    """Close messages that wait, with that reason; how many. They are not sent, now or later.

    A message that a worker has in hand is not taken from it, and stays as it is, as does one that is closed. A second
    press finds nothing left. The log of the admin says who did it. Raises NothingToCancel and TooManyAtOnce.
    """
    rows = _locked(cancellable(), delivery_ids)
    if not rows:
        raise NothingToCancel
    for row in rows:
        row.state, row.reason, row.lease_until = State.SUPPRESSED, CANCELLED, None
    return _save(actor, rows, "Cancelled")


def send_test(*, reader: Reader, words: Words, frame: Mapping[str, str]) -> None:
    """Send words to an operator's own address, at once and marked as a test.

    It is nobody's delivery: no row of the ledger is written or changed, and no part of the mail answers for anybody.
    Raises Refused, NotNow and Unreachable of `notifications.mail`.
    """
    with Outbox(frame) as outbox:
        outbox.hand_over(test_message_of(reader=reader, words=words, frame=frame))


def _locked(rows: QuerySet[Delivery], delivery_ids: Collection[int]) -> list[Delivery]:
    """These rows, in the order in which everybody locks them. One that a worker takes first is not among them.

    The condition is asked again once a lock is there, so a row that has changed meanwhile is left out.
    """
    if len(delivery_ids) > MOST_AT_ONCE:
        raise TooManyAtOnce
    return list(rows.filter(pk__in=delivery_ids).order_by("pk").select_for_update())


def _save(actor: Model, rows: list[Delivery], what: str) -> int:
    Delivery.objects.bulk_update(rows, ["state", "reason", "lease_until", "attempts"])
    LogEntry.objects.log_actions(actor.pk, rows, CHANGE, change_message=what)
    return len(rows)
