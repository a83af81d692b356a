"""Small groups as plain values: held against all splits of few people, and by properties for more."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reading_groups import breakouts
from reading_groups.breakouts import (
    EXACTLY,
    LEVELS,
    Person,
    TooFew,
    costs,
    draw,
    meeting_again,
    pair_of,
    sizes_for,
    without_experienced,
)


def people_of(levels) -> list[Person]:
    return [Person(key=100 + number, level=level) for number, level in enumerate(levels)]


def all_splits(keys: list[int], sizes: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    """Every way to put the keys into groups of these sizes, some of them several times over."""
    if not sizes:
        yield []
        return
    for group in combinations(keys, sizes[0]):
        for rest in all_splits([key for key in keys if key not in group], sizes[1:]):
            yield [group, *rest]


def cost_in_full(groups, people, met) -> tuple[int, int]:
    """The cost, straight from its definition."""
    n, level_of = len(people), {person.key: person.level for person in people}
    again = sum(met.get(tuple(sorted(pair)), 0) for group in groups for pair in combinations(group, 2))
    uneven = 0
    for level in range(1, LEVELS):
        total = sum(person.level >= level for person in people)
        for group in groups:
            here = sum(level_of[key] >= level for key in group)
            uneven += (n * here - total * len(group)) ** 2
    return again, uneven


levels = st.integers(0, LEVELS - 1)
seeds = st.integers(0, 2**40)


@st.composite
def classes(draw_value, least=3, most=7):
    people = people_of(draw_value(st.lists(levels, min_size=least, max_size=most)))
    pairs = st.sampled_from(list(combinations([person.key for person in people], 2)))
    met = draw_value(st.dictionaries(pairs, st.integers(1, 3), max_size=12))
    return people, met


@given(classes(), st.integers(2, 5), seeds)
def test_few_people_are_split_in_the_best_of_all_ways(some, size, seed):
    people, met = some
    sizes = sizes_for(len(people), size)
    if len(sizes) < 2:
        with pytest.raises(TooFew):
            draw(people, size=size, met=met, seed=seed)
        return
    groups = draw(people, size=size, met=met, seed=seed)
    keys = [person.key for person in people]
    best = min(cost_in_full(split, people, met) for split in all_splits(keys, tuple(sizes)))
    assert cost_in_full(groups, people, met) == costs(groups, people, met) == best


@pytest.mark.parametrize("case", range(25))
def test_swapping_finds_what_looking_at_all_finds(case, monkeypatch):
    chance = random.Random(case)
    people = people_of([chance.randint(0, 3) for _ in range(chance.randint(6, EXACTLY))])
    keys = [person.key for person in people]
    pairs = list(combinations(keys, 2))
    met = dict.fromkeys(chance.sample(pairs, chance.randint(0, len(pairs) // 2)), 1)
    size, seed = chance.choice([2, 3, 4]), chance.randint(0, 999)
    best = costs(draw(people, size=size, met=met, seed=seed), people, met)
    monkeypatch.setattr(breakouts, "EXACTLY", 0)
    assert costs(draw(people, size=size, met=met, seed=seed), people, met) == best


@given(st.lists(levels, min_size=3, max_size=24), st.integers(2, 12), seeds)
def test_everybody_sits_once_in_groups_that_differ_by_one_at_most(of_each, size, seed):
    people = people_of(of_each)
    try:
        groups = draw(people, size=size, met={}, seed=seed)
    except TooFew:
        assert len(people) <= size or len(people) < 4
        return
    assert Counter(key for group in groups for key in group) == Counter(person.key for person in people)
    sizes = [len(group) for group in groups]
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 2
    # Larger than asked for only where somebody would be alone otherwise.
    assert max(sizes) <= size or (size, max(sizes)) == (2, 3)


@given(st.lists(levels, min_size=5, max_size=16), st.integers(2, 4), seeds, st.randoms())
def test_the_same_people_and_seed_give_the_same_groups_whatever_their_order(of_each, size, seed, chance):
    people = people_of(of_each)
    shuffled = list(people)
    chance.shuffle(shuffled)
    met = {pair_of(people[0].key, people[-1].key): 1}
    assert draw(people, size=size, met=met, seed=seed) == draw(shuffled, size=size, met=met, seed=seed)


@given(st.integers(2, 5), st.integers(2, 5), seeds)
def test_each_group_has_somebody_with_more_experience_where_there_are_enough(count, size, seed):
    people = people_of([3] * count + [0] * (count * (size - 1)))
    groups = draw(people, size=size, met={}, seed=seed)
    assert (len(groups), without_experienced(groups, people)) == (count, 0)


def test_seeds_give_different_groups_of_the_same_worth():
    people = people_of([0, 1, 2, 3] * 3)
    drawn = [draw(people, size=4, met={}, seed=seed) for seed in range(20)]
    assert len({str(groups) for groups in drawn}) > 10
    assert len({costs(groups, people, {}) for groups in drawn}) == 1


def test_sixteen_people_meet_nobody_again_for_three_weeks():
    people, met = people_of([0] * 16), Counter()
    for week in range(3):
        groups = draw(people, size=4, met=met, seed=week)
        assert meeting_again(groups, met) == []
        met.update(pair for group in groups for pair in combinations(group, 2))
    assert set(met.values()) == {1}


def test_those_who_have_met_twice_are_kept_apart_before_those_who_have_met_once():
    people = people_of([0, 0, 0, 0])
    met = {(100, 101): 2, (102, 103): 1, (100, 102): 1, (101, 103): 1, (100, 103): 3, (101, 102): 0}
    assert draw(people, size=2, met=met, seed=1) == [[100, 102], [101, 103]]


def test_who_has_not_met_comes_before_experience():
    people = people_of([3, 3, 0, 0])
    met = {(100, 102): 1, (100, 103): 1, (101, 102): 1, (101, 103): 1}
    assert draw(people, size=2, met=met, seed=1) == [[100, 101], [102, 103]]


@pytest.mark.parametrize(
    ("people", "size", "sizes"),
    [
        (12, 4, [4, 4, 4]),
        (13, 4, [4, 3, 3, 3]),
        (5, 4, [3, 2]),
        (5, 2, [3, 2]),
        (3, 2, [3]),
        (4, 4, [4]),
        (0, 4, [0]),
        (1, 2, [1]),
    ],
)
def test_sizes(people, size, sizes):
    assert sizes_for(people, size) == sizes


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="at least two"):
        draw(people_of([0] * 9), size=1, met={}, seed=1)
    with pytest.raises(ValueError, match="twice"):
        draw([Person(key=1)] * 6, size=2, met={}, seed=1)
    with pytest.raises(TooFew):
        draw([], size=4, met={}, seed=1)


def test_sixty_people_are_split_within_a_request():
    chance = random.Random(60)
    people, met = people_of([chance.randint(0, 3) for _ in range(60)]), Counter()
    for week in range(10):
        began = time.process_time()
        groups = draw(people, size=4, met=met, seed=week)
        # Half a second on a small machine; a request may take longer, a minute may not.
        assert time.process_time() - began < 5
        assert len(meeting_again(groups, met)) <= week
        met.update(pair for group in groups for pair in combinations(group, 2))
