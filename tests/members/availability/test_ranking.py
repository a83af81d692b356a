"""The ranking of times agrees with somebody who tries each of them, one person and one minute at a time."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.clock import instant_of
from members.availability.algebra import SLOTS
from members.availability.besttimes.ranking import Missing, People, Wish, rank
from members.availability.marks import monday_of
from tests.factories.availability import marks
from tests.members.availability.walking import CHANGES, ZONES, arrays, random_people

MONDAY = date(2026, 10, 12)
PADDING = timedelta(weeks=1)


def people_of(typical, wish, *, required=(), borne=()):
    """Typical weeks with their zones, as `rank` takes them; nobody is away."""
    first_week = monday_of(wish.first_on) - PADDING
    return People(
        marks=arrays(typical, first_week, wish.weeks + 3),
        first_week=first_week,
        zones=[zone for _week, zone in typical],
        required=np.array([n in required for n in range(len(typical))]),
        borne=np.array([*borne, *[0] * (len(typical) - len(borne))]),
    )


def try_each(typical, wish, *, required, borne):
    """All times that may be, each with its key in the objective, the best first."""
    tried = []
    length = timedelta(minutes=-(-wish.minutes // 15) * 15)
    for offset in range(7 if wish.is_weekly else 7 * wish.weeks):
        first = wish.first_on + timedelta(days=offset)
        days = range(0, wish.weeks, wish.every_weeks) if wish.is_weekly else [0]
        for quarter in range(96):
            at = time(quarter // 4, quarter % 4 * 15)
            if not is_inside(wish, first, at):
                continue
            starts = [instant_of(first + timedelta(weeks=n), at, wish.zone) for n in days]
            attends, gladness, unsocial = [], 0, []
            for n, (week, zone) in enumerate(typical):
                place, late, comes = ZoneInfo(zone), borne[n], []
                for start in starts:
                    weakest, night = 3, 0
                    for minute in range(length // timedelta(minutes=1)):
                        clock = (start + timedelta(minutes=minute)).astimezone(place)
                        weakest = min(weakest, int(week[clock.weekday() * 48 + clock.hour * 2 + clock.minute // 30]))
                        night += not 8 <= clock.hour < 22
                    comes.append(weakest > 0)
                    gladness += weakest
                    late += night if weakest else 0
                attends.append(comes)
                unsocial.append(late)
            counts = [sum(comes[meeting] for comes in attends) for meeting in range(len(starts))]
            key = (
                sum(
                    not comes[meeting]
                    for n, comes in enumerate(attends)
                    if n in required
                    for meeting in range(len(starts))
                ),
                -min(counts),
                -sum(counts),
                -gladness,
                sum(late**2 for late in unsocial),
                [0, 2, 1, 2][quarter % 4],
                starts[0],
            )
            if sum(counts):
                tried.append((key, tuple(starts), tuple(counts)))
    tried.sort()
    good = [one for one in tried if one[0][0] == 0 and -one[0][1] >= wish.quorum]
    return good or tried


def is_inside(wish, day, at):
    """Whether the whole meeting lies in the hours of a day that is wished for."""
    if wish.earliest == wish.latest:
        return day.weekday() in wish.weekdays
    start = datetime.combine(day, at)
    for opens in (day - timedelta(days=1), day):
        begins, ends = datetime.combine(opens, wish.earliest), datetime.combine(opens, wish.latest)
        if wish.latest < wish.earliest:
            ends += timedelta(days=1)
        if begins <= start and start + timedelta(minutes=wish.minutes) <= ends:
            return opens.weekday() in wish.weekdays
    return False


def apart(tried, wish):
    chosen = []
    for one in tried:
        first = one[1][0]
        gaps = [abs(first - other[1][0]) for other in chosen]
        if wish.is_weekly:
            gaps = [min(gap % timedelta(weeks=1), -gap % timedelta(weeks=1)) for gap in gaps]
        if all(gap >= timedelta(hours=3) for gap in gaps):
            chosen.append(one)
    return chosen[:5]


@pytest.mark.parametrize("seed", range(100))
def test_the_order_is_that_of_somebody_who_tries_each_time(seed):
    rng = random.Random(seed)
    count = rng.randint(3, 6)
    typical = random_people(rng, count)
    earliest = rng.randrange(24)
    wish = Wish(
        minutes=rng.choice((30, 45, 60, 70)),
        zone=rng.choice(ZONES),
        first_on=rng.choice(CHANGES) - timedelta(days=rng.randrange(14)),
        weeks=rng.randint(1, 4),
        every_weeks=rng.choice((1, 1, 2)),
        is_weekly=rng.random() < 0.7,
        weekdays=frozenset(rng.sample(range(7), rng.randint(2, 4))),
        earliest=time(earliest, rng.choice((0, 30))),
        latest=time((earliest + rng.randint(3, 9)) % 24),
        quorum=rng.choice((0, 0, 2)),
    )
    required = rng.sample(range(count), rng.choice((0, 0, 1)))
    borne = [rng.randrange(0, 600, 15) for _ in range(count)]
    found = rank(people_of(typical, wish, required=required, borne=borne), wish)
    expected = apart(try_each(typical, wish, required=required, borne=borne), wish)
    assert [(best.starts, best.attending, best.required_absences) for best in found] == [
        (starts, counts, key[0]) for key, starts, counts in expected
    ], (wish, typical)


def test_each_part_of_the_objective_decides_where_those_before_it_are_equal():
    def best(*weeks, **kwargs):
        wish = Wish(minutes=60, zone="UTC", first_on=MONDAY, weeks=2, earliest=time(9), latest=time(22))
        return rank(people_of([(marks(**week), zone) for week, zone in weeks], wish, **kwargs), wish)[0].starts_at

    def at(day, hour):
        return datetime(2026, 10, day, hour, tzinfo=UTC)

    monday, both, tuesday = {"mon": "9-10:1"}, {"mon": "9-10:1", "tue": "10-11:1"}, {"tue": "10-11:1"}
    # Two of three on Tuesday, unless the first must be there.
    assert best((monday, "UTC"), (tuesday, "UTC"), (tuesday, "UTC")) == at(13, 10)
    assert best((monday, "UTC"), (tuesday, "UTC"), (tuesday, "UTC"), required=[0]) == at(12, 9)
    # As many; the one that somebody would rather have.
    gladly = {"mon": "9-10:1", "tue": "10-11:3"}
    assert best((both, "UTC"), (gladly, "UTC"), (both, "UTC")) == at(13, 10)
    # As many, as gladly: 9:00 is 2:00 in Chicago, which counts the more the more of it one has had.
    wide = {"mon": "0-24:2", "tue": "0-24:2"}
    assert best((wide, "UTC"), (wide, "UTC"), (wide, "America/Chicago")) == at(12, 13)
    early, late = {"mon": "1-24:2", "tue": "1-24:2"}, {"mon": "9-10:2 21-22:2"}
    assert best((late, "UTC"), (early, "America/Chicago"), (wide, "Asia/Kolkata")) == at(12, 9)
    assert best((late, "UTC"), (early, "America/Chicago"), (wide, "Asia/Kolkata"), borne=[0, 600, 0]) == at(12, 21)


def test_the_worst_week_counts_before_the_total():
    """Berlin changes its clocks on 25 October, Nairobi never does."""
    steady = (marks(mon="18-19:2"), "Africa/Nairobi")
    moving = (marks(mon="20-21:2"), "Europe/Berlin")
    wish = Wish(minutes=60, zone="Africa/Nairobi", first_on=MONDAY, weeks=4)
    best = rank(people_of([steady, steady, moving, moving, moving], wish), wish)
    # 20:00 in Berlin is 21:00 in Nairobi in two of the weeks, and 22:00 after; the other time, an hour later, is too
    # near to be proposed as well.
    assert best[0].starts_at == datetime(2026, 10, 12, 15, tzinfo=UTC)
    assert best[0].attending == (2, 2, 2, 2)
    assert [(other.attending, other.missing) for other in best[1:]] == [
        ((3, 3, 0, 0), (Missing(3, 2, after=date(2026, 10, 19)),))
    ]
    later = Wish(minutes=60, zone="Africa/Nairobi", first_on=MONDAY, weeks=4, earliest=time(22), latest=time(23))
    assert [other.missing for other in rank(people_of([steady, moving, moving], later), later)] == [
        (Missing(2, 2, before=date(2026, 10, 26)),)
    ]


def test_a_quorum_and_those_who_must_be_there_give_way_only_where_nothing_else_is_left():
    people = [(marks(mon="9-10:2"), "UTC"), (marks(mon="9-10:2"), "UTC"), (marks(wed="9-10:2"), "UTC")]
    wish = Wish(minutes=60, zone="UTC", first_on=MONDAY, weeks=1)
    assert [best.starts_at.day for best in rank(people_of(people, wish), wish)] == [12, 14]
    strict = Wish(minutes=60, zone="UTC", first_on=MONDAY, weeks=1, quorum=2)
    assert [best.starts_at.day for best in rank(people_of(people, strict), strict)] == [12]
    assert [best.starts_at.day for best in rank(people_of(people, wish, required=[2]), wish)] == [14]
    more = Wish(minutes=60, zone="UTC", first_on=MONDAY, weeks=1, quorum=3)
    assert [best.has_quorum for best in rank(people_of(people, more), more)] == [False, False]
    both = rank(people_of(people, wish, required=[0, 2]), wish)
    assert [(best.starts_at.day, best.required_absences) for best in both] == [(12, 1), (14, 1)]


def test_nothing_begins_before_it_can_and_nothing_is_found_where_nobody_can():
    people = [(marks(mon="9-11:2"), "UTC")] * 3
    late = Wish(
        minutes=60,
        zone="UTC",
        first_on=MONDAY,
        weeks=1,
        is_weekly=False,
        after=datetime(2026, 10, 12, 9, 20, tzinfo=UTC),
    )
    assert [best.starts_at for best in rank(people_of(people, late), late)] == [datetime(2026, 10, 12, 10, tzinfo=UTC)]
    tuesday = Wish(minutes=60, zone="UTC", first_on=MONDAY, weeks=1, weekdays=frozenset([1]))
    assert rank(people_of(people, tuesday), tuesday) == []
    too_late = People(
        marks=np.zeros((3, 1, SLOTS), np.uint8),
        first_week=MONDAY + timedelta(weeks=1),
        zones=["UTC"] * 3,
        required=np.zeros(3, bool),
        borne=np.zeros(3, int),
    )
    with pytest.raises(ValueError, match="do not reach"):
        rank(too_late, tuesday)
