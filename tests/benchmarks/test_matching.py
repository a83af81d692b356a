"""The matching of mentors: is it right, how long does it take beside OR-Tools alone, and does it stay the same.

Times are ratios within one run. “Alone” is building and solving one min-cost flow in OR-Tools, as a script would: no
worst pair, no order among equals, no proof.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pytest

from mentorship.matching import Instance, Matching, solve
from mentorship.matching.explanations import explain_pairs, explain_unmatched
from mentorship.matching.scoring import Rules, score
from tests.mentorship.alone import alone
from tests.mentorship.rounds import SEEDS, churned, random_instance, random_round, stayed
from tests.mentorship.second_solver import by_scipy

ROOT = Path(__file__).parents[2]
SIZES = ((100, 40), (1_000, 300))
SPARSE = (20_000, 5_000, 40)
RULES = Rules(same_institution=False)


@pytest.fixture
def say(capsys) -> Callable[[str], None]:
    def write(line: str) -> None:
        with capsys.disabled():
            print(line)  # noqa: T201

    write("")
    return write


def scored_round(seed: int, mentees: int, mentors: int, places: float = 1.3) -> Instance:
    left, right, parents = random_round(seed, mentees, mentors)
    capacity = np.full(mentors, int(np.ceil(places * mentees / mentors)))
    return score(left, right, parents=parents, rules=RULES).instance(capacity)


def with_few_places(instance: Instance) -> Instance:
    return replace(instance, capacity=instance.capacity // 2)


def timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """How many times as long ours takes, the median of turns taken in pairs, and how long theirs does in ms."""
    timed(ours), timed(theirs)
    pairs = [(timed(ours), timed(theirs)) for _round in range(rounds)]
    return median(mine / other for mine, other in pairs), 1_000 * median(other for _mine, other in pairs)


def test_it_is_the_optimum_on_every_instance(say):
    """Two sizes of rounds and of instances with seeds 0 to 9, against SciPy; and a large sparse one."""
    shares = []
    count = 0
    instances = [
        *(scored_round(seed, *size) for seed in SEEDS for size in SIZES),
        *(random_instance(seed, 100, 40, 30) for seed in SEEDS),
        *(random_instance(seed, 1_000, 300, 165) for seed in SEEDS),
        *(with_few_places(random_instance(seed, 300, 60, 12)) for seed in SEEDS),
        random_instance(0, *SPARSE),
    ]
    for instance in instances:
        fair, total = solve(instance), solve(instance, "total")
        assert (len(fair.pairs), fair.worst, fair.total, total.total) == by_scipy(instance)
        assert len(total.pairs) == len(fair.pairs)
        assert fair.certificate.gap == total.certificate.gap == 0
        shares.append(fair.total / total.total)
        count += 1
    say(f"Optimum, both objectives, {count} instances: as SciPy finds it in {count}, gap 0 in {count}.")
    say(f"Total of the fair matching by the largest: {min(shares):.4f} at least, {median(shares):.4f} median.")
    assert min(shares) >= 0.99


def test_time_beside_or_tools_alone(say):
    say("Times as multiples of OR-Tools alone:")
    for (mentees, mentors), rounds in zip(SIZES, (25, 9), strict=True):
        left, right, parents = random_round(0, mentees, mentors)
        capacity = np.full(mentors, int(np.ceil(1.3 * mentees / mentors)))

        def all_of_it(left=left, right=right, parents=parents, capacity=capacity) -> Matching:
            return solve(score(left, right, parents=parents, rules=RULES).instance(capacity))

        instance = score(left, right, parents=parents, rules=RULES).instance(capacity)
        with_scores, bare = ratio(all_of_it, lambda instance=instance: alone(instance), rounds)
        fair, _bare = ratio(lambda i=instance: solve(i), lambda i=instance: alone(i), rounds)
        total, _bare = ratio(lambda i=instance: solve(i, "total"), lambda i=instance: alone(i), rounds)
        say(
            f"  {mentees:>6,} × {mentors:>5,}, {len(instance.pairs):>9,} pairs: {with_scores:4.1f} with scoring, "
            f"{fair:.1f} fair, {total:.1f} total (alone {bare:.1f} ms)"
        )
        if mentees == 1_000:
            assert with_scores <= 5
    for size, rounds in (((1_000, 300, 165), 9), ((5_000, 1_500, 825), 1), (SPARSE, 3)):
        instance = random_instance(0, *size)
        fair, bare = ratio(lambda i=instance: solve(i), lambda i=instance: alone(i), rounds)
        total, _bare = ratio(lambda i=instance: solve(i, "total"), lambda i=instance: alone(i), rounds)
        say(
            f"  {size[0]:>6,} × {size[1]:>5,}, {len(instance.pairs):>9,} pairs: {'':4} without scores, "
            f"{fair:.1f} fair, {total:.1f} total (alone {bare:.1f} ms)"
        )
        if size == SPARSE:
            assert fair <= 3
            assert total <= 3


MEMORY = """
import sys, re
from tests.mentorship.rounds import random_instance
from tests.mentorship.alone import alone
from mentorship.matching import solve
instance = random_instance(0, *map(int, sys.argv[2:]))
open("/proc/self/clear_refs", "w").write("5")
{"fair": solve, "total": lambda one: solve(one, "total"), "alone": alone}[sys.argv[1]](instance)
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def test_memory(say):
    """The most that a process holds while it solves, libraries and the instance included."""
    say("Peak memory in MB (fair, total, OR-Tools alone):")
    for size in ((1_000, 300, 165), SPARSE):
        peaks = []
        for what in ("fair", "total", "alone"):
            command = [sys.executable, "-c", MEMORY, what, *map(str, size)]
            ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            peaks.append(int(ran.stdout) / 1_024)
        say(
            f"  {size[0]:>6,} × {size[1]:>5,}, {size[2]} candidates each: " + ", ".join(f"{peak:.0f}" for peak in peaks)
        )
        assert peaks[0] < 500
        assert peaks[1] < 500


def test_churn(say):
    """3 % of both sides leave and as many join a round of 1,000 × 300."""
    broken: dict[float, list[float]] = {0.0: [], 0.05: []}
    costs = []
    for seed in SEEDS:
        before, after, left = churned(scored_round(seed, 1_030, 309), 1_000, 300)
        surviving = stayed(solve(before).pairs, after, left)
        plain = solve(after).total
        for inertia, shares in broken.items():
            now = solve(after, previous=surviving, inertia=inertia)
            kept = {tuple(pair) for pair in now.pairs.tolist()}
            shares.append(sum(tuple(pair) not in kept for pair in surviving.tolist()) / len(surviving))
        costs.append(1 - now.total / plain)
    say(
        f"At 3 % churn and inertia 0.05: {max(broken[0.05]):.1%} of surviving pairs changed at most, "
        f"{median(broken[0.05]):.1%} median, for {max(costs):.2%} of the total at most; "
        f"without inertia {median(broken[0.0]):.1%} median."
    )
    assert max(broken[0.05]) <= 0.03
    assert max(costs) <= 0.005


def test_the_same_answer(say):
    """A round of 1,000 × 300 with scores of two digits, listed in other orders."""
    rng = np.random.default_rng(0)
    instance = random_instance(0, 1_000, 300, 165)
    instance = replace(instance, scores=instance.scores // 10_000 * 10_000)
    expected, bare = ({tuple(pair) for pair in pairs.tolist()} for pairs in (solve(instance).pairs, alone(instance)))
    changed: dict[str, list[int]] = {"ours": [], "alone": []}
    for _nth in range(5):
        mentee, mentor, order = (rng.permutation(count) for count in (1_000, 300, len(instance.pairs)))
        pairs = np.stack([np.argsort(mentee)[instance.pairs[:, 0]], np.argsort(mentor)[instance.pairs[:, 1]]], axis=1)
        other = Instance(
            1_000, 300, pairs[order], instance.scores[order], instance.capacity[mentor], keys=(mentee, mentor)
        )
        for name, made, first in (("ours", solve(other).pairs, expected), ("alone", alone(other), bare)):
            back = {(int(mentee[one]), int(mentor[two])) for one, two in made}
            changed[name].append(len(first - back))
    say(f"Pairs changed by relabelling, of 1,000: ours {changed['ours']}, OR-Tools alone {changed['alone']}.")
    assert not any(changed["ours"])


def test_explaining_everyone(say):
    left, right, parents = random_round(0, 1_000, 300)
    scored = score(left, right, parents=parents, rules=RULES)
    instance = scored.instance(np.full(300, 3))
    matching = solve(instance)
    taken = timed(lambda: (explain_pairs(scored, instance, matching), explain_unmatched(scored, instance, matching)))
    bare = median(timed(lambda: alone(instance)) for _round in range(5))
    say(
        f"Explaining {len(matching.pairs)} pairs and {len(matching.unmatched)} without one: "
        f"{taken / bare:.1f} × OR-Tools alone."
    )
    assert len(explain_pairs(scored, instance, matching)) == len(matching.pairs)
    assert all(one.causes for one in explain_unmatched(scored, instance, matching))
