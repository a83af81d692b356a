"""Dual values of an optimal flow, and the set of all other flows that are as good.

OR-Tools does not tell its dual values. The shortest distances in the residual graph are such values (Ahuja, Magnanti
and Orlin, Network Flows, 1993, section 9.3), found by label correcting (Bellman and Ford), all arcs at once.
"""

from dataclasses import dataclass

import numpy as np

from mentorship.matching.instance import Ints
from mentorship.matching.network import Network, SolverFailed

# Farther than any path: 2**21 of score on each of two arcs for each of at most 10**7 places.
FAR = 1 << 46


@dataclass(frozen=True, eq=False)
class Distances:
    """Shortest distances from the sink in the residual graph. mentees: int (n,); mentors: int (m,)."""

    mentees: Ints
    mentors: Ints
    nobody: int
    sink: int


@dataclass(frozen=True, eq=False)
class Face:
    """All flows of least cost. fixed: bool (E,), arcs that each of them uses; free: bool (E,), arcs that some of them
    use; network: what is left to choose among the free arcs, in their order."""

    fixed: np.ndarray
    free: np.ndarray
    network: Network


def distances(network: Network, costs: Ints, used: np.ndarray, enough: Ints | None = None) -> Distances:
    """Dual values: along no residual arc do they rise by more than its cost.

    costs: int (E,); used: bool (E,), the arcs of a flow of least cost; enough: as for `least_cost`.
    What the sink does not reach gets values near FAR. Raises SolverFailed where the flow is not of least cost.
    """
    n, m = len(network.supply), len(network.high)
    nobody, sink = n + m, n + m + 1
    mentees, mentors = np.arange(n), np.arange(n, n + m)
    load = np.bincount(network.mentor[used], minlength=m)
    left = network.supply - np.bincount(network.mentee[used], minlength=n)
    middle = network.high if enough is None else enough
    waits, may_wait = mentees[left > 0], mentees[left < network.spare]
    more, less = load < network.high, load > network.low
    tail, head = network.mentee, n + network.mentor
    residual = [
        (tail[~used], head[~used], costs[~used]),
        (head[used], tail[used], -costs[used]),
        (may_wait, np.full(len(may_wait), nobody), np.zeros(len(may_wait))),
        (np.full(len(waits), nobody), waits, np.zeros(len(waits))),
        (mentors[more], np.full(more.sum(), sink), (load >= middle)[more]),
        (np.full(less.sum(), sink), mentors[less], -(load > middle)[less].astype(np.int64)),
        (np.full(1, sink), np.full(1, nobody), np.zeros(1)) if network.empty else (mentees[:0],) * 3,
    ]
    labels = np.full(n + m + 2, FAR, np.int64)
    labels[sink] = 0
    _correct(labels, *(np.concatenate(column).astype(np.int64) for column in zip(*residual, strict=True)))
    return Distances(labels[:n], labels[n : n + m], int(labels[nobody]), int(labels[sink]))


def _correct(labels: Ints, tails: Ints, heads: Ints, costs: Ints) -> None:
    """Lower the labels until none is above what an arc into it offers. A dozen rounds do for thousands of people."""
    if not len(tails):
        return
    order = np.argsort(heads, kind="stable")
    tails, costs = tails[order], costs[order]
    nodes, starts = np.unique(heads[order], return_index=True)
    for _round in range(len(labels) + 1):
        offered = np.minimum.reduceat(labels[tails] + costs, starts)
        if not (offered < labels[nodes]).any():
            return
        labels[nodes] = np.minimum(labels[nodes], offered)
    raise SolverFailed("a cycle of negative cost")


def face(network: Network, costs: Ints, values: Distances, enough: Ints | None = None) -> Face:
    """The flows of least cost, by complementary slackness: an arc of positive reduced cost is not used, one of negative
    reduced cost is full, and the others are free. Any dual values give the same set of flows."""
    n, m = len(network.supply), len(network.high)
    reduced = costs + values.mentees[network.mentee] - values.mentors[network.mentor]
    fixed, free = reduced < 0, reduced == 0
    settled, taken = (
        np.bincount(network.mentee[fixed], minlength=n),
        np.bincount(network.mentor[fixed], minlength=m),
    )
    # Whoever has no mentor is as far as nobody; whoever is farther has all of theirs in every flow of least cost.
    may_wait = values.mentees == values.nobody
    supply = network.supply - settled
    # Up to `middle` another mentee costs a mentor nothing, above it 1.
    middle = network.high if enough is None else np.clip(enough, network.low, network.high)
    first = values.mentors - values.sink
    low = np.where(first < -1, network.high, np.where(first < 0, middle, network.low))
    high = np.where(first > 0, network.low, np.where(first == 0, middle, network.high))
    return Face(
        fixed,
        free,
        Network(
            mentee=network.mentee[free],
            mentor=network.mentor[free],
            supply=supply,
            spare=np.where((network.spare > 0) & may_wait, supply, 0),
            low=low - taken,
            high=high - taken,
            empty=network.empty,
        ),
    )
