"""The most pairs, and the best possible worst pair: the highest score below which no pair is needed for as many.

The bottleneck problem solved by thresholds (Garfinkel, 1971; Burkard, Dell'Amico and Martello, Assignment Problems,
2009, section 6.2): whether the arcs of at least some score carry the whole flow is one maximum flow, and the answer
changes once as the score rises. Each flow that falls short comes with a cut, which says how far the score must fall at
least.
"""

from dataclasses import dataclass

import numpy as np

from mentorship.matching.instance import Ints
from mentorship.matching.network import Cut, fill_most


@dataclass(frozen=True, eq=False)
class Fairest:
    """How many places can be filled, with proof; and the highest score so that arcs of at least it fill as many, with
    proof that arcs above it do not; None twice where nothing can be filled."""

    most: int
    most_cut: Cut
    threshold: int | None = None
    threshold_cut: Cut | None = None


def fairest(mentee: Ints, mentor: Ints, scores: Ints, supply: Ints, capacity: Ints) -> Fairest:
    """mentee, mentor, scores: int (E,); supply: int (mentees,); capacity: int (mentors,)."""

    def fill(least: int) -> tuple[int, int, Cut]:
        """How many the arcs of at least this score fill, the lowest score used, and the proof."""
        kept = scores >= least
        filled, used, cut = fill_most(mentee[kept], mentor[kept], supply, capacity)
        return filled, int(scores[kept][used].min()) if filled else least, cut

    # Mostly everyone asked for can be matched and the one whose best score is lowest gets it: one flow on few arcs.
    most, most_cut = _limit(supply, capacity)
    high = 1 + _no_better_than(mentee, scores, supply, most)
    filled, low, _cut = fill(high - 1)
    if filled < most:
        most, low, most_cut = fill(0)
        high = 1 + _no_better_than(mentee, scores, supply, most)
    if not most:
        return Fairest(0, most_cut)
    # Arcs of at least `low` fill all places; arcs of at least `high` do not.
    high_cut, by_cut = None, True
    while len(between := scores[(scores > low) & (scores < high)]):
        middle = int(between.max() if by_cut else np.partition(between, len(between) // 2)[len(between) // 2])
        filled, worst, cut = fill(middle)
        if filled == most:
            low = worst
        else:
            # So many of the arcs that cross the cut are missing.
            crossing = scores[(scores < middle) & cut.mentees[mentee] & ~cut.mentors[mentor]]
            high, high_cut = 1 + _nth_largest(crossing, most - filled), cut
        # By the cuts alone it may take many small steps, by halves it takes few whatever the scores.
        by_cut = not by_cut
    if high_cut is None:
        _filled, _worst, high_cut = fill(high)
    return Fairest(most, most_cut, low, high_cut)


def _limit(supply: Ints, capacity: Ints) -> tuple[int, Cut]:
    """What no flow exceeds whatever the arcs: all that is asked for, or all that is offered."""
    asked, offered = int(supply.sum()), int(capacity.sum())
    everyone = offered < asked
    return min(asked, offered), Cut(np.full(len(supply), everyone), np.full(len(capacity), everyone))


def _no_better_than(mentee: Ints, scores: Ints, supply: Ints, most: int) -> int:
    """What the worst of `most` places scores at best, when every place of a mentee gets the best score of theirs."""
    best = np.full(len(supply), -1, np.int64)
    np.maximum.at(best, mentee, scores)
    order = np.argsort(-best)
    place = np.searchsorted(np.cumsum(supply[order]), max(most, 1))
    return int(best[order][place]) if place < len(order) else -1


def _nth_largest(values: Ints, nth: int) -> int:
    return int(np.partition(values, len(values) - nth)[len(values) - nth])
