"""The same people get the same matching, however they are listed and wherever it runs."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mentorship.matching import Instance, Matching, solve
from tests.mentorship.rounds import random_instance

ROOT = Path(__file__).parents[2]


def with_ties(seed: int, mentees: int = 120, mentors: int = 40, candidates: int = 15) -> Instance:
    """Scores of three levels, so that thousands of matchings are equally good."""
    instance = random_instance(seed, mentees, mentors, candidates)
    keys = ([f"mentee {who}" for who in range(mentees)], [f"mentor {who}" for who in range(mentors)])
    return dataclasses.replace(instance, scores=instance.scores // 250_000 * 250_000, keys=keys)


def named(instance: Instance, matching: Matching) -> set[tuple[str, str]]:
    mentees, mentors = instance.keys
    return {(mentees[mentee], mentors[mentor]) for mentee, mentor in matching.pairs.tolist()}


@pytest.mark.parametrize("objective", ["fair", "total"])
@pytest.mark.parametrize("extra", [{}, {"minimum": 1}, {"needs": 2}, {"pinned": 3}, {"inertia": 0.1}])
def test_order_and_numbers_do_not_matter(objective, extra):
    rng = np.random.default_rng(5)
    instance = with_ties(2)
    rules, asked = {}, {}
    if "minimum" in extra:
        rules["minimum"] = np.minimum(instance.capacity, extra["minimum"])
    if "needs" in extra:
        rules["needs"] = np.full(instance.mentees, extra["needs"])
    if "pinned" in extra:
        rules["pinned"] = solve(instance).pairs[: extra["pinned"]]
    if "inertia" in extra:
        asked = {"inertia": extra["inertia"], "previous": instance.pairs[::7]}
    instance = dataclasses.replace(instance, **rules)
    expected = named(instance, solve(instance, objective, **asked))
    for _nth in range(3):
        mentee, mentor = rng.permutation(instance.mentees), rng.permutation(instance.mentors)
        place = np.argsort(mentee), np.argsort(mentor)

        def moved(pairs: np.ndarray, place: tuple = place) -> np.ndarray:
            return np.stack([place[0][pairs[:, 0]], place[1][pairs[:, 1]]], axis=1)

        order = rng.permutation(len(instance.pairs))
        other = Instance(
            instance.mentees,
            instance.mentors,
            moved(instance.pairs)[order],
            instance.scores[order],
            instance.capacity[mentor],
            minimum=instance.minimum[mentor],
            needs=instance.needs[mentee],
            pinned=moved(instance.pinned),
            keys=tuple(np.array(side)[by] for side, by in zip(instance.keys, (mentee, mentor), strict=True)),
        )
        if asked:
            asked = asked | {"previous": other.pairs[np.argsort(order)][::7]}
        assert named(other, solve(other, objective, **asked)) == expected


def test_a_seed_decides_between_equals():
    instance = with_ties(3)
    answers = [solve(instance, seed=seed) for seed in range(4)]
    assert len({frozenset(named(instance, answer)) for answer in answers}) == 4
    assert len({(answer.total, answer.worst, len(answer.pairs)) for answer in answers}) == 1
    assert named(instance, solve(instance, seed=2)) == named(instance, answers[2])


def test_numbers_and_text_are_the_same_key():
    instance = with_ties(4)
    numbers = dataclasses.replace(instance, keys=(range(120), range(40)))
    texts = dataclasses.replace(instance, keys=(map(str, range(120)), map(str, range(40))))
    absent = dataclasses.replace(instance, keys=None)
    answers = [solve(one).pairs.tolist() for one in (numbers, texts, absent)]
    assert answers[0] == answers[1] == answers[2]


IN_ANOTHER_PROCESS = """
import sys
import numpy as np
from mentorship.matching import Instance, solve
rng = np.random.default_rng(9)
pairs = np.argwhere(rng.random((80, 30)) < 0.3)
instance = Instance(80, 30, pairs, rng.integers(0, 3, len(pairs)), np.full(30, 3), keys=(
    [f"a{k}" for k in range(80)], [f"b{k}" for k in range(30)]))
print(solve(instance, seed=1).pairs.tolist())
assert "django" not in sys.modules and "scipy" not in sys.modules
"""


def test_another_process_and_no_django_give_the_same():
    answers = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", IN_ANOTHER_PROCESS],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1")
    }
    assert len(answers) == 1
    assert len(answers.pop()) > 100
