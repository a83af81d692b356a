"""The times that a poll offers: read from lines, or laid out over a range; plain values, no database."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from core.clock import NoSuchTime, TimeComesTwice, check_wall_time, city_of, first_weekday_from, instant_of
from core.text import fold
from members.availability.polls.marks import GRID_MINUTES, MOST_TIMES

HALF_HOUR = timedelta(minutes=GRID_MINUTES)
FARTHEST = timedelta(days=366)
# A grid shows one column for each of them.
MOST_DAYS = 7
ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[ ,T]+(\d{1,2})[:.](\d{2})")
_WEEKLY = re.compile(r"([^\d\s:,.]+)[ ,:.]+(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time that a poll offers: an instant, or a weekday (Monday is 0) and what clocks show."""

    starts_at: datetime | None = None
    weekday: int | None = None
    at: time | None = None

    @property
    def order(self) -> tuple[float, ...]:
        if self.starts_at is not None:
            return (self.starts_at.timestamp(),)
        assert self.weekday is not None
        assert self.at is not None
        return (self.weekday, self.at.hour, self.at.minute)


@dataclass(frozen=True, kw_only=True)
class Read:
    """The slots that lines stand for, in order, and what is wrong with those that stand for none."""

    slots: list[Slot]
    problems: list[str]


def read_dates(text: str, *, zone: str, now: datetime) -> Read:
    """Lines such as 2026-12-01 18:30, as clocks in the zone show them."""
    return _read(text, lambda line: _date_in(line, zone, now))


def read_weekdays(text: str) -> Read:
    """Lines such as Tue 18:30; the names of days are those of the active language, and English."""
    return _read(text, _weekday_in)


def grid_of_dates(*, days: Iterable[date], first: time, last: time, zone: str) -> list[Slot]:
    """The half hours from one time of day to another on some days, by the clocks of the zone; midnight ends a day.

    A half hour that the clocks skip is not there, and one that they show twice is there twice.
    """
    slots = []
    for day in days:
        moment = instant_of(day, first, zone)
        end = instant_of(day if last > time(0) else day + timedelta(days=1), last, zone)
        while moment + HALF_HOUR <= end:
            slots.append(Slot(starts_at=moment))
            moment += HALF_HOUR
    return sorted(slots, key=lambda slot: slot.order)


def grid_of_weekdays(*, weekdays: Collection[int], first: time, last: time) -> list[Slot]:
    """The half hours from one time of day to another on some weekdays."""
    start = first.hour * 60 + first.minute
    end = last.hour * 60 + last.minute or 24 * 60
    minutes = range(start, end - GRID_MINUTES + 1, GRID_MINUTES)
    return [Slot(weekday=day, at=time(n // 60, n % 60)) for day in sorted(weekdays) for n in minutes]


def in_week_after(weekday: int, at: time, *, zone: str, moment: datetime) -> datetime:
    """The first time after the moment that clocks in the zone show this weekday and time."""
    day = first_weekday_from(moment.astimezone(ZoneInfo(zone)).date(), weekday)
    starts_at = instant_of(day, at, zone)
    return starts_at if starts_at > moment else instant_of(day + timedelta(days=7), at, zone)


class _CannotRead(Exception):
    pass


def _read(text: str, read: Callable[[str], Slot]) -> Read:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_TIMES:
        told = _("These are %(n)s times. A poll has at most %(most)s.") % {"n": len(lines), "most": MOST_TIMES}
        return Read(slots=[], problems=[told])
    slots: list[Slot] = []
    problems = []
    for line in lines:
        try:
            slot = read(line)
            if slot in slots:
                raise _CannotRead(_("“%(line)s” is there twice."))
        except _CannotRead as error:
            problems.append(str(error) % {"line": line[:60]})
        else:
            slots.append(slot)
    return Read(slots=sorted(slots, key=lambda slot: slot.order), problems=problems)


def _date_in(line: str, zone: str, now: datetime) -> Slot:
    found = _DATE.fullmatch(line)
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute = (int(part) for part in found.groups())
        on, at = date(year, month, day), time(hour, minute)
    except ValueError:
        raise _CannotRead(_("“%(line)s” is no date and time; write it as 2026-12-01 18:30.")) from None
    if not 2000 <= on.year <= 2200:
        raise _CannotRead(_("“%(line)s” is more than a year away."))
    city = city_of(zone).replace("%", "%%")
    try:
        check_wall_time(on, at, zone)
    except NoSuchTime:
        raise _CannotRead(_("“%(line)s”: clocks in {city} skip this time on that day.").format(city=city)) from None
    except TimeComesTwice:
        told = _("“%(line)s”: clocks in {city} show this time twice on that day. Choose a time outside that hour.")
        raise _CannotRead(told.format(city=city)) from None
    starts_at = instant_of(on, at, zone)
    if starts_at <= now:
        raise _CannotRead(_("“%(line)s” has passed."))
    if starts_at > now + FARTHEST:
        raise _CannotRead(_("“%(line)s” is more than a year away."))
    return Slot(starts_at=starts_at)


def _weekday_in(line: str) -> Slot:
    found = _WEEKLY.fullmatch(line)
    weekday = _weekday(found[1]) if found else None
    try:
        if found is None or weekday is None:
            raise ValueError
        return Slot(weekday=weekday, at=time(int(found[2]), int(found[3])))
    except ValueError:
        raise _CannotRead(_("“%(line)s” is no weekday and time; write it as Tue 18:30.")) from None


def _weekday(word: str) -> int | None:
    """The weekday that a word begins, in at least two letters."""
    word = fold(word)
    if len(word) < 2:
        return None
    for day, english in enumerate(ENGLISH_DAYS):
        names = (english, fold(str(WEEKDAYS[day])), fold(str(WEEKDAYS_ABBR[day])))
        if any(name.startswith(word) for name in names) or word.rstrip("s") == english:
            return day
    return None
