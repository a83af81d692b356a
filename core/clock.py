"""Zones and wall time. Nothing but `now()` reads the clock, for tasks; everything else is passed it.

Instants are aware and in UTC. Whatever repeats is wall time and a zone, turned into an instant for each occurrence,
so that 18:00 in Berlin stays 18:00 through both changes of the clocks.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


def now() -> datetime:
    """The time, by the clock that the setting CLOCK names; another one lets a whole term pass in a minute."""
    return import_string(settings.CLOCK)()


@cache
def zone_names() -> frozenset[str]:
    """Every name of the tz database, old ones included."""
    return frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


@cache
def _links() -> dict[str, str]:
    """Old names and the ones that replaced them. Browsers still say Asia/Calcutta, and servers Etc/UTC."""
    lines = resources.files("tzdata.zoneinfo").joinpath("tzdata.zi").read_text().splitlines()
    named = set(place_zones())
    links = {alias: target for _, target, alias in (line.split() for line in lines if line.startswith("L "))}
    utc = {alias: "UTC" for alias, target in links.items() if target in {"Etc/UTC", "Etc/GMT"}}
    links |= utc | {"Etc/UTC": "UTC", "Etc/GMT": "UTC"}
    return {alias: target for alias, target in links.items() if alias not in named and target in named}


@cache
def place_zones() -> tuple[str, ...]:
    """The zones that a person chooses from, one or more per country, in order."""
    lines = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text().splitlines()
    return (*sorted({line.split("\t")[2] for line in lines if line and not line.startswith("#")}), "UTC")


def canonical_zone(name: str) -> str:
    """The present name of a zone. Raises ValidationError where there is no such zone."""
    if name not in zone_names():
        raise ValidationError(
            _("There is no time zone called “%(name)s”. Choose the city nearest to you."),
            code="unknown_zone",
            params={"name": name[:60]},
        )
    return _links().get(name, name)


def validate_zone(name: str) -> None:
    canonical_zone(name)


def city_of(zone: str) -> str:
    """“Kolkata” for Asia/Kolkata: people know cities, not identifiers."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def offset_of(zone: str, at: datetime) -> str:
    """“UTC+5:30” at that instant."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")


def instant_of(day: date, wall_time: time, zone: str) -> datetime:
    """The instant at which clocks in that zone show this day and time.

    Where the clocks skip it, the instant is as far after the gap as the time lies in it (02:30 becomes 03:30); where
    they show it twice, the first is meant, also by a time that was read off a clock which showed it again.
    """
    return datetime.combine(day, wall_time.replace(fold=0), tzinfo=ZoneInfo(zone)).astimezone(UTC)


class NoSuchTime(Exception):
    """Clocks in the zone skip this time on that day, as they are put forward."""


class TimeComesTwice(Exception):
    """Clocks in the zone show this time twice on that day, as they are put back."""


def check_wall_time(day: date, wall_time: time, zone: str) -> None:
    """Whether clocks in that zone show this time on that day, once. Raises NoSuchTime and TimeComesTwice."""
    first = datetime.combine(day, wall_time.replace(fold=0), tzinfo=ZoneInfo(zone))
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return
    is_shown = first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == first.replace(tzinfo=None)
    raise TimeComesTwice if is_shown else NoSuchTime


def repeating_days(first: date, last: date, *, every_weeks: int) -> Iterator[date]:
    """The days of a weekly rule, from the first to no later than the last."""
    day = first
    while day <= last:
        yield day
        day += timedelta(weeks=every_weeks)


def first_weekday_from(day: date, weekday: int) -> date:
    """The first such weekday (Monday is 0) on or after the day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)
