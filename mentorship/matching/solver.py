"""The best matching, in the order of what matters: how many, the worst pair, the total, the minima, then a seeded hash.

Each step fixes its result and leaves the next to choose among everything that is equally good, so no step needs weights
that outweigh another's.
"""

from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np

from mentorship.matching.bottleneck import Fairest, fairest
from mentorship.matching.certificate import Certificate, NotProved, dual_bound, dual_values
from mentorship.matching.duals import Distances, distances, face
from mentorship.matching.instance import TOP_SCORE, Instance, Ints, InvalidInstance, integers, refuse, whole
from mentorship.matching.network import Network, fill_most, least_cost
from mentorship.matching.ties import tie_costs

Objective = Literal["fair", "total"]


@dataclass(frozen=True, eq=False)
class Matching:
    """Who is matched with whom.

    pairs: int (K, 2), mentee and mentor, pins included, ordered by mentee and mentor.
    total: the sum of their scores. worst: the lowest score of an unpinned pair, None where there is none. Neither
        counts the bonus of previous pairs.
    unmatched: int (U,), mentees who ask for a mentor and have none. missing: int (mentees,), how many mentors too few
        each has.
    """

    pairs: Ints
    total: int
    worst: int | None
    unmatched: Ints
    missing: Ints
    certificate: Certificate


@dataclass(frozen=True, eq=False)
class Open:
    """What pins leave to be decided. rows: int (E,), of the instance's pairs; mentee, mentor and scores, bonus
    included: int (E,); supply: int (mentees,), mentors still wanted; capacity: int (mentors,), places still there."""

    rows: Ints
    mentee: Ints
    mentor: Ints
    scores: Ints
    supply: Ints
    capacity: Ints

    def only(self, kept: np.ndarray) -> "Open":
        return Open(
            self.rows[kept], self.mentee[kept], self.mentor[kept], self.scores[kept], self.supply, self.capacity
        )


def solve(
    instance: Instance,
    objective: Objective = "fair",
    previous: Any = None,
    inertia: float = 0.0,
    seed: int = 0,
) -> Matching:
    """The best matching of an instance, with its proof.

    "fair": the most pairs; of these the best worst pair; of these the largest total; of these the fewest places short
    of `minimum`; ties by a hash of the keys and the seed. "total" leaves out the second. The result depends on nothing
    else: not on the order of people and pairs, on the process, nor on what OR-Tools happens to find first.

    previous: int (P, 2), pairs as they were; those that may not be made any more are passed over. inertia: 0 to 1, the
    fraction of 1,000,000 that is added to the score of a previous pair while choosing.

    Raises InvalidInstance for a malformed argument and NotProved, never seen, where primal and dual differ.
    """
    if objective not in get_args(Objective):
        raise InvalidInstance("objective_unknown", (objective,))
    seed = whole("seed", seed)
    everything = _open(instance, instance.scores + _bonus(instance, previous, inertia))
    supply, capacity, problem = everything.supply, everything.capacity, everything
    if objective == "fair":
        first = fairest(everything.mentee, everything.mentor, everything.scores, supply, capacity)
        if first.threshold is not None:
            problem = everything.only(everything.scores >= first.threshold)
    else:
        most, _used, cut = fill_most(everything.mentee, everything.mentor, supply, capacity)
        first = Fairest(most, cut, None, None)
    empty = int(supply.sum()) - first.most
    network = Network(
        mentee=problem.mentee,
        mentor=problem.mentor,
        supply=supply,
        spare=supply if empty else np.zeros_like(supply),
        low=np.zeros_like(capacity),
        high=capacity,
        empty=empty,
    )
    top = int(problem.scores.max(initial=0))
    costs = top - problem.scores
    values = distances(network, costs, least_cost(network, costs))
    chosen = _choose(network, costs, values, instance, seed)

    duals = dual_values(network, values, top)
    settled = int(instance.scores[instance.pinned_rows].sum())
    bound = settled + dual_bound(network, problem.scores, *duals)
    gap = bound - settled - int(problem.scores[chosen].sum())
    certificate = Certificate(*duals, bound, gap, first.most, first.most_cut, first.threshold, first.threshold_cut)
    _prove(everything, problem.only(chosen), certificate)
    return _matching(instance, problem.rows[chosen], certificate)


def _bonus(instance: Instance, previous: Any, inertia: float) -> Ints | int:
    """What is added to each score, int (E,)."""
    if not isinstance(inertia, Real) or isinstance(inertia, bool | np.bool_) or not 0 <= inertia <= 1:
        raise InvalidInstance("inertia_out_of_range", (inertia,))
    if previous is None:
        return 0
    pairs = integers("previous", previous, (None, 2))
    outside = (pairs < 0).any(axis=1) | (pairs[:, 0] >= instance.mentees) | (pairs[:, 1] >= instance.mentors)
    refuse("previous_out_of_range", outside)
    rows = instance.rows_of(pairs)
    bonus = np.zeros(len(instance.scores), np.int64)
    bonus[rows[rows >= 0]] = round(float(inertia) * TOP_SCORE)
    return bonus


def _open(instance: Instance, scores: Ints) -> Open:
    supply = instance.needs - np.bincount(instance.pinned[:, 0], minlength=instance.mentees)
    capacity = instance.capacity - np.bincount(instance.pinned[:, 1], minlength=instance.mentors)
    mentee, mentor = np.ascontiguousarray(instance.pairs.T)
    undecided = (supply > 0)[mentee] & (capacity > 0)[mentor]
    undecided[instance.pinned_rows] = False
    rows = np.flatnonzero(undecided)
    if len(rows) == len(scores):
        return Open(rows, mentee, mentor, scores, supply, capacity)
    return Open(rows, mentee[rows], mentor[rows], scores[rows], supply, capacity)


def _choose(network: Network, costs: Ints, values: Distances, instance: Instance, seed: int) -> Ints:
    """The arcs, as positions, of one among the flows of least cost: nearest to the minima, then by the hash."""
    best = face(network, costs, values)
    fixed, free = np.flatnonzero(best.fixed), np.flatnonzero(best.free)
    minimum = np.maximum(instance.minimum - np.bincount(instance.pinned[:, 1], minlength=instance.mentors), 0)
    if minimum.any():
        # Mentees on fixed arcs count towards it.
        enough = np.maximum(minimum - np.bincount(network.mentor[fixed], minlength=instance.mentors), 0)
        nothing = np.zeros(len(free), np.int64)
        used = least_cost(best.network, nothing, enough)
        best = face(best.network, nothing, distances(best.network, nothing, used, enough), enough)
        fixed, free = np.concatenate([fixed, free[best.fixed]]), free[best.free]
    ties = tie_costs(instance.keys, network.mentee[free], network.mentor[free], seed)
    return np.concatenate([fixed, free[least_cost(best.network, ties)]])


def _prove(everything: Open, chosen: Open, certificate: Certificate) -> None:
    """Check with sums alone that the chosen pairs are allowed and that nothing is better. Raises NotProved."""
    ends = (everything.mentee, everything.mentor, everything.supply, everything.capacity)
    if len(np.unique(chosen.rows)) != len(chosen.rows):
        raise NotProved("a pair twice")
    if (np.bincount(chosen.mentee, minlength=len(chosen.supply)) > chosen.supply).any():
        raise NotProved("a mentee with too many mentors")
    if (np.bincount(chosen.mentor, minlength=len(chosen.capacity)) > chosen.capacity).any():
        raise NotProved("a mentor with too many mentees")
    if not len(chosen.rows) == certificate.most == certificate.most_cut.bound(*ends):
        raise NotProved(f"{len(chosen.rows)} pairs of {certificate.most}")
    if certificate.threshold is not None and certificate.threshold_cut is not None:
        above = everything.only(everything.scores > certificate.threshold)
        reachable = certificate.threshold_cut.bound(above.mentee, above.mentor, above.supply, above.capacity)
        if int(chosen.scores.min()) != certificate.threshold or reachable >= certificate.most:
            raise NotProved(f"worst pair {int(chosen.scores.min())}, threshold {certificate.threshold}")
    if certificate.gap:
        raise NotProved(f"a gap of {certificate.gap}")


def _matching(instance: Instance, chosen: Ints, certificate: Certificate) -> Matching:
    rows = np.concatenate([chosen, instance.pinned_rows])
    pairs = instance.pairs[rows]
    got = np.bincount(pairs[:, 0], minlength=instance.mentees)
    return Matching(
        pairs=pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))],
        total=int(instance.scores[rows].sum()),
        worst=int(instance.scores[chosen].min()) if len(chosen) else None,
        unmatched=np.flatnonzero((got == 0) & (instance.needs > 0)),
        missing=instance.needs - got,
        certificate=certificate,
    )
