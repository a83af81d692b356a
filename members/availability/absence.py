"""Who is away when something begins, by each member's own clock; and messages that wait until somebody is back."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import FETCH_RAISE

from core.clock import instant_of
from members.availability.models import Away
from members.models import Member
from notifications.kinds import Kind
from notifications.models import Delivery

DAY = timedelta(days=1)


class Occasion(Protocol):
    """Something with a date where it takes place, and a time once that is known. A session is one."""

    pk: int

    @property
    def held_on(self) -> date: ...
    @property
    def starts_at(self) -> datetime | None: ...


class PausesWhileAway(Kind):
    """A kind that asks or reminds: it is kept for whoever is away until the day on which they are back."""

    def away_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        return back_at(delivery.member, now) if delivery.member is not None else None


def back_at(member: Member, now: datetime) -> datetime | None:
    """When the day begins on which a member is back; None where they are not away. One query."""
    zone = member.time_zone or settings.TIME_ZONE
    away = Away.objects.of(member).on(now.astimezone(ZoneInfo(zone)).date()).first()
    return instant_of(away.ends_on + DAY, time(), zone) if away else None


def is_away_at(member: Member, occasion: Occasion) -> bool:
    """Whether a member is away on the day on which something is for them. One query."""
    return Away.objects.is_away(member, day_of(occasion, member.time_zone))


def away_at(occasions: Sequence[Occasion], member_ids: Any) -> dict[int, list[Member]]:
    """For each occasion, by its number, those of the members who are away on its day on their clock; by name.

    `member_ids` may be a query. One query, none where there is no occasion.
    """
    found: dict[int, list[Member]] = {occasion.pk: [] for occasion in occasions}
    if not occasions:
        return found
    # No clock is more than a day apart from that of the place or from UTC.
    days = [occasion.held_on for occasion in occasions]
    days += [occasion.starts_at.astimezone(UTC).date() for occasion in occasions if occasion.starts_at]
    aways = Away.objects.between(min(days) - DAY, max(days) + DAY).filter(member__in=member_ids, member__is_active=True)
    aways = aways.select_related("member").order_by("member__name_key", "member_id", "starts_on")
    for away in aways.fetch_mode(FETCH_RAISE):
        for occasion in occasions:
            if away.starts_on <= day_of(occasion, away.member.time_zone) <= away.ends_on:
                found[occasion.pk].append(away.member)
    return found


def day_of(occasion: Occasion, zone: str) -> date:
    """The day that it is on a member's clock; while its time is not known, its date where it takes place."""
    if occasion.starts_at is None:
        return occasion.held_on
    return occasion.starts_at.astimezone(ZoneInfo(zone or settings.TIME_ZONE)).date()
