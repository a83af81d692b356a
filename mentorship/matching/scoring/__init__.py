"""Pairs, scores and their parts for a whole round, in array operations.

A score is Σ weight · part / Σ weight over the factors, each part from 0 to 10,000, all whole numbers, so that neither
the order of people nor the machine changes a score. What nobody stated counts half, never nothing. Pairs that break a
hard rule are left out, with their reasons kept.
"""

from mentorship.matching.scoring.pairs import Scored, score
from mentorship.matching.scoring.people import Factor, Mentees, People, Reason, Rules, Weights
from mentorship.matching.scoring.topics import parents_of
from mentorship.matching.scoring.weeks import as_slots, shared_minutes

__all__ = [
    "Factor",
    "Mentees",
    "People",
    "Reason",
    "Rules",
    "Scored",
    "Weights",
    "as_slots",
    "parents_of",
    "score",
    "shared_minutes",
]
