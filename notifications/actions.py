"""Writing and working off the ledger. A row is claimed, asked whether it is still wanted, sent, and committed alone."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from notifications.kinds import Kind
from notifications.mail import NotNow, Outbox, Refused, Unreachable
from notifications.models import Delivery
from notifications.preferences import wish_of, wish_while_away

State = Delivery.State
log = structlog.get_logger(__name__)

type Clock = Callable[[], datetime]

AHEAD = timedelta(hours=48)
BATCH = 1000
FIRST_RETRY = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
# With these pauses the last attempt is a day after the first; most messages are useless before that.
MOST_ATTEMPTS = 30
# A run ends well before the next ones queue up behind it, and leaves workers to the other ticks.
LONGEST_RUN = timedelta(seconds=20)
# Seconds between the attempts to write down that a message has gone out, while the database is away.
RECONNECT_PAUSES = (0, 0.5, 1, 2, 4, 8, 16)


def write_obligations(*, kinds: Sequence[Kind], now: datetime) -> int:
    """Write what falls due within the next 48 hours, and what fell due while nobody looked and is still useful.

    Any number of clocks may do this at once; each obligation is owed once. Per kind one query, per thousand
    obligations one more, and an insert for those that are new. How many were new. Sends nothing.
    """
    written = 0
    for kind in kinds:
        obligations = kind.due(now - (kind.stale_after or timedelta()), now + AHEAD)
        for batch in batched(obligations, BATCH):
            new = Delivery.objects.missing(kind.rows(batch))
            if new:
                Delivery.objects.owe(new)
            written += len(new)
    return written


@transaction.atomic
def claim_next(*, now: datetime) -> Delivery | None:
    """Take the delivery that is due longest, with a lease; None where nothing is due. Workers never share one."""
    delivery = Delivery.objects.claimable(now).select_for_update(skip_locked=True).first()
    if delivery is not None:
        delivery.state = State.SENDING
        delivery.lease_until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease_until", "attempts"])
    return delivery


def deliver(*, delivery: Delivery, kinds: Mapping[str, Kind], outbox: Outbox, clock: Clock) -> Delivery:
    """Send a claimed delivery, or say why not, and commit the outcome.

    A member's choices come first (`notifications.preferences.wish_of`). A temporary failure is tried again with
    growing pauses until the message expires, or for a day; a permanent one is not. The one duplicate possible is a
    worker killed between the server's acceptance and this commit; both copies then carry the same Message-ID. Raises
    Unreachable, with the delivery put back, where there is no mail server to talk to, and what the database raises
    where it is away; the lease then brings the delivery back.
    """
    now = clock()
    unwanted = _reason_not_to_send(delivery, kinds, now)
    if unwanted is not None:
        return _close(delivery, *unwanted)
    try:
        outcome = _attempt(delivery, kinds[delivery.kind], outbox, now)
    except Refused as error:
        return _close(delivery, State.FAILED, str(error))
    except Unreachable as error:
        # It has not been tried, so it does not count; when the server is back, nothing waits for long.
        _close(delivery, State.DUE, str(error), lease_until=now + FIRST_RETRY, attempts=delivery.attempts - 1)
        raise
    except NotNow as error:
        return _put_off(delivery, clock(), str(error))
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        log.exception("delivery_could_not_be_made", delivery=delivery.pk, kind=delivery.kind)
        return _put_off(delivery, clock(), f"could not be made: {type(error).__name__}")
    if outcome["state"] != State.SENT:
        return _close(delivery, **outcome)
    return _write_down(delivery, outcome | {"sent_at": clock()})


def _attempt(delivery: Delivery, kind: Kind, outbox: Outbox, now: datetime) -> dict[str, Any]:
    """Send a message if it is still wanted, by what it is about and by the member; what becomes of its row."""
    reader = kind.reader(delivery)
    if reader is None or not kind.still_wanted(delivery, now):
        return {"state": State.SUPPRESSED, "reason": "no longer wanted" if reader else "nobody to send it to"}
    wish = wish_while_away(delivery, kind, now) or wish_of(delivery, kind, zone=reader.time_zone, now=now)
    if wish.waits_until is not None:
        # It has not been tried, so it does not count.
        attempts = delivery.attempts - 1
        return {"state": State.DUE, "reason": wish.reason, "lease_until": wish.waits_until, "attempts": attempts}
    if not wish.is_shown:
        return {"state": State.SUPPRESSED, "reason": wish.reason}
    words = outbox.words(delivery=delivery, kind=kind, reader=reader, now=now)
    # Guests have no place on the site where they could read it.
    notice = {"notice": words.subject[:300], "notice_path": words.path} if delivery.member_id is not None else {}
    if wish.reason:
        return {"state": State.SUPPRESSED, "reason": wish.reason, **notice}
    message_id = outbox.send(delivery=delivery, reader=reader, words=words)
    return {"state": State.SENT, "reason": "", "message_id": message_id, **notice}


def send_due(*, kinds: Mapping[str, Kind], frame: Mapping[str, str], clock: Clock, limit: int = 500) -> int:
    """Work off what is due over one connection: at most `limit` messages or 20 seconds; how many were dealt with.

    `frame` is what every mail shows around its message; see `notifications.mail.render`. The clock is read anew for
    each message, as a lease counts from its own beginning. Ends early where the mail server cannot be reached: the
    next tick tries again.
    """
    done, end = 0, clock() + LONGEST_RUN
    with Outbox(frame) as outbox:
        while done < limit and (now := clock()) < end and (delivery := claim_next(now=now)) is not None:
            try:
                deliver(delivery=delivery, kinds=kinds, outbox=outbox, clock=clock)
            except Unreachable as error:
                log.warning("mail_server_unreachable", reason=str(error))
                break
            done += 1
    return done


@transaction.atomic
def stop_deliveries(*, member_id: int) -> int:
    """Close what is still owed to somebody who leaves the site; how much it was. What a worker has in hand is asked for
    a reader first, and there is none any more."""
    owed = Delivery.objects.filter(member=member_id, state=State.DUE)
    return owed.update(state=State.SUPPRESSED, reason="nobody to send it to", lease_until=None)


def _reason_not_to_send(delivery: Delivery, kinds: Mapping[str, Kind], now: datetime) -> tuple[str, str] | None:
    if delivery.kind not in kinds:
        return State.FAILED, "unknown kind"
    if delivery.expires_at is not None and delivery.expires_at <= now:
        return State.SUPPRESSED, "too late to be useful"
    if delivery.attempts > MOST_ATTEMPTS:
        # Each of them ended with the worker; the reason of the last one that could say so stays in the log.
        return State.FAILED, "too many attempts"
    return None


def _put_off(delivery: Delivery, now: datetime, reason: str) -> Delivery:
    if delivery.attempts >= MOST_ATTEMPTS:
        return _close(delivery, State.FAILED, reason)
    pause = min(FIRST_RETRY * 2 ** (delivery.attempts - 1), LONGEST_PAUSE)
    return _close(delivery, State.DUE, reason, lease_until=now + pause)


def _write_down(delivery: Delivery, outcome: dict[str, Any]) -> Delivery:
    """Commit that a message went out. The server has it, so a lost connection to the database is opened again."""
    for pause in RECONNECT_PAUSES:
        try:
            return _close(delivery, **outcome)
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(pause)
    return _close(delivery, **outcome)


def _close(
    delivery: Delivery, state: str, reason: str, *, lease_until: datetime | None = None, **outcome: object
) -> Delivery:
    """Write the outcome of a claim, unless its lease ran out and somebody else has claimed the row since."""
    outcome |= {"state": state, "reason": reason[:120], "lease_until": lease_until}
    own = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, attempts=delivery.attempts)
    if not own.update(**outcome):
        log.warning("delivery_taken_over", delivery=delivery.pk, kind=delivery.kind, outcome=state)
        delivery.refresh_from_db()
        return delivery
    for name, value in outcome.items():
        setattr(delivery, name, value)
    return delivery
