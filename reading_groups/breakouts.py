"""Splitting some people into small groups for one session: plain values in, groups out; no Django.

What is looked for, in this order:

1. Sizes differ by one at most, none is larger than asked for, and nobody is alone.
2. As few as possible meet again: each pair in a group costs as much as the two have shared groups before.
3. Experience is mixed: at each level, the people who are at least there are spread over the groups as evenly as the
   sizes of the groups allow. The cost is the sum, over groups and levels, of (n c - C s)², where n people, C of them at
   least at the level, give s to the group, c of them at least at the level: how far c is from its fair share C s / n.

So experience decides among the splits in which the fewest meet again. Up to `EXACTLY` people all splits are looked at,
branches that are worse already left out, and the best is found; above, two people change places as long as that makes
it better, from several starts. What is equally good is chosen by the seed: the same people, whatever their order, with
the same seed give the same groups.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

LEVELS = 4
# From here on somebody counts as having more experience.
EXPERIENCED = 2
# So many people are split in at most about 2,000 ways.
EXACTLY = 10
# How many swaps are looked at, over all starts: half a second. Counted, not timed, so that a seed gives one answer.
MOST_LOOKS = 150_000
MOST_STARTS = 24

type Pair = tuple[int, int]
type Groups = list[list[int]]

# Short enough to be read out.
LARGEST_SEED = 1_000_000


class TooFew(Exception):
    """There are not enough people for two groups."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom to seat; `level` is how much experience they have, from 0 to `LEVELS` - 1."""

    key: int
    level: int = 0


def sizes_for(people: int, size: int) -> list[int]:
    """The sizes of the groups for so many people, the larger ones first; at most `size` each.

    They are larger only where somebody would be alone otherwise. Raises ValueError for a size below 2.
    """
    if size < 2:
        raise ValueError("a group is at least two people")
    count = -(-people // size)
    if people // max(count, 1) < 2:
        count = people // 2
    count = max(count, 1)
    least, larger = divmod(people, count)
    return [least + 1] * larger + [least] * (count - larger)


def pair_of(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def draw(people: Sequence[Person], *, size: int, met: Mapping[Pair, int], seed: int) -> Groups:
    """The keys of the people in each group, both in ascending order of the smallest key.

    `met` says how often two have shared a group before, by `pair_of` their keys. Raises ValueError for a size below 2
    or a key that is there twice, and TooFew.
    """
    sizes = sizes_for(len(people), size)
    if len(sizes) < 2:
        raise TooFew
    table = _Table.of(people, met)
    chance = random.Random(seed)  # noqa: S311 (a draw, not a secret)
    seated = _best_of_all(table, sizes, chance) if len(people) <= EXACTLY else _search(table, sizes, chance)
    groups = [sorted(table.keys[place] for place in group) for group in seated]
    return sorted(groups)


def meeting_again(groups: Sequence[Sequence[int]], met: Mapping[Pair, int]) -> list[Pair]:
    """The pairs of a split who have shared a group before."""
    return [pair for group in groups for pair in combinations(sorted(group), 2) if met.get(pair)]


def without_experienced(groups: Sequence[Sequence[int]], people: Sequence[Person]) -> int:
    """How many of the groups have nobody with more experience."""
    experienced = {person.key for person in people if person.level >= EXPERIENCED}
    return sum(experienced.isdisjoint(group) for group in groups)


def costs(groups: Sequence[Sequence[int]], people: Sequence[Person], met: Mapping[Pair, int]) -> tuple[int, int]:
    """What a split costs: meetings again, and how unevenly experience is mixed. The first counts first."""
    table = _Table.of(people, met)
    place_of = {key: place for place, key in enumerate(table.keys)}
    seated = [[place_of[key] for key in group] for group in groups]
    return divmod(table.cost(seated), table.scale)


@dataclass
class _Table:
    """The people by place, 0 to n - 1. `met` is a symmetric matrix; `at_least[p]` has a 1 for each level reached."""

    keys: list[int]
    at_least: list[tuple[int, ...]]
    met: list[list[int]]
    totals: tuple[int, ...]
    # One cost holds both: a meeting again outweighs whatever can be gained by mixing.
    scale: int

    @classmethod
    def of(cls, people: Sequence[Person], met: Mapping[Pair, int]) -> "_Table":
        ordered = sorted(people, key=lambda person: person.key)
        keys = [person.key for person in ordered]
        if len(set(keys)) < len(keys):
            raise ValueError("somebody is there twice")
        at_least = [tuple(int(person.level >= level) for level in range(1, LEVELS)) for person in ordered]
        matrix = [[met.get(pair_of(one, other), 0) if one != other else 0 for other in keys] for one in keys]
        totals = tuple(map(sum, zip(*at_least, strict=True)))
        # Each difference is at most n * n, over at most n groups and the levels above the first.
        return cls(keys, at_least, matrix, totals, len(keys) ** 5 * LEVELS + 1)

    def mixing(self, count: Sequence[int], size: int) -> int:
        n = len(self.keys)
        return sum((n * here - total * size) ** 2 for here, total in zip(count, self.totals, strict=True))

    def counts(self, group: Sequence[int]) -> list[int]:
        return [sum(self.at_least[place][level] for place in group) for level in range(LEVELS - 1)]

    def cost(self, groups: Sequence[Sequence[int]]) -> int:
        again = sum(self.met[one][other] for group in groups for one, other in combinations(group, 2))
        return again * self.scale + sum(self.mixing(self.counts(group), len(group)) for group in groups)


def _best_of_all(table: _Table, sizes: Sequence[int], chance: random.Random) -> Groups:
    """The best of all splits; among equals the first in an order that the seed shuffles."""
    order = list(range(len(table.keys)))
    chance.shuffle(order)
    best: tuple[int, Groups] | None = None
    groups: Groups = []

    def seat(left: list[int], open_sizes: list[int], again: int) -> None:
        nonlocal best
        if best is not None and again * table.scale > best[0]:
            return
        if not left:
            cost = table.cost(groups)
            if best is None or cost < best[0]:
                best = cost, [list(group) for group in groups]
            return
        # Whoever is first goes with each choice of others, so that no split comes twice.
        first, others = left[0], left[1:]
        for size in sorted(set(open_sizes)):
            rest_sizes = list(open_sizes)
            rest_sizes.remove(size)
            for chosen in combinations(others, size - 1):
                group = [first, *chosen]
                new = sum(table.met[one][other] for one, other in combinations(group, 2))
                groups.append(group)
                seat([place for place in others if place not in chosen], rest_sizes, again + new)
                groups.pop()

    seat(order, list(sizes), 0)
    assert best is not None
    return best[1]


def _search(table: _Table, sizes: Sequence[int], chance: random.Random) -> Groups:
    """The best split that swaps lead to, from several starts."""
    best, least, looks = _deal(table, sizes, chance), None, MOST_LOOKS
    for _start in range(MOST_STARTS):
        groups = _deal(table, sizes, chance)
        looks = _improve(table, groups, chance, looks)
        cost = table.cost(groups)
        if least is None or cost < least:
            best, least = groups, cost
        if cost == 0 or looks <= 0:
            break
    return best


def _deal(table: _Table, sizes: Sequence[int], chance: random.Random) -> Groups:
    """Somebody with most experience to each group, then those with less, as cards are dealt."""
    order = list(range(len(table.keys)))
    chance.shuffle(order)
    order.sort(key=lambda place: -sum(table.at_least[place]))
    groups: Groups = [[] for _size in sizes]
    turn = 0
    for place in order:
        while len(groups[turn]) == sizes[turn]:
            turn = (turn + 1) % len(sizes)
        groups[turn].append(place)
        turn = (turn + 1) % len(sizes)
    return groups


def _improve(table: _Table, groups: Groups, chance: random.Random, looks: int) -> int:
    """Swap two people of different groups as long as one of the swaps makes it better; how many looks are left."""
    people = len(table.keys)
    group_of = {place: number for number, group in enumerate(groups) for place in group}
    met, counts = table.met, [table.counts(group) for group in groups]
    # How often each has met those in each group.
    known = [[sum(met[place][other] for other in group) for group in groups] for place in range(people)]

    def gain(one: int, other: int) -> int:
        """By how much the cost changes when the two swap."""
        here, there = group_of[one], group_of[other]
        again = known[one][there] + known[other][here] - known[one][here] - known[other][there] - 2 * met[one][other]
        levels, theirs = table.at_least[one], table.at_least[other]
        if levels == theirs:
            return again * table.scale
        before = table.mixing(counts[here], len(groups[here])) + table.mixing(counts[there], len(groups[there]))
        moved = [b - a for a, b in zip(levels, theirs, strict=True)]
        after = table.mixing([c + m for c, m in zip(counts[here], moved, strict=True)], len(groups[here]))
        after += table.mixing([c - m for c, m in zip(counts[there], moved, strict=True)], len(groups[there]))
        return again * table.scale + after - before

    def swap(one: int, other: int) -> None:
        here, there = group_of[one], group_of[other]
        groups[here][groups[here].index(one)] = other
        groups[there][groups[there].index(other)] = one
        group_of[one], group_of[other] = there, here
        for place in range(people):
            shift = met[place][other] - met[place][one]
            known[place][here] += shift
            known[place][there] -= shift
        counts[here], counts[there] = table.counts(groups[here]), table.counts(groups[there])

    order = list(range(people))
    chance.shuffle(order)
    since, used = 0, 0
    for one, other in islice(_over_and_over(order), looks):
        used += 1
        since += 1
        if group_of[one] != group_of[other] and gain(one, other) < 0:
            swap(one, other)
            since = 0
        if since == comb(people, 2):
            break  # once round all pairs, and none is better swapped
    return looks - used


def _over_and_over(order: Sequence[int]) -> Iterator[Pair]:
    while True:
        yield from combinations(order, 2)
