"""The time that two people share, against walking the week slot by slot."""

import numpy as np
import pytest

from mentorship.matching.scoring import Factor, People, Rules, as_slots, shared_minutes
from tests.mentorship.one_pair import evenings, one, part


def slow_minutes(one_week: np.ndarray, other_week: np.ndarray, length: int, stretch: int) -> int:
    """Walk round the week from a slot that one of the two does not have."""
    both = (one_week & other_week).tolist()
    if all(both):
        return len(both) * length
    start = both.index(False)
    total = run = 0
    for free in [*both[start:], *both[:start], False]:
        if free:
            run += length
        else:
            total += run if run >= stretch else 0
            run = 0
    return total


@pytest.mark.parametrize(("slots", "stretch"), [(672, 60), (336, 60), (168, 60), (672, 15), (672, 45), (672, 50)])
def test_shared_time_is_what_walking_the_week_finds(slots, stretch):
    rng = np.random.default_rng(slots + stretch)
    length = 10_080 // slots

    def side(count: int) -> np.ndarray:
        # Runs of every length, some over the end of the week, one person with all of it.
        free = np.repeat(rng.random((2, count, -(-slots // 3))) < 0.6, 3, axis=2)[:, :, :slots]
        free &= rng.random((2, count, slots)) < 0.9
        free[:, 0] = True
        return free

    mentees, mentors = People(people=range(9), weeks=side(9)), People(people=range(6), weeks=side(6))
    found = shared_minutes(mentees, mentors, stretch)
    for mentee, mentor in np.ndindex(9, 6):
        expected = min(
            slow_minutes(mentees.weeks[week, mentee], mentors.weeks[week, mentor], length, stretch) for week in range(2)
        )
        assert found[mentee, mentor] == expected
    assert found[0, 0] == 10_080


def test_time_that_nobody_marked_is_not_stated_and_removes_nobody():
    blank = np.zeros((1, 1, 672), bool)
    for mentee, mentor in ((blank, evenings(2)), (evenings(2), blank), (None, evenings(2)), (None, None)):
        scored = one({"weeks": mentee}, {"weeks": mentor}, rules=Rules(floor=0, minimum_minutes=600))
        assert scored.minutes.tolist() == [[-1]]
        assert part(scored, Factor.HOURS) == 5_000
        assert not scored.stated[0, list(Factor).index(Factor.HOURS)]


def test_the_worst_of_the_rounds_weeks_counts():
    """Clocks change between the two weeks for one of them, and an hour of two is left."""
    mentee = np.concatenate([evenings(2), evenings(2)])
    mentor = np.concatenate([evenings(2), np.roll(evenings(2), 4, axis=2)])
    assert one({"weeks": mentee}, {"weeks": mentor}).minutes.tolist() == [[120]]


def test_masks_of_weeks_become_slots():
    assert as_slots([0b1, 0b110, 1 << 671], 672).nonzero()[1].tolist() == [0, 1, 2, 671]
    assert as_slots([], 672).shape == (0, 672)
