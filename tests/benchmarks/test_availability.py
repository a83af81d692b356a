"""Times to meet: are the arrays exact, and how long do they take beside plain loops, as ratios within one run."""

import multiprocessing
import random
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import reduce
from time import perf_counter

import numpy as np
import pytest

from members.availability.algebra import SLOT_MINUTES, SLOTS, overlap, shared_minutes
from members.availability.besttimes.ranking import People, Wish, rank, unsocial_slots, wall_slots
from tests.members.availability.walking import ZONES, arrays, check_block, random_week

CASES, BLOCKS = 100_000, 200
MONDAY = date(2026, 10, 5)


@pytest.fixture
def say(capsys):
    def write(line: str) -> None:
        with capsys.disabled():
            print(line)  # noqa: T201

    write("")
    return write


def timed(work):
    start = perf_counter()
    found = work()
    return perf_counter() - start, found


def test_overlaps_are_exact_in_many_cases(say):
    """Against somebody who walks through the weeks minute by minute, as the tests do with fewer."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        for _done in pool.map(check_block, range(1_000, 1_000 + BLOCKS), [CASES // BLOCKS] * BLOCKS):
            pass
    say(f"Overlaps: {CASES:,} cases, each minute of each as the clocks on the wall say.")


def two_hundred_weeks():
    rng = random.Random(1)
    return [(random_week(rng), ZONES[n % len(ZONES)]) for n in range(200)]


def two_hundred(weeks):
    typical = two_hundred_weeks()
    zones = [zone for _marks, zone in typical]
    return People(
        marks=arrays(typical, MONDAY, weeks),
        first_week=MONDAY,
        zones=zones,
        required=np.array([n < 2 for n in range(200)]),
        borne=np.array([n % 7 * 30 for n in range(200)]),
    )


def by_loops(people, wish):
    """The obvious way: each time, each week, each person, each slot."""
    flat = people.marks.reshape(len(people.marks), -1).tolist()
    nights = {
        zone: unsocial_slots(zone, people.first_week, people.marks.shape[1]).tolist() for zone in set(people.zones)
    }
    slots, required = wish.minutes // SLOT_MINUTES, people.required.tolist()
    best = None
    for weekday in range(7):
        day = date.fromordinal(wish.first_on.toordinal() + weekday)
        days = [date.fromordinal(day.toordinal() + 7 * n) for n in range(wish.weeks)]
        by_day = wall_slots(days, wish.zone, people.first_week).tolist()
        for quarter in range(96):
            counts, absences, strength, burdens = [0] * wish.weeks, 0, 0, []
            for person, marks in enumerate(flat):
                burden, night = int(people.borne[person]), nights[people.zones[person]]
                for week in range(wish.weeks):
                    start = by_day[week][quarter]
                    weakest = 3
                    for slot in range(start, start + slots):
                        if marks[slot] < weakest:
                            weakest = marks[slot]
                    if weakest:
                        counts[week] += 1
                        strength += weakest
                        burden += sum(night[start : start + slots]) * SLOT_MINUTES
                    elif required[person]:
                        absences += 1
                burdens.append(burden)
            unfair = sum(burden**2 for burden in burdens)
            key = (
                absences,
                -min(counts),
                -sum(counts),
                -strength,
                unfair,
                [0, 2, 1, 2][quarter % 4],
                by_day[0][quarter],
            )
            if best is None or key < best[0]:
                best = (key, tuple(counts))
    return best


def test_best_times_beside_a_loop_over_slots(say):
    """200 people × 12 weeks × 672 slots: at most a tenth of the loop."""
    people = two_hundred(14)
    wish = Wish(minutes=60, zone="Europe/Berlin", first_on=date(2026, 10, 12), weeks=12)
    rank(people, wish)
    ours, found = min((timed(lambda: rank(people, wish)) for _round in range(5)), key=lambda one: one[0])
    loop, (key, counts) = timed(lambda: by_loops(people, wish))
    assert (found[0].attending, found[0].required_absences) == (counts, key[0])
    say(f"Best times, 200 people × 12 weeks × 672 slots: {ours / loop:.4f} of a loop over slots, {loop * 1e3:.0f} ms.")
    assert ours <= loop / 10


def test_a_byte_a_slot_beside_a_bit(say):
    """Why slots are not packed into bits: expanding costs more than comparing, and counting bits means unpacking."""
    people = two_hundred(14)
    flat, cans = people.marks.reshape(200, -1), [1, 2, 3]
    typical = two_hundred_weeks()
    expand_all = min(timed(lambda: arrays(typical, MONDAY, 14))[0] for _round in range(9))
    by_byte = min(timed(lambda: overlap(people.marks))[0] for _round in range(9))
    packed = [np.packbits(flat >= can, axis=1) for can in cans]
    by_bit = min(timed(lambda: [np.bitwise_and.reduce(bits, axis=0) for bits in packed])[0] for _round in range(9))
    count_bytes = min(timed(lambda: (flat > 0).sum(axis=0, dtype=np.int32))[0] for _round in range(9))
    count_bits = min(
        timed(lambda: np.unpackbits(packed[0], axis=1).sum(axis=0, dtype=np.int32))[0] for _round in range(9)
    )
    say(
        f"A byte a slot, 200 people × 14 weeks, as shares of expanding them: overlap {by_byte / expand_all:.3f}, "
        f"of bits {by_bit / expand_all:.3f}; "
        f"counts {count_bytes / expand_all:.3f}, of bits {count_bits / expand_all:.3f}."
    )
    together = reduce(np.minimum, flat)
    for can, bits in zip(cans, packed, strict=True):
        both = np.unpackbits(np.bitwise_and.reduce(bits, axis=0))[: flat.shape[1]]
        assert (both.astype(bool) == (together >= can)).all()


def test_shared_hours_of_all_pairs_beside_a_loop(say):
    """300 × 300 members over twelve weeks as one array operation, beside a loop over a sample of the pairs."""
    rng = np.random.default_rng(7)
    people = np.repeat(rng.random((300, 12, SLOTS // 4)) < 0.3, 4, axis=2).astype(np.uint8)
    shared_minutes(people, people)
    ours, found = min((timed(lambda: shared_minutes(people, people)) for _round in range(3)), key=lambda one: one[0])
    lists = people.tolist()
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, 300, (200, 2))]

    def loop():
        return [min(minutes_together(lists[a], lists[b])) for a, b in pairs]

    theirs, expected = timed(loop)
    assert [int(found[a, b]) for a, b in pairs] == expected
    share = (ours / found.size) / (theirs / len(pairs))
    say(f"Shared hours, 300 × 300 members: {share:.5f} of a loop, pair for pair ({ours * 1e3:.0f} ms for all).")
    assert share <= 1 / 10


def minutes_together(a, b):
    """Slot by slot, in pieces of two or more that may run across the ends of weeks."""
    both = [x and y for one, other in zip(a, b, strict=True) for x, y in zip(one, other, strict=True)]
    weeks, start = [0] * len(a), None
    for slot, mark in enumerate([*both, 0]):
        if mark and start is None:
            start = slot
        elif not mark and start is not None:
            if slot - start >= 2:
                for inside in range(start, slot):
                    weeks[inside // SLOTS] += SLOT_MINUTES
            start = None
    return weeks
