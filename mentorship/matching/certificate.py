"""The proof that goes with a matching, checked on every run with nothing but sums."""

from dataclasses import dataclass

import numpy as np

from mentorship.matching.duals import Distances
from mentorship.matching.instance import Ints
from mentorship.matching.network import Cut, Network


class NotProved(RuntimeError):
    """A matching that is not proved to be the best. It means a fault in the solver, never in the input."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """Why nothing better exists.

    mentee_duals: int (mentees,) and mentor_duals: int (mentors,), at least 0, in points of score: what one mentor more
        would be worth to the mentee, and one place more with the mentor, to the total. With `unmatched_dual` they are a
        solution of the dual linear program, so that their sum bounds every total (weak duality).
    bound: no matching of as many pairs has a higher total (with the bonus for previous pairs) than this.
    gap: bound minus what was reached; always 0.
    most: no matching has more unpinned pairs than this, proved by `most_cut`.
    threshold: the highest score, bonus included, below which no pair is needed for so many, proved by `threshold_cut`;
        None for the objective "total" and where there are no pairs.
    """

    mentee_duals: Ints
    mentor_duals: Ints
    unmatched_dual: int
    bound: int
    gap: int
    most: int
    most_cut: Cut
    threshold: int | None = None
    threshold_cut: Cut | None = None

    def as_dict(self) -> dict:
        """As JSON can hold it, to be stored with the run."""
        return {
            "mentee_duals": self.mentee_duals.tolist(),
            "mentor_duals": self.mentor_duals.tolist(),
            "unmatched_dual": self.unmatched_dual,
            "bound": self.bound,
            "gap": self.gap,
            "most": self.most,
            "threshold": self.threshold,
            "most_cut": self.most_cut.as_dict(),
            "threshold_cut": self.threshold_cut and self.threshold_cut.as_dict(),
        }


def dual_values(network: Network, values: Distances, top: int) -> tuple[Ints, Ints, int]:
    """Distances for costs `top - score` as dual values of the scores: of mentees (n,), of mentors (m,), of nobody."""
    mentees = np.where(network.supply > 0, values.mentees + top, 0)
    mentors = np.where(network.high > 0, np.maximum(values.sink - values.mentors, 0), 0)
    asking = mentees[network.supply > 0]
    nobody = -values.nobody - top if network.empty else -int(asking.min(initial=0))
    return mentees, mentors, nobody


def dual_bound(network: Network, scores: Ints, mentees: Ints, mentors: Ints, nobody: int) -> int:
    """The most that the scores (E,) along a flow of the network sum to, by weak duality.

    For any solution of the dual: Σ supply·mentees + Σ high·mentors + empty·nobody + Σ max(0, score - mentee - mentor).
    Raises NotProved where the values are none.
    """
    if (mentors < 0).any() or (mentees[network.spare > 0] + nobody < 0).any():
        raise NotProved("dual values out of their range")
    above = np.maximum(scores - mentees[network.mentee] - mentors[network.mentor], 0)
    return int((network.supply * mentees).sum() + (network.high * mentors).sum() + network.empty * nobody + above.sum())
