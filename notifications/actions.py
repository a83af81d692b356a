"""Writing and working off the ledger. A row is claimed, asked whether it is still wanted, sent, and committed alone."""

import smtplib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from notifications.kinds import Kind
from notifications.mail import Outbox
from notifications.models import Delivery

State = Delivery.State
log = structlog.get_logger(__name__)

AHEAD = timedelta(hours=48)
# Longer than any sending may take, so that only a dead worker's lease runs out.
LEASE = timedelta(minutes=5)
FIRST_RETRY = timedelta(minutes=1)
MOST_ATTEMPTS = 8


def write_obligations(*, kinds: Sequence[Kind], now: datetime) -> int:
    """Write what falls due within the next 48 hours, and what fell due while nobody looked and is still useful.

    Any number of clocks may do this at once. How many obligations were looked at. Sends nothing.
    """
    written = 0
    for kind in kinds:
        written += kind.write(kind.due(now - (kind.stale_after or timedelta()), now + AHEAD))
    return written


@transaction.atomic
def claim_next(*, now: datetime) -> Delivery | None:
    """Take the delivery that is due longest, with a lease; None where nothing is due. Workers never share one."""
    delivery = Delivery.objects.claimable(now).select_for_update(skip_locked=True).first()
    if delivery is not None:
        delivery.state, delivery.lease_until = State.SENDING, now + LEASE
        delivery.attempts += 1
        delivery.save(update_fields=["state", "lease_until", "attempts"])
    return delivery


def deliver(*, delivery: Delivery, kinds: Mapping[str, Kind], outbox: Outbox, now: datetime) -> Delivery:
    """Send a claimed delivery, or say why not, and commit the outcome.

    A temporary failure is tried again with growing pauses, at most eight times in all; a permanent one is not. The
    one duplicate possible is a worker killed between the server's acceptance and this commit; both copies then carry
    the same Message-ID.
    """
    kind = kinds.get(delivery.kind)
    if kind is None:
        return _close(delivery, State.FAILED, "unknown kind")
    if delivery.expires_at is not None and delivery.expires_at <= now:
        return _close(delivery, State.SUPPRESSED, "too late to be useful")
    if delivery.attempts > MOST_ATTEMPTS:
        return _close(delivery, State.FAILED, "too many attempts")
    if delivery.member is None or not delivery.member.is_active:
        return _close(delivery, State.SUPPRESSED, "no active member")
    if not kind.still_wanted(delivery, now):
        return _close(delivery, State.SUPPRESSED, "no longer wanted")
    try:
        delivery.message_id = outbox.send(delivery=delivery, kind=kind, member=delivery.member)
    except smtplib.SMTPRecipientsRefused as error:
        codes = {code for code, _message in error.recipients.values()}
        return _retry_or_fail(delivery, now, f"refused {min(codes)}", is_final=min(codes) >= 500)
    except smtplib.SMTPResponseException as error:
        return _retry_or_fail(delivery, now, f"answered {error.smtp_code}", is_final=False)
    except OSError as error:
        return _retry_or_fail(delivery, now, f"connection: {type(error).__name__}", is_final=False)
    except Exception as error:
        log.exception("delivery_could_not_be_made", delivery=delivery.pk, kind=delivery.kind)
        return _retry_or_fail(delivery, now, f"could not be made: {type(error).__name__}", is_final=False)
    delivery.sent_at = now
    return _close(delivery, State.SENT, "")


def send_due(*, kinds: Mapping[str, Kind], now: datetime, limit: int = 500) -> int:
    """Work off what is due, at most `limit` messages over one connection; how many were closed or put off."""
    done = 0
    with Outbox() as outbox:
        while done < limit and (delivery := claim_next(now=now)) is not None:
            deliver(delivery=delivery, kinds=kinds, outbox=outbox, now=now)
            done += 1
    return done


def _retry_or_fail(delivery: Delivery, now: datetime, reason: str, *, is_final: bool) -> Delivery:
    if is_final or delivery.attempts >= MOST_ATTEMPTS:
        return _close(delivery, State.FAILED, reason)
    pause = FIRST_RETRY * 2 ** (delivery.attempts - 1)
    return _close(delivery, State.DUE, reason, lease_until=now + pause)


def _close(delivery: Delivery, state: str, reason: str, *, lease_until: datetime | None = None) -> Delivery:
    delivery.state, delivery.reason, delivery.lease_until = state, reason, lease_until
    delivery.save(update_fields=["state", "reason", "lease_until", "sent_at", "message_id"])
    return delivery
