from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.clock import instant_of
from members.availability.clock import local_day
from members.availability.marks import EMPTY
from members.availability.models import Away, TypicalWeek
from members.availability.weeks.links import still_true_path
from members.models import Member
from notifications.kinds import Kind, Obligation
from notifications.models import Delivery

# Three months, in whole weeks.
EVERY = timedelta(weeks=13)
# Who has not answered for a year is asked no more.
MOST = 4
MORNING = time(9)
DAY = timedelta(days=1)


class StillTrue(Kind):
    """Every three months, to whoever has not touched their typical week since: is it still true?

    Whoever is away is asked on the day on which they are back.
    """

    key = "week_still_true"
    title = _("Is your typical week still true?")
    when = _("Every three months, until you have looked at it")
    to_whom = _("Everybody who has entered a typical week")
    is_optional = True
    stale_after = timedelta(days=14)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        found = [*self._asked(start, end), *self._back(start, end)]
        yield from sorted(found, key=lambda owed: (owed.due_at, owed.object_key))

    def _asked(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        for number in range(1, MOST + 1):
            since = number * EVERY
            weeks = TypicalWeek.objects.filter(confirmed_at__gte=start - since, confirmed_at__lt=end - since)
            for week in weeks.filter(member__is_active=True).exclude(marks=EMPTY).order_by("confirmed_at", "id"):
                yield _owed(week, number, week.confirmed_at + since)

    def _back(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Those who are back within the span, and would have been asked while they were away."""
        near = Away.objects.filter(ends_on__gte=(start - 2 * DAY).date(), ends_on__lte=(end + DAY).date())
        for away in near.filter(member__is_active=True).select_related("member").order_by("ends_on", "id"):
            zone = away.member.time_zone or settings.TIME_ZONE
            first, back = instant_of(away.starts_on, time(0), zone), instant_of(away.ends_on + DAY, MORNING, zone)
            week = TypicalWeek.objects.of(away.member).in_force(away.ends_on).exclude(marks=EMPTY).first()
            if week is None or not start <= back < end:
                continue
            missed = [n for n in range(1, MOST + 1) if first <= week.confirmed_at + n * EVERY < back]
            if missed:
                yield _owed(week, missed[-1], back, after="back")

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        member = Member.objects.get(pk=delivery.member_id)
        today = local_day(member, now)
        week = TypicalWeek.objects.of(member).in_force(today).first()
        return (
            week is not None
            and delivery.occurrence.startswith(_since(week))
            and not Away.objects.is_away(member, today)
        )

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        assert delivery.member_id is not None
        member = Member.objects.get(pk=delivery.member_id)
        week = TypicalWeek.objects.of(member).in_force(local_day(member, now)).get()
        return {"confirmed_at": week.confirmed_at, "path": still_true_path(delivery.member_id)}


def _owed(week: TypicalWeek, number: int, due_at: datetime, after: str = "") -> Obligation:
    occurrence = f"{_since(week)}, {number}"
    return Obligation(
        member_id=week.member_id,
        object_key=f"availability.week:{week.pk}",
        occurrence=f"{occurrence}, {after}" if after else occurrence,
        due_at=due_at,
    )


def _since(week: TypicalWeek) -> str:
    return f"true on {week.confirmed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


STILL_TRUE = StillTrue()
