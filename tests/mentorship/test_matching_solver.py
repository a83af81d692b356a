"""The solver against trying everything, against another solver, and against its own proof."""

import dataclasses

import numpy as np
import pytest

from mentorship.matching import Instance, InvalidInstance, Matching, solve
from mentorship.matching.scoring import score
from tests.mentorship.rounds import churned, random_instance, random_round, stayed
from tests.mentorship.second_solver import by_scipy

# Scores of few levels tie often, those of many hardly ever.
LEVELS = (2, 5, 1_000_001)


def tiny(rng: np.random.Generator) -> tuple[Instance, dict]:
    """A few people, with each rule on or off, and the arguments of a solve."""
    mentees, mentors = int(rng.integers(0, 5)), int(rng.integers(0, 4))
    pairs = [(i, j) for i in range(mentees) for j in range(mentors) if rng.random() < 0.7]
    rng.shuffle(pairs)
    levels = rng.choice(LEVELS)
    scores = rng.integers(0, levels, len(pairs)) * (1_000_000 // (levels - 1))
    capacity = rng.integers(0, 4, mentors)
    rules, asked = {}, {"seed": int(rng.integers(5))}
    if rng.random() < 0.5:
        rules["minimum"] = np.minimum(capacity, rng.integers(0, 3, mentors))
    if rng.random() < 0.5:
        rules["needs"] = rng.integers(0, 4, mentees)
    if rng.random() < 0.5 and pairs:
        needs, places = np.copy(rules.get("needs", np.ones(mentees, int))), np.copy(capacity)
        rules["pinned"] = pins = []
        for mentee, mentor in rng.permutation(pairs)[: rng.integers(1, 4)]:
            if needs[mentee] and places[mentor]:
                needs[mentee] -= 1
                places[mentor] -= 1
                pins.append((mentee, mentor))
    if rng.random() < 0.5 and pairs:
        asked["inertia"] = float(rng.choice([0.0, 0.05, 0.3, 1.0]))
        asked["previous"] = [pairs[row] for row in rng.choice(len(pairs), rng.integers(1, len(pairs) + 1))]
    return Instance(mentees, mentors, np.array(pairs, int).reshape(-1, 2), scores, capacity, **rules), asked


def best_of_all(instance: Instance, objective: str, previous=(), inertia: float = 0.0, seed: int = 0) -> list[set]:
    """Every set of pairs that nothing beats, by trying all of them."""
    pairs = [tuple(pair) for pair in instance.pairs.tolist()]
    scores = dict(zip(pairs, instance.scores.tolist(), strict=True))
    for pair in {tuple(pair) for pair in previous}:
        scores[pair] += round(inertia * 1_000_000)
    pins = {tuple(pin) for pin in instance.pinned.tolist()}
    minimum = instance.minimum.tolist()
    best, found = None, []

    def places(side: int, given: np.ndarray) -> list[int]:
        return [int(count) - sum(pin[side] == who for pin in pins) for who, count in enumerate(given)]

    asked, offered = places(0, instance.needs), places(1, instance.capacity)
    undecided = [pair for pair in pairs if pair not in pins]

    def choose(place: int, chosen: list) -> None:
        nonlocal best, found
        if place < len(undecided):
            mentee, mentor = undecided[place]
            choose(place + 1, chosen)
            if asked[mentee] and offered[mentor]:
                asked[mentee] -= 1
                offered[mentor] -= 1
                choose(place + 1, [*chosen, undecided[place]])
                asked[mentee] += 1
                offered[mentor] += 1
            return
        points = [scores[pair] for pair in chosen]
        everyone = [*chosen, *pins]
        short = sum(max(0, least - sum(pair[1] == who for pair in everyone)) for who, least in enumerate(minimum))
        worst = min(points, default=0) if objective == "fair" else 0
        value = (len(chosen), worst, sum(points), -short)
        if best is None or value > best:
            best, found = value, []
        if value == best:
            found.append(set(everyone))

    choose(0, [])
    return found


@pytest.mark.parametrize("start", range(4))
def test_nothing_tried_by_hand_is_better(start):
    """A thousand tiny rounds, every rule on and off, both objectives."""
    rng = np.random.default_rng(start)
    ties = 0
    for _nth in range(250):
        instance, asked = tiny(rng)
        for objective in ("fair", "total"):
            matching = solve(instance, objective, **asked)
            best = best_of_all(instance, objective, **asked)
            assert {tuple(pair) for pair in matching.pairs.tolist()} in best
            ties += len(best) > 1
    assert ties > 5


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("mentees", "mentors", "candidates"), [(100, 40, 30), (200, 60, 8), (150, 30, 5)])
def test_another_solver_finds_the_same(seed, mentees, mentors, candidates):
    instance = random_instance(seed, mentees, mentors, candidates)
    if candidates == 5:
        # Fewer places than mentees.
        instance = dataclasses.replace(instance, capacity=instance.capacity // 2)
    fair, total = solve(instance), solve(instance, "total")
    assert (len(fair.pairs), fair.worst, fair.total, total.total) == by_scipy(instance)
    assert len(total.pairs) == len(fair.pairs)
    assert fair.worst >= total.worst


def assert_proved(instance: Instance, matching: Matching, bonus: np.ndarray) -> None:
    """Everything that the certificate claims, from the arrays alone, in words of one multiplication."""
    proof = matching.certificate
    pins = {tuple(pin) for pin in instance.pinned.tolist()}
    needs, places = instance.needs.tolist(), instance.capacity.tolist()
    for mentee, mentor in pins:
        needs[mentee] -= 1
        places[mentor] -= 1
    pairs = [tuple(pair) for pair in instance.pairs.tolist()]
    scores = dict(zip(pairs, (instance.scores + bonus).tolist(), strict=True))
    undecided = [pair for pair in pairs if pair not in pins]
    chosen = [tuple(pair) for pair in matching.pairs.tolist() if tuple(pair) not in pins]

    def carried(cut, least: float) -> int:
        crossing = sum(
            cut.mentees[i] and not cut.mentors[j] and needs[i] > 0 and places[j] > 0 and scores[i, j] > least
            for i, j in undecided
        )
        left = sum(need for need, inside in zip(needs, cut.mentees, strict=True) if not inside)
        return left + sum(place for place, inside in zip(places, cut.mentors, strict=True) if inside) + crossing

    assert len(chosen) == proof.most == carried(proof.most_cut, -1)
    if proof.threshold is None:
        least = -1
    else:
        least = proof.threshold
        assert min(scores[pair] for pair in chosen) == least
        assert carried(proof.threshold_cut, least) < len(chosen)
    # Weak duality, term by term.
    u, v, w = proof.mentee_duals.tolist(), proof.mentor_duals.tolist(), proof.unmatched_dual
    empty = sum(needs) - proof.most
    assert all(price >= 0 for price in v)
    if empty:
        assert all(value + w >= 0 for value, need in zip(u, needs, strict=True) if need)
    bound = sum(need * value for need, value in zip(needs, u, strict=True)) + empty * w
    bound += sum(place * price for place, price in zip(places, v, strict=True))
    bound += sum(
        max(0, scores[i, j] - u[i] - v[j])
        for i, j in undecided
        if scores[i, j] >= least and needs[i] > 0 and places[j] > 0
    )
    settled = sum(int(instance.scores[row]) for row in instance.pinned_rows)
    assert settled + bound == proof.bound == settled + sum(scores[pair] for pair in chosen)
    assert proof.gap == 0


@pytest.mark.parametrize("objective", ["fair", "total"])
def test_the_proof_holds_without_the_solver(objective):
    rng = np.random.default_rng(11)
    for _nth in range(60):
        mentees, mentors = int(rng.integers(1, 25)), int(rng.integers(1, 12))
        pairs = np.argwhere(rng.random((mentees, mentors)) < 0.4)
        scores = rng.integers(0, 1_000_001, len(pairs))
        rules = {"needs": rng.integers(0, 4, mentees), "minimum": np.ones(mentors, int)}
        capacity = rng.integers(1, 5, mentors)
        free = np.flatnonzero(rules["needs"][pairs[:, 0]] > 0)
        instance = Instance(mentees, mentors, pairs, scores, capacity, pinned=pairs[free[:1]], **rules)
        kept = rng.random(len(pairs)) < 0.2
        matching = solve(instance, objective, previous=pairs[kept], inertia=0.1)
        assert_proved(instance, matching, kept * 100_000)


def test_the_proof_can_be_stored():
    proof = solve(random_instance(0, 20, 8, 5)).certificate.as_dict()
    assert proof["gap"] == 0
    assert len(proof["mentee_duals"]) == 20
    assert len(proof["mentor_duals"]) == 8
    assert set(proof["most_cut"]) == {"mentees", "mentors"}


NOBODY = np.empty((0, 2), int)


@pytest.mark.parametrize(
    ("mentees", "mentors", "pairs", "capacity", "matched", "unmatched"),
    [
        (0, 0, NOBODY, [], 0, []),
        (3, 0, NOBODY, [], 0, [0, 1, 2]),
        (0, 2, NOBODY, [1, 1], 0, []),
        (2, 2, NOBODY, [1, 1], 0, [0, 1]),
        (2, 2, [], [1, 1], 0, [0, 1]),
        (2, 2, [[0, 0], [1, 1]], [0, 0], 0, [0, 1]),
        (2, 2, [[0, 0], [1, 1]], [0, 3], 1, [0]),
    ],
)
@pytest.mark.parametrize("objective", ["fair", "total"])
def test_little_to_match_is_no_error(objective, mentees, mentors, pairs, capacity, matched, unmatched):
    instance = Instance(mentees, mentors, pairs, np.full(len(pairs), 7), capacity)
    matching = solve(instance, objective)
    assert matching.pairs.shape == (matched, 2)
    assert matching.unmatched.tolist() == unmatched
    assert matching.worst == (7 if matched else None)
    assert matching.total == 7 * matched
    assert matching.certificate.bound == matching.total


def test_nobody_who_asks_for_none_is_unmatched():
    instance = Instance(3, 1, [[0, 0], [1, 0], [2, 0]], [1, 2, 3], [1], needs=[0, 2, 2])
    matching = solve(instance)
    assert matching.pairs.tolist() == [[2, 0]]
    assert matching.unmatched.tolist() == [1]
    assert matching.missing.tolist() == [0, 2, 1]


def test_one_more_pair_outweighs_every_score():
    instance = Instance(2, 2, [[0, 0], [0, 1], [1, 0]], [1_000_000, 0, 0], [1, 1])
    assert solve(instance).pairs.tolist() == [[0, 1], [1, 0]]
    assert solve(instance, "total").total == 0


def test_the_worst_pair_comes_before_the_total():
    instance = Instance(2, 2, [[0, 0], [0, 1], [1, 0], [1, 1]], [900_000, 500_000, 500_000, 200_000], [1, 1])
    fair, total = solve(instance), solve(instance, "total")
    assert (fair.worst, fair.total) == (500_000, 1_000_000)
    assert (total.worst, total.total) == (200_000, 1_100_000)


def test_a_minimum_decides_between_equals_and_costs_nothing():
    pairs = [[0, 0], [0, 1], [1, 0], [1, 1]]
    equal = Instance(2, 2, pairs, [5, 5, 5, 5], [2, 2], minimum=[1, 1])
    for seed in range(5):
        assert sorted(solve(equal, seed=seed).pairs[:, 1].tolist()) == [0, 1]
    unequal = Instance(2, 2, pairs, [6, 5, 6, 5], [2, 2], minimum=[1, 1])
    assert solve(unequal).pairs[:, 1].tolist() == [0, 0]


def test_pins_hold_whatever_they_cost():
    instance = random_instance(1, 60, 20, 10)
    weakest = np.argsort(instance.scores)[:3]
    pinned = instance.pairs[weakest[np.unique(instance.pairs[weakest, 0], return_index=True)[1]]]
    free, held = solve(instance), solve(dataclasses.replace(instance, pinned=pinned))
    made = {tuple(pair) for pair in held.pairs.tolist()}
    assert {tuple(pin) for pin in pinned.tolist()} <= made
    assert len(held.pairs) == len(free.pairs)
    # The worst pair is that of the pairs still to be decided.
    undecided = [pair for pair in made if list(pair) not in pinned.tolist()]
    assert held.worst == instance.scores[instance.rows_of(np.array(undecided))].min()
    assert held.total == instance.scores[instance.rows_of(held.pairs)].sum() < free.total
    assert held.worst > instance.scores[weakest].max()


def test_with_everybody_pinned_there_is_no_worst_pair():
    instance = Instance(1, 1, [[0, 0]], [3], [1], pinned=[[0, 0]])
    matching = solve(instance)
    assert (matching.worst, matching.total, matching.certificate.bound) == (None, 3, 3)
    assert not len(matching.unmatched)


def test_pins_that_cannot_hold_are_all_named():
    """Mentee c has enough with one, mentor Y is full with one, a-Z may not be made, and one stands there twice."""
    pairs = [[0, 0], [0, 1], [1, 1], [2, 0], [2, 1]]
    with pytest.raises(InvalidInstance) as refusal:
        Instance(
            3,
            3,
            pairs,
            [1, 2, 3, 4, 5],
            [2, 1, 1],
            needs=[2, 1, 1],
            pinned=[[0, 0], [0, 0], [0, 2], [1, 1], [2, 0], [2, 1], [7, 0]],
            keys=(["a", "b", "c"], ["X", "Y", "Z"]),
        )
    assert refusal.value.code == "pins_cannot_hold"
    assert refusal.value.where == (
        ("a", "X", "repeated"),
        ("a", "Z", "not_a_candidate"),
        ("b", "Y", "mentor_is_full"),
        ("c", "X", "mentee_has_enough"),
        ("c", "Y", "mentee_has_enough"),
        ("7", "X", "unknown"),
    )
    assert "a" in str(refusal.value)


def test_a_re_match_keeps_nearly_everyone():
    """3 % leave and 3 % join on both sides; those who stay mostly keep each other, and it costs little."""
    mentees, mentors, parents = random_round(0, 1030, 309)
    both = score(mentees, mentors, parents=parents).instance(np.full(309, 4))
    before, after, left = churned(both, 1000, 300)
    surviving = stayed(solve(before).pairs, after, left)
    plain, kept, held = (solve(after, previous=surviving, inertia=inertia) for inertia in (0.0, 0.05, 1.0))

    def broken(matching: Matching) -> float:
        now = {tuple(pair) for pair in matching.pairs.tolist()}
        return sum(tuple(pair) not in now for pair in surviving.tolist()) / len(surviving)

    assert broken(held) <= broken(kept) <= 0.03 < broken(plain)
    assert 0.995 * plain.total <= kept.total <= plain.total
    assert len(kept.pairs) == len(plain.pairs)


def test_previous_pairs_that_may_not_be_made_any_more_are_passed_over():
    instance = Instance(2, 2, [[0, 0], [1, 1]], [5, 5], [1, 1])
    matching = solve(instance, previous=[[0, 1], [0, 0]], inertia=0.5)
    assert matching.pairs.tolist() == [[0, 0], [1, 1]]
    assert matching.total == 10
    assert matching.certificate.bound == 500_010
    assert matching.certificate.gap == 0
