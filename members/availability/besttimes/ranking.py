"""Ranking times for many people at once: arrays in, a few times with their numbers out; no database.

The objective is lexicographic. Of two times the better is the one

1. at which those who must be there miss fewer meetings,
2. whose worst week has more people,
3. which has more people over all weeks,
4. which they would rather have: the sum of the weakest mark that each gives during each meeting,
5. which shares unsocial hours more fairly: the sum of the squares of the time that everybody has spent and would spend
   in meetings between 22:00 and 8:00 on their own clock, so that an hour costs more the more somebody has had,
6. which begins on the hour rather than the half hour, and that rather than a quarter; then the earlier one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from core.clock import first_weekday_from, instant_of
from members.availability.algebra import SLOTS, SLOTS_A_DAY, slot_of, slots_in, start_of, through, wall_half_hours

DAYS = range(7)
A_DAY = 24 * 60
# In half hours of a day: before 8:00 and from 22:00 on.
SOCIAL = (16, 44)
# What is proposed together differs by so much, also from one week to the next.
APART = timedelta(hours=3)
MOST = 5
BY_THE_HOUR = np.array([0, 2, 1, 2])


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is looked for: a weekly time, or one meeting, as clocks in one zone show it.

    `earliest` and `latest` bound the whole meeting on its days, past midnight where latest comes before earliest; the
    same time twice means all day. `quorum` is how many should be there every time. Nothing begins before `after`.
    """

    minutes: int
    zone: str
    first_on: date
    weeks: int
    every_weeks: int = 1
    is_weekly: bool = True
    weekdays: frozenset[int] = frozenset(DAYS)
    earliest: time = time(0)
    latest: time = time(0)
    quorum: int = 0
    after: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class People:
    """Who is asked: their marks in concrete weeks, (people, weeks, 672), nothing on days away; and, for each of them,
    their zone, whether they must be there, and the minutes of unsocial hours that they have had."""

    marks: np.ndarray
    first_week: date
    zones: Sequence[str]
    required: np.ndarray
    borne: np.ndarray


@dataclass(frozen=True)
class Missing:
    """How many people miss so many meetings: all after a day, all before one, or here and there."""

    people: int
    meetings: int
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True, kw_only=True)
class BestTime:
    """A time with what it means for the set. `attending` is how many can, meeting by meeting.

    The first day and the time are those of clocks in the zone of the wish.
    """

    first_on: date
    at: time
    minutes: int
    starts: tuple[datetime, ...]
    attending: tuple[int, ...]
    always: int
    never: int
    missing: tuple[Missing, ...]
    gladly: int
    at_unsocial_hours: int
    required_absences: int
    has_quorum: bool

    @property
    def weekday(self) -> int:
        return self.first_on.weekday()

    @property
    def starts_at(self) -> datetime:
        return self.starts[0]

    @property
    def ends_at(self) -> datetime:
        return self.starts[0] + timedelta(minutes=self.minutes)


def rank(people: People, wish: Wish, *, most: int = MOST) -> list[BestTime]:
    """The best times, at most so many, the best first; no two begin within three hours of each other.

    Times at which somebody who must be there is missing, or which have no quorum, come only where there is none
    without; times for nobody never. The weeks of the marks must hold all meetings: raises ValueError.
    """
    candidates, starts = _candidates(wish, people.first_week)
    length, flat = slots_in(wish.minutes), people.marks.reshape(len(people.marks), -1)
    if not len(starts):
        return []
    if starts.min() < 0 or starts.max() + length > flat.shape[1]:
        raise ValueError("The marks do not reach over all weeks of the wish.")
    marks = through(flat, length)[:, starts]
    attends = marks > 0
    present = attends.sum(axis=0, dtype=np.int32)
    worst, total = present.min(axis=1), present.sum(axis=1)
    absences = (~attends[people.required]).sum(axis=(0, 2))
    strength = marks.sum(axis=0, dtype=np.int32).sum(axis=1)
    unsocial = _unsocial(people, attends, starts, length)
    unfair = ((people.borne[:, None] + unsocial) ** 2).sum(axis=0)
    first = starts[:, 0]
    round_first = BY_THE_HOUR[np.array([quarter for _day, quarter in candidates]) % 4]
    order = np.lexsort((first, round_first, unfair, -strength, -total, -worst, absences))
    fits = (absences == 0) & (worst >= wish.quorum) & (total > 0)
    order = order[(fits if fits.any() else total > 0)[order]]
    return [
        BestTime(
            first_on=candidates[at][0],
            at=_clock(candidates[at][1]),
            minutes=wish.minutes,
            starts=tuple(start_of(int(slot), first_week=people.first_week) for slot in starts[at]),
            attending=tuple(int(count) for count in present[at]),
            always=int(attends[:, at].all(axis=1).sum()),
            never=int((~attends[:, at].any(axis=1)).sum()),
            missing=_missing(attends[:, at], list(_days(wish, candidates[at][0]))),
            gladly=int(((marks[:, at] == 3) | ~attends[:, at]).all(axis=1).sum() - (~attends[:, at].any(axis=1)).sum()),
            at_unsocial_hours=int((unsocial[:, at] > 0).sum()),
            required_absences=int(absences[at]),
            has_quorum=bool(worst[at] >= wish.quorum),
        )
        for at in _apart(order, first, wish.is_weekly, most)
    ]


def wall_slots(days: Sequence[date], zone: str, first_week: date) -> np.ndarray:
    """The slot at which clocks in the zone show each quarter of an hour of each day: int64 of shape (days, 96).

    As `instant_of` has it: where clocks skip a time it is as far after the gap as the time lies in it; where they show
    it twice, the first is meant.
    """
    found = np.empty((len(days), SLOTS_A_DAY), np.int64)
    for row, day in zip(found, days, strict=True):
        first = slot_of(instant_of(day, time(0), zone), first_week=first_week)
        last = slot_of(instant_of(day + timedelta(days=1), time(0), zone), first_week=first_week)
        if last - first == SLOTS_A_DAY:
            row[:] = np.arange(first, last)
        else:
            row[:] = [
                slot_of(instant_of(day, _clock(quarter), zone), first_week=first_week) for quarter in range(SLOTS_A_DAY)
            ]
    return found


def unsocial_slots(zone: str, first_week: date, weeks: int) -> np.ndarray:
    """Which slots lie between 22:00 and 8:00 on clocks in the zone: bool of shape (weeks * 672,)."""
    of_day = wall_half_hours(zone, first_week, weeks) % 48
    return (of_day < SOCIAL[0]) | (of_day >= SOCIAL[1])


def _candidates(wish: Wish, first_week: date) -> tuple[list[tuple[date, int]], np.ndarray]:
    """The first day and the quarter of an hour of each time that may be, and its slots: (times, meetings)."""
    firsts = [wish.first_on + timedelta(days=n) for n in range(7 if wish.is_weekly else 7 * wish.weeks)]
    if wish.is_weekly:
        firsts = [first_weekday_from(wish.first_on, weekday) for weekday in DAYS]
    days = [list(_days(wish, first)) for first in firsts]
    slots = wall_slots([day for row in days for day in row], wish.zone, first_week)
    # By first day, quarter and meeting.
    starts = slots.reshape(len(firsts), -1, SLOTS_A_DAY).transpose(0, 2, 1)
    may = np.array([[_is_wished(wish, day, quarter) for quarter in range(SLOTS_A_DAY)] for day in firsts])
    if wish.after is not None:
        may &= starts[:, :, 0] >= slot_of(wish.after + timedelta(minutes=15, microseconds=-1), first_week=first_week)
    chosen = [(firsts[row], int(quarter)) for row, quarter in zip(*np.nonzero(may), strict=True)]
    return chosen, starts[may]


def _days(wish: Wish, first: date) -> Iterator[date]:
    """The days of a time's meetings, from the first on."""
    meetings = -(-wish.weeks // wish.every_weeks) if wish.is_weekly else 1
    return (first + timedelta(weeks=n * wish.every_weeks) for n in range(meetings))


def _is_wished(wish: Wish, day: date, quarter: int) -> bool:
    begins, earliest = quarter * 15, wish.earliest.hour * 60 + wish.earliest.minute
    span = (wish.latest.hour * 60 + wish.latest.minute - earliest) % A_DAY
    if span == 0:
        return day.weekday() in wish.weekdays
    # After midnight it is the evening before that counts.
    weekday = day.weekday() if begins >= earliest else (day.weekday() - 1) % 7
    return weekday in wish.weekdays and (begins - earliest) % A_DAY + wish.minutes <= span


def _unsocial(people: People, attends: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """The minutes that each would spend at unsocial hours at each time: int64 of shape (people, times)."""
    found = np.zeros(attends.shape[:2], np.int64)
    zones = np.array(people.zones)
    for zone in set(people.zones):
        slots = unsocial_slots(zone, people.first_week, people.marks.shape[1])
        before = np.concatenate([[0], np.cumsum(slots, dtype=np.int32)])
        quarters = (before[length:] - before[:-length])[starts]
        if quarters.any():
            here = zones == zone
            found[here] = (attends[here] * quarters.astype(np.int16)).sum(axis=2) * 15
    return found


def _apart(order: np.ndarray, first: np.ndarray, is_weekly: bool, most: int) -> list[int]:
    chosen: list[int] = []
    for at in order.tolist():
        if len(chosen) == most:
            break
        gaps = [abs(int(first[at] - first[other])) for other in chosen]
        if is_weekly:
            gaps = [min(gap % SLOTS, -gap % SLOTS) for gap in gaps]
        if all(gap * 15 >= APART // timedelta(minutes=1) for gap in gaps):
            chosen.append(at)
    return chosen


def _missing(attends: np.ndarray, days: list[date]) -> tuple[Missing, ...]:
    """Those who come to some of the meetings, by what they miss; the most of them, and the most missed, first."""
    kinds: Counter[tuple[int, date | None, date | None]] = Counter()
    for row in attends[attends.any(axis=1) & ~attends.all(axis=1)]:
        comes, misses = np.flatnonzero(row), np.flatnonzero(~row)
        after = days[comes[-1]] if misses[0] > comes[-1] else None
        before = days[comes[0]] if misses[-1] < comes[0] else None
        kinds[len(misses), after, before] += 1
    return tuple(
        Missing(people, meetings, after, before)
        for (meetings, after, before), people in sorted(kinds.items(), key=lambda kind: (-kind[1], -kind[0][0]))
    )


def _clock(quarter: int) -> time:
    return time(quarter // 4, quarter % 4 * 15)
