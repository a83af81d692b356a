"""What members want of their messages: which ones, where, and at which hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from core.clock import instant_of
from notifications.models import Choice, Delivery, Preferences

if TYPE_CHECKING:
    from notifications.kinds import Kind

# Why a message waits for somebody who is away, as the ledger says it.
AWAY = "away"

# A dot survives in addresses as it is. Such a link works as long as the mail is kept.
_STOP = Signer(sep=".", salt="notifications.stop")


@dataclass(frozen=True, kw_only=True)
class When:
    """When somebody wants to be written to."""

    quiet_from: time | None
    quiet_until: time | None
    digest: str
    digest_weekday: int
    digest_at: time


def preferences_of(member_id: int) -> Preferences:
    """Those that a member has set, else the defaults, not saved. One query."""
    return Preferences.objects.filter(member=member_id).first() or Preferences(member_id=member_id)


def choices_of(member_id: int) -> dict[str, str]:
    """The kinds that a member does not want by mail, each with its channel. One query."""
    return dict(Choice.objects.filter(member=member_id).values_list("kind", "channel"))


@transaction.atomic
def save_preferences(*, member_id: int, when: When, channels: Mapping[str, str]) -> Preferences:
    """Keep when a member is written to, and for each of these kinds its channel; an empty one means by mail.

    Choices about other kinds stay. What is in the ledger already follows as well, as each message asks when it is
    sent. Sends nothing.
    """
    preferences, _is_new = Preferences.objects.update_or_create(member_id=member_id, defaults=vars(when))
    Choice.objects.filter(member=member_id, kind__in=channels).delete()
    Choice.objects.bulk_create(
        [Choice(member_id=member_id, kind=kind, channel=channel) for kind, channel in channels.items() if channel],
        update_conflicts=True,
        unique_fields=["member", "kind"],
        update_fields=["channel"],
    )
    write_digest_anew(member_id=member_id)
    return preferences


def write_digest_anew(*, member_id: int) -> None:
    """Forget digests that are owed and not sent, after their hour or their zone has changed.

    The next scan, a minute later, writes them for the hour that holds now.
    """
    rows = Delivery.objects.filter(member=member_id, urgency=Delivery.Urgency.DIGEST)
    rows.filter(state=Delivery.State.DUE, attempts=0).delete()


@transaction.atomic
def stop_mails(*, member_id: int, kind: str, is_digest: bool) -> None:
    """Send a member no more mails of a kind; what it says still stands on the site. Twice is once."""
    if is_digest:
        Preferences.objects.update_or_create(member_id=member_id, defaults={"digest": Preferences.Digest.NEVER})
        return
    Choice.objects.get_or_create(member_id=member_id, kind=kind, defaults={"channel": Choice.Channel.SITE})


@transaction.atomic
def forget_preferences(*, member_id: int) -> None:
    """Delete what somebody who leaves the site wanted, and what they could read of their messages."""
    Preferences.objects.filter(member=member_id).delete()
    Choice.objects.filter(member=member_id).delete()
    Delivery.objects.filter(member=member_id).exclude(notice="").update(notice="", notice_path="", read_at=None)


def read_notices(*, member_id: int, now: datetime) -> int:
    """Mark all of a member's notices as read; how many were not."""
    return Delivery.objects.notices().filter(member=member_id, read_at=None).order_by().update(read_at=now)


class Wish(NamedTuple):
    """What becomes of one message to a member: mailed, unless there is a reason not to or a time to wait for."""

    reason: str = ""
    waits_until: datetime | None = None
    is_shown: bool = True


def wish_of(delivery: Delivery, kind: Kind, *, zone: str, now: datetime) -> Wish:
    """What becomes of a message at this moment: while its reader is away, by its kind; else by what they have chosen.

    A kind that is kept for whoever is away waits until they are back. One that a member does not want, or only on the
    site, is not mailed. What falls into their quiet hours waits for the end of these; where it would be too late then,
    it goes at once if its kind says so, else it is only shown on the site. What they have just asked for, or have
    chosen the hour of, does not wait, nor do those wait who have no account. At most two queries, and its kind's.
    """
    return _wish_while_away(delivery, kind, now) or _wish_as_chosen(delivery, kind, zone, now)


def _wish_while_away(delivery: Delivery, kind: Kind, now: datetime) -> Wish | None:
    back_at = kind.away_until(delivery, now)
    if back_at is None:
        return None
    if delivery.expires_at is None or delivery.expires_at > back_at:
        return Wish(AWAY, waits_until=back_at)
    return Wish("away until it was too late", is_shown=False)


def _wish_as_chosen(delivery: Delivery, kind: Kind, zone: str, now: datetime) -> Wish:
    if delivery.member_id is None:
        return Wish()
    has_channels = kind.is_optional and not kind.has_chosen_hour
    channel = choices_of(delivery.member_id).get(kind.key) if has_channels else None
    if channel is not None:
        is_shown = channel == Choice.Channel.SITE
        return Wish("shown on the site only" if is_shown else "not wanted by the member", is_shown=is_shown)
    waits = not (kind.is_reply or kind.has_chosen_hour)
    end = end_of_quiet(now, zone=zone, preferences=preferences_of(delivery.member_id)) if waits else None
    if end is None:
        return Wish()
    if delivery.expires_at is None or delivery.expires_at > end:
        return Wish("quiet hours", waits_until=end)
    return Wish() if kind.ignores_quiet_hours else Wish("quiet hours until it was too late")


@transaction.atomic
def stop_waiting_for(*, member_id: int) -> int:
    """Let go what waits for a member who was away and is back earlier; how much it was."""
    waiting = Delivery.objects.filter(member=member_id, state=Delivery.State.DUE, reason=AWAY)
    return waiting.update(lease_until=None)


def end_of_quiet(now: datetime, *, zone: str, preferences: Preferences) -> datetime | None:
    """When the quiet hours end that a moment falls into; None where it falls into none."""
    start, end = preferences.quiet_from, preferences.quiet_until
    if start is None or end is None:
        return None
    zone = zone or settings.TIME_ZONE
    local = now.astimezone(ZoneInfo(zone))
    clock, day = local.time(), local.date()
    over_midnight = start > end
    is_quiet = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not is_quiet:
        return None
    if over_midnight and clock >= start:
        day += timedelta(days=1)
    return instant_of(day, end, zone)


def stop_path(*, member_id: int, kind: str) -> str:
    """The page with the one button that ends a kind of mail for a member, without a sign-in."""
    return reverse("home:mail-stop", args=[_STOP.sign(f"{member_id}.{kind}")])


def read_stop(token: str) -> tuple[int, str] | None:
    """The member and the kind that such a link is about; None where the link is not ours."""
    try:
        number, kind = _STOP.unsign(token).split(".", 1)
        return int(number), kind
    except (BadSignature, ValueError):
        return None
