from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from members.availability.clock import local_day
from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.availability.weeks.links import still_true_path
from members.models import Member
from notifications.kinds import Obligation
from notifications.models import Delivery

# Three months, in whole weeks.
EVERY = timedelta(weeks=13)
# Who has not answered for a year is asked no more.
MOST = 4
# Longer than anybody notes to be away at once.
KEPT = timedelta(days=400)
# After midnight, on the day of coming back.
MORNING = timedelta(hours=9)


class StillTrue(PausesWhileAway):
    """Every three months, to whoever has not touched their typical week since: is it still true?

    Whoever is away is asked in the morning of the day on which they are back; once, also where several fell due.
    """

    key = "week_still_true"
    title = _("Is your typical week still true?")
    when = _("Every three months, until you have looked at it")
    to_whom = _("Everybody who has entered a typical week")
    is_optional = True
    stale_after = timedelta(days=14)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        found = [owed for number in range(1, MOST + 1) for owed in self._asked(number, start, end)]
        yield from sorted(found, key=lambda owed: (owed.due_at, owed.object_key))

    def _asked(self, number: int, start: datetime, end: datetime) -> Iterator[Obligation]:
        since = number * EVERY
        weeks = TypicalWeek.objects.filter(confirmed_at__gte=start - since, confirmed_at__lt=end - since)
        for week in weeks.filter(member__is_active=True).exclude(marks=EMPTY):
            due_at = week.confirmed_at + since
            yield Obligation(
                member_id=week.member_id,
                object_key=f"availability.week:{week.pk}",
                occurrence=_occurrence(week, number),
                due_at=due_at,
                expires_at=due_at + KEPT,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        member = Member.objects.get(pk=delivery.member_id)
        week = TypicalWeek.objects.of(member).in_force(local_day(member, now)).first()
        if week is None:
            return False
        # Where one that was kept meets the next, the next is asked.
        return delivery.occurrence == _occurrence(week, min((now - week.confirmed_at) // EVERY, MOST))

    def away_until(self, delivery: Delivery, now: datetime) -> datetime | None:
        until = super().away_until(delivery, now)
        return until and until + MORNING

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        assert delivery.member_id is not None
        member = Member.objects.get(pk=delivery.member_id)
        week = TypicalWeek.objects.of(member).in_force(local_day(member, now)).get()
        return {"confirmed_at": week.confirmed_at, "path": still_true_path(delivery.member_id)}


def _occurrence(week: TypicalWeek, number: int) -> str:
    return f"true on {week.confirmed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}, {number}"


STILL_TRUE = StillTrue()
