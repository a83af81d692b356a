"""How clocks in a zone went while a calendar lasts, as a VTIMEZONE of RFC 5545.

Each change of the clocks is written out by itself, with its onset on the clock that was in force until then
(`TZOFFSETFROM`), as section 3.6.5 asks. `icalendar.add_missing_timezones` writes the onset of summer on the new clock,
an hour late, so that programs which trust it are an hour off on that night; and a rule that repeats would go on being
said of years for which nobody has made it yet.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

STEP = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Where the clocks have not changed since the year before, they are said to have been so from here on.
LONG_AGO = datetime(1970, 1, 1)  # noqa: DTZ001
# Years that can be counted through to their end.
FIRST_YEAR, LAST_YEAR = 2, 9998


class Change(NamedTuple):
    """An instant, in UTC, from which clocks show another offset, and what the zone calls it."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str


def timezone_of(zone: str, first: datetime, last: datetime) -> Timezone:
    """The zone from the first to the last instant: from the last change before it, or as it has long been."""
    component = Timezone()
    component.add("tzid", zone)
    years = range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)
    changes = [change for year in years for change in changes_in(zone, year) if change.at <= last]
    before = [change for change in changes if change.at <= first]
    if not before:
        offset = _offset(zone, first)
        component.add_component(_observance(LONG_AGO, offset, offset, _name(zone, first)))
    for change in [*before[-1:], *changes[len(before) :]]:
        onset = (change.at + change.before).replace(tzinfo=None)
        component.add_component(_observance(onset, change.before, change.after, change.name))
    return component


# Each mail about a session has its zone in it.
@lru_cache(maxsize=1000)
def changes_in(zone: str, year: int) -> tuple[Change, ...]:
    """Every change of the clocks in a year of UTC, to the second, in order."""
    changes = []
    at, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        following = at + STEP
        if _offset(zone, at) != _offset(zone, following):
            low, high = at, following
            while high - low > SECOND:
                middle = low + (high - low) // 2 // SECOND * SECOND
                low, high = (low, middle) if _offset(zone, middle) != _offset(zone, at) else (middle, high)
            changes.append(Change(high, _offset(zone, at), _offset(zone, following), _name(zone, high)))
        at = following
    return tuple(changes)


def _observance(onset: datetime, before: timedelta, after: timedelta, name: str) -> TimezoneDaylight | TimezoneStandard:
    # By the direction in which the clocks go: some zones call their winter the exception, and programs that reckon
    # with the difference between the two expect summer to be the later clock.
    observance = TimezoneDaylight() if after > before else TimezoneStandard()
    observance.add("dtstart", onset)
    observance.add("tzoffsetfrom", before)
    observance.add("tzoffsetto", after)
    observance.add("tzname", name)
    return observance


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _name(zone: str, at: datetime) -> str:
    return at.astimezone(ZoneInfo(zone)).tzname() or zone
