"""Why a matching is as it is, as data: the wording is made where the people's names are known.

Nothing here tells a pair that a person ruled out from one that scores under the floor: both are `NOT_AVAILABLE`, and
neither is ever part of a remedy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from mentorship.matching.instance import Instance, Ints, InvalidInstance
from mentorship.matching.scoring import Factor, Reason, Scored
from mentorship.matching.scoring.topics import FULL
from mentorship.matching.solver import Matching, Objective, solve

# A part below this is worth saying before anything else.
LOW = FULL * 4 // 10


@dataclass(frozen=True)
class PairExplained:
    """One pair of a matching.

    parts: 0 to 10,000 by factor, None where it was not stated. weakest: the lowest stated part that counts, if it is
    under 4,000. strongest: the highest one that counts. minutes: shared time a week, None where not stated.
    rank: which choice among the mentee's candidates it is, from 1, of so many candidates. better: the mentors who
    score better for this mentee, the best first; all of them are full with others or kept by a pin or by inertia.
    """

    mentee: int
    mentor: int
    score: int
    parts: dict[Factor, int | None]
    weakest: Factor | None
    strongest: Factor | None
    minutes: int | None
    rank: int
    candidates: int
    better: tuple[int, ...]
    is_pinned: bool


class Cause(Enum):
    """What keeps a mentee from a mentor, as it may be told."""

    FULL = "full"
    NOT_AVAILABLE = "not_available"
    SAME_PERSON = "same_person"
    SAME_INSTITUTION = "same_institution"
    NO_SHARED_LANGUAGE = "no_shared_language"
    TOO_FEW_SHARED_HOURS = "too_few_shared_hours"


TOLD_AS = {
    Reason.BLOCKED: Cause.NOT_AVAILABLE,
    Reason.UNDER_FLOOR: Cause.NOT_AVAILABLE,
    Reason.SAME_PERSON: Cause.SAME_PERSON,
    Reason.SAME_INSTITUTION: Cause.SAME_INSTITUTION,
    Reason.NO_SHARED_LANGUAGE: Cause.NO_SHARED_LANGUAGE,
    Reason.TOO_FEW_SHARED_HOURS: Cause.TOO_FEW_SHARED_HOURS,
}


class Change(Enum):
    """What would give a mentee a mentor."""

    ONE_MORE_PLACE = "one_more_place"
    MORE_SHARED_MINUTES = "more_shared_minutes"
    SHARED_LANGUAGE = "shared_language"
    SAME_INSTITUTION_ALLOWED = "same_institution_allowed"


@dataclass(frozen=True)
class Remedy:
    """The smallest change that would help. minutes: how many more a week the two would have to share, 0 for other
    changes. needs_place: the mentor is full as well, and nobody there can move."""

    change: Change
    mentor: int
    minutes: int = 0
    needs_place: bool = False


@dataclass(frozen=True)
class UnmatchedExplained:
    """A mentee without a mentor: which cause keeps which mentors away, a mentor under each that applies; and a remedy,
    None where no single change of these kinds would do."""

    mentee: int
    causes: dict[Cause, tuple[int, ...]]
    remedy: Remedy | None


def explain_pairs(scored: Scored, instance: Instance, matching: Matching) -> list[PairExplained]:
    """Every pair of the matching, in its order."""
    rows = instance.rows_of(matching.pairs)
    pinned = set(instance.pinned_rows.tolist())
    weights = np.array([scored.weights.of(factor) for factor in Factor])
    first = np.searchsorted(scored.pairs[:, 0], np.arange(instance.mentees + 1))
    chosen = np.zeros(len(scored.pairs), bool)
    chosen[rows] = True
    explained = []
    for row, (mentee, mentor) in zip(rows.tolist(), matching.pairs.tolist(), strict=True):
        own = slice(first[mentee], first[mentee + 1])
        stated = scored.stated[row]
        counts = np.flatnonzero(stated & (weights > 0))
        parts = scored.parts[row].astype(int)
        weakest, strongest = _extremes(parts, weights, counts)
        # With several mentors, those who are the mentee's already are not passed over.
        over = np.flatnonzero((scored.scores[own] > scored.scores[row]) & ~chosen[own])
        over = over[np.argsort(-scored.scores[own][over], kind="stable")]
        minutes = int(scored.minutes[mentee, mentor])
        explained.append(
            PairExplained(
                mentee=mentee,
                mentor=mentor,
                score=int(scored.scores[row]),
                parts={factor: int(parts[k]) if stated[k] else None for k, factor in enumerate(Factor)},
                weakest=weakest,
                strongest=strongest,
                minutes=minutes if minutes >= 0 else None,
                rank=int(scored.ranks[row]),
                candidates=own.stop - own.start,
                better=tuple(scored.pairs[own][over, 1].tolist()),
                is_pinned=row in pinned,
            )
        )
    return explained


def _extremes(parts: Ints, weights: Ints, counts: Ints) -> tuple[Factor | None, Factor | None]:
    """The factors to lead with; of equal parts the one that weighs more."""
    if not len(counts):
        return None, None
    factors = list(Factor)
    low = min(counts, key=lambda k: (parts[k], -weights[k]))
    high = max(counts, key=lambda k: (parts[k], weights[k]))
    return (factors[low] if parts[low] < LOW else None), (factors[high] if parts[high] >= LOW else None)


def explain_unmatched(scored: Scored, instance: Instance, matching: Matching) -> list[UnmatchedExplained]:
    """Everyone who asked for a mentor and has none."""
    if not len(matching.unmatched):
        return []
    takes_one_more = mentors_with_room(instance, matching)
    return [
        UnmatchedExplained(
            mentee=mentee,
            causes=_causes(scored.removed[mentee]),
            remedy=_remedy(scored, mentee, takes_one_more),
        )
        for mentee in matching.unmatched.tolist()
    ]


def _causes(removed: np.ndarray) -> dict[Cause, tuple[int, ...]]:
    causes: dict[Cause, np.ndarray] = {Cause.FULL: removed == 0}
    for reason, cause in TOLD_AS.items():
        applies = (removed & np.uint8(reason)) != 0
        causes[cause] = causes[cause] | applies if cause in causes else applies
    return {cause: tuple(np.flatnonzero(who).tolist()) for cause, who in causes.items() if who.any()}


def _remedy(scored: Scored, mentee: int, takes_one_more: np.ndarray) -> Remedy | None:
    removed, scores = scored.removed[mentee], scored.all_scores[mentee]

    def best(who: np.ndarray, cost: Ints) -> int:
        """Of these mentors the one with room, then of least cost, then of the highest score."""
        among = np.flatnonzero(who)
        return int(among[np.lexsort((-scores[among], cost[among], ~takes_one_more[among]))[0]])

    nothing = np.zeros(len(removed), np.int64)
    if (removed == 0).any():
        return Remedy(Change.ONE_MORE_PLACE, best(removed == 0, nothing))
    # A pair that only one rule removes is helped by what that rule asks for.
    for reason, change in (
        (Reason.TOO_FEW_SHARED_HOURS, Change.MORE_SHARED_MINUTES),
        (Reason.NO_SHARED_LANGUAGE, Change.SHARED_LANGUAGE),
        (Reason.SAME_INSTITUTION, Change.SAME_INSTITUTION_ALLOWED),
    ):
        only = removed == np.uint8(reason)
        if only.any():
            is_time = reason is Reason.TOO_FEW_SHARED_HOURS
            short = scored.rules.minimum_minutes - scored.minutes[mentee] if is_time else nothing
            mentor = best(only, short)
            return Remedy(change, mentor, int(short[mentor]), not takes_one_more[mentor])
    return None


def mentors_with_room(instance: Instance, matching: Matching) -> np.ndarray:
    """Mentors who could take one more mentee while as many stay matched, bool (mentors,): they have a place, or someone
    who is not pinned can move on to a mentor with room."""
    load = np.bincount(matching.pairs[:, 1], minlength=instance.mentors)
    room = load < instance.capacity
    rows = instance.rows_of(matching.pairs)
    moves = rows[~np.isin(rows, instance.pinned_rows)]
    unused = np.ones(len(instance.pairs), bool)
    unused[rows] = False
    mentee, mentor = instance.pairs[unused].T
    while True:
        can_move = np.zeros(instance.mentees, bool)
        can_move[mentee[room[mentor]]] = True
        freed = instance.pairs[moves][can_move[instance.pairs[moves, 0]], 1]
        if room[freed].all():
            return room
        room[freed] = True


@dataclass(frozen=True)
class Alternative:
    """What it costs to give a mentee this mentor: how many fewer pairs, how much lower the worst pair and the total,
    exactly; the last two in points of score."""

    mentor: int
    score: int
    pairs: int
    worst: int
    total: int


def alternatives(
    instance: Instance,
    matching: Matching,
    mentee: int,
    *,
    most: int = 3,
    objective: Objective = "fair",
    previous: Ints | None = None,
    inertia: float = 0.0,
    seed: int = 0,
) -> list[Alternative]:
    """The best mentors for a mentee beside the given ones, each forced and everything solved again, as `matching` was.

    A mentor who is full with pins is passed over. Empty for a mentee whose places are all pinned.
    """

    def costs() -> Iterator[Alternative]:
        own = set(matching.pairs[matching.pairs[:, 0] == mentee, 1].tolist())
        rows = np.flatnonzero(instance.pairs[:, 0] == mentee)
        for row in rows[np.argsort(-instance.scores[rows], kind="stable")].tolist():
            mentor, score = int(instance.pairs[row, 1]), int(instance.scores[row])
            if mentor in own:
                continue
            try:
                forced = replace(instance, pinned=np.vstack([instance.pinned, instance.pairs[row]]))
            except InvalidInstance:
                continue
            other = solve(forced, objective, previous, inertia, seed)
            worst = min(score, other.worst if other.worst is not None else score)
            yield Alternative(
                mentor=mentor,
                score=score,
                pairs=len(matching.pairs) - len(other.pairs),
                worst=(matching.worst or 0) - worst,
                total=matching.total - other.total,
            )

    return [cost for cost, _nth in zip(costs(), range(most), strict=False)]
