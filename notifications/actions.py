"""Writing and working off the ledger. A row is claimed, asked whether it is still wanted, sent, and committed alone."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import F

from notifications.kinds import Kind, Reader
from notifications.limits import WAITS, OverTheWeek, Spent, left_over, note_waiting, open_urgencies, taken
from notifications.mail import NotNow, Outbox, Refused, Unreachable
from notifications.models import Delivery
from notifications.preferences import Wish, wish_of

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
    obligations one more, and an insert for those that are new. How many were new. Sends nothing. A kind that fails
    is told in the log and holds up no other; raises what the database raises where it is away.
    """
    written = 0
    for kind in kinds:
        try:
            written += _write_obligations_of(kind, now)
        except Exception as error:
            if _ends_the_run(error):
                raise
            log.exception("obligations_could_not_be_written", kind=kind.key)
    return written


def _write_obligations_of(kind: Kind, now: datetime) -> int:
    written = 0
    obligations = kind.due(now - (kind.stale_after or timedelta()), now + AHEAD)
    for batch in batched(obligations, BATCH):
        new = Delivery.objects.missing(kind.rows(batch))
        if new:
            Delivery.objects.owe(new)
        written += len(new)
    return written


@transaction.atomic
def claim_next(*, now: datetime, urgencies: Collection[int] | None = None) -> Delivery | None:
    """Take the most urgent delivery that is due, of these the one due longest, with a lease; None where nothing is due.

    Only of these urgencies where they are given. Workers never share one.
    """
    waiting = Delivery.objects.claimable(now, urgencies=urgencies)
    delivery = waiting.select_for_update(skip_locked=True).first()
    if delivery is not None:
        delivery.state = State.SENDING
        delivery.lease_until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease_until", "attempts"])
    return delivery


@transaction.atomic
def claim_more(*, like: Delivery, now: datetime, most: int) -> list[Delivery]:
    """Take up to so many more that are due of the same kind, under the same lease as `like`, which was claimed."""
    waiting = Delivery.objects.claimable(now, urgencies=[like.urgency]).filter(kind=like.kind)
    found = list(waiting.select_for_update(skip_locked=True)[:most])
    claim = {"state": State.SENDING, "lease_until": like.lease_until}
    if found:
        ids = [delivery.pk for delivery in found]
        Delivery.objects.filter(pk__in=ids).update(**claim, attempts=F("attempts") + 1)
    for delivery in found:
        delivery.state, delivery.lease_until = State.SENDING, like.lease_until
        delivery.attempts += 1
    return found


def put_back(deliveries: Sequence[Delivery]) -> None:
    """Give up claims on what has not been tried, for anybody to take. One query where there is any."""
    if deliveries:
        claimed = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries])
        own = claimed.filter(state=State.SENDING, lease_until=deliveries[0].lease_until)
        own.update(state=State.DUE, lease_until=None, attempts=F("attempts") - 1)


def deliver(*, delivery: Delivery, kinds: Mapping[str, Kind], outbox: Outbox, clock: Clock) -> Delivery:
    """Send a claimed delivery, or say why not, and commit the outcome.

    A member's choices come first (`notifications.preferences.wish_of`). A temporary failure is tried again with
    growing pauses until the message expires, or for a day; a permanent one is not. What is over the week's limit of
    its member is closed, and left to their digest. The one duplicate possible is a worker killed between the server's
    acceptance and this commit; both copies then carry the same Message-ID. Raises Unreachable where there is no mail
    server to talk to, and Spent where the site has sent what it may today, each with the delivery put back; and what
    the database raises where it is away; the lease then brings the delivery back.
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
    except Spent:
        _close(delivery, State.DUE, WAITS, attempts=delivery.attempts - 1)
        raise
    except NotNow as error:
        return _put_off(delivery, clock(), str(error))
    except Exception as error:
        if _ends_the_run(error):
            raise
        log.exception("delivery_could_not_be_made", delivery=delivery.pk, kind=delivery.kind)
        return _put_off(delivery, clock(), f"could not be made: {type(error).__name__}")
    if outcome["state"] != State.SENT:
        return _close(delivery, **outcome)
    sent_at = clock()
    counts = kinds[delivery.kind].counts_in_week and delivery.member_id is not None
    return _write_down(delivery, outcome | {"sent_at": sent_at, "counts_from": sent_at if counts else None})


def _attempt(delivery: Delivery, kind: Kind, outbox: Outbox, now: datetime) -> dict[str, Any]:
    """Hand over a message if it is still wanted, by what it is about and by the member; what becomes of its row."""
    reader = kind.reader(delivery)
    if reader is None:
        return {"state": State.SUPPRESSED, "reason": "nobody to send it to"}
    # It has not been tried where it waits, so that does not count.
    untried = {"state": State.DUE, "attempts": delivery.attempts - 1}
    if (later := kind.waits_until(delivery, now)) is not None:
        moved = {"due_at": later, "expires_at": later + kind.stale_after if kind.stale_after else None}
        return untried | moved | {"reason": "another hour was chosen"}
    if not kind.still_wanted(delivery, now):
        return {"state": State.SUPPRESSED, "reason": "no longer wanted"}
    wish = wish_of(delivery, kind, zone=reader.time_zone, now=now)
    if wish.waits_until is not None:
        return untried | {"reason": wish.reason, "lease_until": wish.waits_until}
    if not wish.is_shown:
        return {"state": State.SUPPRESSED, "reason": wish.reason}
    return _hand_over(delivery, kind, outbox, reader=reader, wish=wish, now=now)


def _hand_over(
    delivery: Delivery, kind: Kind, outbox: Outbox, *, reader: Reader, wish: Wish, now: datetime
) -> dict[str, Any]:
    """Write a message, show it on the site and send it, unless it is only shown there; what becomes of its row."""
    words = outbox.words(delivery=delivery, kind=kind, reader=reader, now=now)
    # Guests have no place on the site where they could read it.
    notice = {"notice": words.subject[:300], "notice_path": words.path} if delivery.member_id is not None else {}
    if wish.reason:
        return {"state": State.SUPPRESSED, "reason": wish.reason, **notice}
    try:
        with taken(delivery=delivery, kind=kind, now=now):
            message_id = outbox.send(delivery=delivery, reader=reader, words=words)
    except OverTheWeek:
        return left_over(delivery=delivery, now=now) | notice
    return {"state": State.SENT, "reason": "", "message_id": message_id, **notice}


def send_due(*, kinds: Mapping[str, Kind], frame: Mapping[str, str], clock: Clock, limit: int = 500) -> int:
    """Work off what is due over one connection: at most `limit` messages or 20 seconds; how many were dealt with.

    `frame` is what every mail shows around its message; see `notifications.mail.render`. The clock is read anew for
    each message, as a lease counts from its own beginning; kinds that are prepared together share one. Ends early
    where the mail server cannot be reached: the next tick tries again. Where the site's limit of a day is near, the
    most urgent go and the others wait, with that reason.
    """
    now = clock()
    done, end, open_now = 0, now + LONGEST_RUN, open_urgencies(now)
    if len(open_now) < len(Delivery.Urgency):
        note_waiting(open_now=open_now, now=now)
    in_hand: list[Delivery] = []
    with Outbox(frame) as outbox:
        try:
            while done < limit and (now := clock()) < end:
                in_hand = in_hand or _take(kinds, open_now, now=now, most=limit - done)
                if not in_hand:
                    break
                try:
                    deliver(delivery=in_hand.pop(0), kinds=kinds, outbox=outbox, clock=clock)
                except Spent:
                    put_back(in_hand)
                    in_hand, open_now = [], open_urgencies(clock())
                    continue
                except Unreachable as error:
                    log.warning("mail_server_unreachable", reason=str(error))
                    break
                done += 1
        finally:
            put_back(in_hand)
    return done


def _take(kinds: Mapping[str, Kind], urgencies: Collection[int], *, now: datetime, most: int) -> list[Delivery]:
    """The next delivery; with it others of its kind, prepared, where the kind takes several at once."""
    first = claim_next(now=now, urgencies=urgencies)
    if first is None:
        return []
    kind = kinds.get(first.kind)
    if kind is None or kind.at_once == 1:
        return [first]
    batch = [first, *claim_more(like=first, now=now, most=min(kind.at_once, most) - 1)]
    try:
        kind.prepare(batch, now)
    except Exception as error:
        if _ends_the_run(error):
            raise
        # Each is then loaded alone, and only the one with the fault waits.
        log.exception("deliveries_could_not_be_prepared", kind=kind.key)
    return batch


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
        except Error as error:
            if not _is_database_away(error):
                raise
            connection.close()
            time.sleep(pause)
    return _close(delivery, **outcome)


def _ends_the_run(error: Exception) -> bool:
    """Whether an error is no fault of the kind or the message that it came from: no other would fare better."""
    return isinstance(error, SoftTimeLimitExceeded) or _is_database_away(error)


def _is_database_away(error: Exception) -> bool:
    """Whether the database could not be asked. A server that ends without a word is a plain DatabaseError."""
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


def _close(
    delivery: Delivery, state: str, reason: str, *, lease_until: datetime | None = None, **outcome: object
) -> Delivery:
    """Write the outcome of a claim, unless its lease ran out and somebody else has claimed the row since."""
    outcome = {"counts_from": None} | outcome | {"state": state, "reason": reason[:120], "lease_until": lease_until}
    claim = {"attempts": delivery.attempts, "lease_until": delivery.lease_until}
    own = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, **claim)
    if not own.update(**outcome):
        log.warning("delivery_taken_over", delivery=delivery.pk, kind=delivery.kind, outcome=state)
        delivery.refresh_from_db()
        return delivery
    for name, value in outcome.items():
        setattr(delivery, name, value)
    return delivery
