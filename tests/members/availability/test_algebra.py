"""Weeks as arrays agree with somebody who walks through them minute by minute, looking at the clock on the wall."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.clock import place_zones
from members.availability import algebra
from members.availability.algebra import SLOTS, best_starts, expand, overlap, shared_minutes
from tests.factories.availability import marks
from tests.members.availability.walking import (
    WEEK_MINUTES,
    arrays,
    check_block,
    random_monday,
    random_people,
    walk,
)

CASES, BLOCKS = 2_000, 20


@pytest.mark.parametrize("block", range(BLOCKS))
def test_any_set_overlaps_as_the_clocks_on_the_wall_say(block):
    """2,000 seeded cases; `make bench` has 100,000."""
    check_block(block, CASES // BLOCKS)


def minutes_in_pieces(shared, weeks):
    """Minutes of each week that lie in unbroken pieces of half an hour or more, counted one by one."""
    counts, start = [0] * weeks, None
    for minute, mark in enumerate([*shared, 0]):
        if mark and start is None:
            start = minute
        if not mark and start is not None:
            if minute - start >= 30:
                for inside in range(start, minute):
                    counts[inside // WEEK_MINUTES] += 1
            start = None
    return counts


@pytest.mark.parametrize("seed", range(12))
def test_shared_minutes_are_those_of_the_worst_week_in_pieces_of_half_an_hour(seed):
    rng = random.Random(1000 + seed)
    mentors, mentees, monday, weeks = random_people(rng, 2), random_people(rng, 3), random_monday(rng), 2
    mondays = [monday, monday + timedelta(weeks=1)]
    found = shared_minutes(arrays(mentors, monday, weeks), arrays(mentees, monday, weeks))
    walked = [[min(minutes_in_pieces(walk([a, b], mondays), weeks)) for b in mentees] for a in mentors]
    assert found.tolist() == walked


def test_a_quarter_of_an_hour_is_no_time_to_meet():
    # 18:00 in Kathmandu is 17:45 in Kolkata.
    kathmandu = arrays([(marks(tue="18-19:2"), "Asia/Kathmandu")], date(2026, 11, 23), 1)
    for hours, minutes in (("18.5-20:2", 0), ("18-20:2", 45), ("17.5-18:2", 0), ("17.5-18.5:2", 45)):
        kolkata = arrays([(marks(tue=hours), "Asia/Kolkata")], date(2026, 11, 23), 1)
        assert shared_minutes(kathmandu, kolkata).tolist() == [[minutes]], hours


def test_a_piece_may_run_across_the_end_of_a_week():
    # Monday 00:00 UTC is 05:45 in Kathmandu: a quarter before it, a quarter after it.
    early = arrays([(marks(mon="5.5-6:2"), "Asia/Kathmandu")], date(2026, 11, 23), 3)
    assert (early != 0).sum(axis=2).tolist() == [[2, 2, 2]]
    assert shared_minutes(early, early).tolist() == [[15]], "the last quarter of the range has no neighbour"


def test_eighteen_in_berlin_stays_eighteen():
    """Shared with somebody whose clocks do not change, it is another hour after the change."""
    monday = date(2026, 10, 19)
    berlin = expand(marks(tue="18-19:3"), zone="Europe/Berlin", first_week=monday, weeks=2)
    starts = [
        algebra.start_of(int(np.flatnonzero(week)[0]) + n * SLOTS, first_week=monday) for n, week in enumerate(berlin)
    ]
    assert starts == [datetime(2026, 10, 20, 16, tzinfo=UTC), datetime(2026, 10, 27, 17, tzinfo=UTC)]
    nairobi = expand(marks(tue="19-20:3"), zone="Africa/Nairobi", first_week=monday, weeks=2)
    assert shared_minutes(berlin[None], nairobi[None]).tolist() == [[0]]


def test_an_hour_that_the_clocks_skip_is_nowhere_and_one_shown_twice_is_two():
    typical = marks(sun="1-4:1")
    for day, hours in ((date(2026, 3, 29), 2), (date(2026, 3, 22), 3), (date(2026, 10, 25), 4)):
        week = expand(typical, zone="Europe/Berlin", first_week=day, weeks=1)
        assert (week != 0).sum() == hours * 4
    for day, hours in ((date(2026, 10, 4), 2.5), (date(2026, 4, 5), 3.5)):
        week = expand(typical, zone="Australia/Lord_Howe", first_week=day, weeks=2)
        # That Sunday there begins on Saturday here, and the next one is in the range as well.
        assert (week[0] != 0).sum() == hours * 4


def test_every_zone_keeps_to_quarters_of_an_hour_and_changes_at_most_once_a_day():
    """What makes slots of fifteen minutes exact, and the look at both ends of a day enough."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for zone in place_zones():
        place, changes, before = ZoneInfo(zone), [], None
        for hours in range(0, 24 * 365, 6):
            offset = (start + timedelta(hours=hours)).astimezone(place).utcoffset()
            assert offset % algebra.SLOT == timedelta(), zone
            if before not in (None, offset):
                changes.append(hours)
            before = offset
        assert all(later - earlier > 30 for earlier, later in pairwise(changes)), zone


def test_the_strongest_time_comes_first_then_the_soonest_and_days_differ():
    monday = date(2026, 11, 23)
    week = overlap(arrays([(marks(mon="9-12:2", wed="9-10:3 12-13:1", fri="9-10:2"), "UTC")], monday, 1))
    found = best_starts(week, first_week=monday, minutes=60)
    assert [(time.starts_at.day, time.starts_at.hour, time.strength) for time in found] == [
        (25, 9, 3),
        (23, 9, 2),
        (27, 9, 2),
    ]
    assert {time.ends_at - time.starts_at for time in found} == {timedelta(hours=1)}
    late = best_starts(week, first_week=monday, minutes=60, after=datetime(2026, 11, 23, 9, 10, tzinfo=UTC))
    assert [(time.starts_at.day, time.starts_at.hour, time.starts_at.minute) for time in late][1] == (23, 9, 15)
    assert best_starts(week, first_week=monday, minutes=200) == []


def test_shared_hours_of_many_are_one_operation():
    """Three hundred by three hundred over twelve weeks, as a round needs them."""
    rng = np.random.default_rng(7)
    people = (rng.random((300, 12, SLOTS)) < 0.3).astype(np.uint8)
    found = shared_minutes(people, people)
    assert found.shape == (300, 300)
    assert (found == found.T).all()
    own = [min(minutes_in_pieces(np.repeat(people[n].reshape(-1), 15).tolist(), 12)) for n in range(2)]
    assert np.diag(found)[:2].tolist() == own
