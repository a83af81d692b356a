"""Best times and shared hours of members, read in a fixed number of queries. Nothing here says who is free when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from members.availability.algebra import SLOTS, SLOTS_A_DAY, attendance, slot_of
from members.availability.besttimes.ranking import BestTime, People, Wish, rank, unsocial_slots, wall_slots
from members.availability.marks import monday_of
from members.availability.overlap import away_in, weeks_of
from members.models import Member

# Fewer than that are not counted: what one of two gives tells the other's week.
FEWEST = 3
LEVELS = 5


class FewWeeks(Exception):
    """Fewer than three of them have marked their week; `with_week` have."""

    def __init__(self, with_week: int) -> None:
        super().__init__(with_week)
        self.with_week = with_week


@dataclass(frozen=True, kw_only=True)
class Found:
    """The best times of a set, how many of it have marked their week, and the zones that these live in."""

    times: list[BestTime]
    people: int
    with_week: int
    zones: list[str]


@dataclass(frozen=True, kw_only=True)
class Hours:
    """How many of a set can in each half hour of a week on one clock, as a heat map shows it.

    `counts` and `levels`, from 0 for nobody to 5 for all, have shape (48, 7).
    """

    counts: np.ndarray
    levels: np.ndarray
    people: int
    with_week: int


def best_times(
    member_ids: Sequence[int],
    wish: Wish,
    *,
    required_ids: Collection[int] = (),
    past: Iterable[tuple[datetime, datetime]] = (),
) -> Found:
    """The best times for these members, of whom those without a typical week are left out. Three queries.

    Whoever is away can at no time of those days. `past` are the meetings that they had, whose unsocial hours count
    when the next are shared out. Raises FewWeeks where fewer than three have marked their week. Whether the viewer may
    ask, and whom they may require, the caller knows: what is told of a required set must be about nobody alone.
    """
    # A week more on either side, as weeks begin at another time elsewhere.
    first_week, weeks = monday_of(wish.first_on) - timedelta(weeks=1), wish.weeks + 3
    ids, marks = _marked(member_ids, first_week, weeks)
    zone_of = dict(Member.objects.filter(pk__in=ids).values_list("pk", "time_zone"))
    zones = [zone_of.get(pk) or "UTC" for pk in ids]
    marks[away_in(ids, first_week=first_week, weeks=weeks)] = 0
    held = list(past)
    borne = {zone: _borne(zone, held) for zone in set(zones)}
    people = People(
        marks=marks,
        first_week=first_week,
        zones=zones,
        required=np.array([pk in required_ids for pk in ids]),
        borne=np.array([borne[zone] for zone in zones]),
    )
    return Found(times=rank(people, wish), people=len(member_ids), with_week=len(ids), zones=sorted(set(zones)))


def hours_of(member_ids: Sequence[int], *, zone: str, week_on: date) -> Hours:
    """How many of these members can, on clocks of the zone in the week of that day, by their usual weeks. One query.

    Days away are not taken out. Raises FewWeeks as `best_times` does.
    """
    monday = monday_of(week_on)
    first_week = monday - timedelta(weeks=1)
    ids, marks = _marked(member_ids, first_week, 3)
    counts = attendance(marks).reshape(-1)
    slots = wall_slots([monday + timedelta(days=n) for n in range(7)], zone, first_week)
    # Half of a half hour is no time to meet.
    by_half_hour = counts[slots].reshape(7, SLOTS_A_DAY // 2, 2).min(axis=2).T
    levels = -(-by_half_hour * LEVELS // len(ids))
    return Hours(counts=by_half_hour, levels=levels, people=len(member_ids), with_week=len(ids))


def _marked(member_ids: Sequence[int], first_week: date, weeks: int) -> tuple[list[int], np.ndarray]:
    """Those of the members who have marked anything in these weeks, and their marks. Raises FewWeeks."""
    marks = weeks_of(member_ids, first_week=first_week, weeks=weeks)
    has_week = marks.any(axis=(1, 2))
    if has_week.sum() < FEWEST:
        raise FewWeeks(int(has_week.sum()))
    return [pk for pk, marked in zip(member_ids, has_week, strict=True) if marked], marks[has_week]


def _borne(zone: str, past: Sequence[tuple[datetime, datetime]]) -> int:
    """The minutes of past meetings that lay at unsocial hours for somebody in the zone."""
    minutes = 0
    for starts_at, ends_at in past:
        monday = monday_of(starts_at.date())
        first = slot_of(starts_at, first_week=monday)
        last = slot_of(ends_at - timedelta(microseconds=1), first_week=monday) + 1
        minutes += int(unsocial_slots(zone, monday, 2)[first : min(last, 2 * SLOTS)].sum()) * 15
    return minutes
