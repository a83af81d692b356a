"""Every mentee with every mentor: what removes the pair, and what it scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np

from mentorship.matching.instance import TOP_SCORE, Instance, Ints, integers, refuse
from mentorship.matching.scoring.parts import Languages, Part, Wishes, hours, load
from mentorship.matching.scoring.people import MOST_MINUTES, Factor, Mentees, People, Reason, Rules, Weights
from mentorship.matching.scoring.topics import FULL, TopicParts
from mentorship.matching.scoring.weeks import shared_minutes

# What nobody stated counts half: an empty field is not a bad answer.
UNSTATED = FULL // 2
# Cells of the table of everybody with everybody that are worked on at once: few enough for the cache.
BLOCK = 200000


@dataclass(frozen=True, eq=False, kw_only=True)
class Scored:
    """The pairs that may be made, and why the others may not.

    pairs: int (E, 2), ordered by mentee and mentor. scores: int (E,), 0 to 1,000,000.
    parts: uint16 (E, factors), 0 to 10,000, columns as in Factor. stated: bool (E, factors), False where a part is the
        half that stands for what nobody stated.
    removed: uint8 (mentees, mentors), Reasons, 0 where the pair may be made.
    minutes: int (mentees, mentors), shared time a week, -1 where not stated.
    all_scores: int (mentees, mentors): removed pairs too, those with too little shared time as if they had the minimum.
        Beside `removed` it tells who was ruled out by a person, so neither is shown as it is.
    """

    pairs: Ints
    scores: Ints
    parts: np.ndarray
    stated: np.ndarray
    removed: np.ndarray
    minutes: Ints
    all_scores: Ints
    weights: Weights
    rules: Rules

    def instance(self, capacity: Any, **more: Any) -> Instance:
        """To be solved. capacity: int (mentors,); `more` as Instance takes it: minimum, needs, pinned, keys."""
        mentees, mentors = self.removed.shape
        return Instance(mentees, mentors, self.pairs, self.scores, capacity, **more)

    @cached_property
    def ranks(self) -> Ints:
        """Which choice of its mentee each pair is, int (E,), from 1; equal scores share the better rank."""
        order = np.lexsort((-self.scores, self.pairs[:, 0]))
        mentee, scores, place = self.pairs[order, 0], self.scores[order], np.arange(len(order))
        changes = np.diff(mentee, prepend=-1) != 0
        start = np.maximum.accumulate(np.where(changes, place, 0))
        changes |= np.diff(scores, prepend=-1) != 0
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.maximum.accumulate(np.where(changes, place, 0)) - start + 1
        return ranks


def score(
    mentees: Mentees,
    mentors: People,
    *,
    parents: Ints,
    rules: Rules | None = None,
    weights: Weights | None = None,
    blocked: Any = (),
    minutes: Any = None,
) -> Scored:
    """All pairs of a round with their scores.

    parents: int (T,), the tree of topics, as `parents_of` gives it. blocked: int (B, 2), pairs that somebody ruled out.
    minutes: int (mentees, mentors), shared time a week where it is known already, -1 where not stated; else it comes
    from the weeks of both sides. A rule removes a pair only by what was stated.

    Raises InvalidInstance.
    """
    rules, weights = rules or Rules(), weights or Weights()
    shape = (mentees.count, mentors.count)
    blocked = integers("blocked", blocked, (None, 2))
    refuse("blocked_out_of_range", ((blocked < 0) | (blocked >= shape)).any(axis=1))
    refuse("wishes_out_of_range", mentees.wishes[:, 1] >= mentors.count)
    if minutes is None:
        minutes = shared_minutes(mentees, mentors)
    minutes = integers("minutes", minutes, shape)
    refuse("minutes_out_of_range", ((minutes < -1) | (minutes > MOST_MINUTES)).any(axis=1))
    minutes = minutes.astype(np.int32)
    removed = np.zeros(shape, np.uint8)
    removed[blocked[:, 0], blocked[:, 1]] = Reason.BLOCKED
    all_scores = np.empty(shape, np.int32)
    kept_pairs, kept_parts, kept_stated = [], [], []
    for rows, parts in _blocks(mentees, mentors, parents, rules, minutes):
        all_scores[rows] = _weighted(parts, weights)
        same_institution = mentees.institutions[rows, None] == mentors.institutions
        language, spoken = parts[Factor.LANGUAGE]
        broken = {
            Reason.SAME_PERSON: mentees.people[rows, None] == mentors.people,
            Reason.SAME_INSTITUTION: same_institution & (mentors.institutions >= 0) & (not rules.same_institution),
            Reason.NO_SHARED_LANGUAGE: spoken & (language == 0),
            Reason.TOO_FEW_SHARED_HOURS: (minutes[rows] >= 0) & (minutes[rows] < rules.minimum_minutes),
            Reason.UNDER_FLOOR: all_scores[rows] < rules.floor,
        }
        for reason, pairs in broken.items():
            removed[rows] |= pairs * np.uint8(reason)
        kept = np.flatnonzero(removed[rows] == 0)
        kept_pairs.append(kept + rows.start * mentors.count)
        kept_parts.append([part.ravel()[kept].astype(np.uint16) for part, _stated in parts.values()])
        kept_stated.append([stated.ravel()[kept] for _part, stated in parts.values()])
    cells = np.concatenate([*kept_pairs, np.empty(0, np.int64)])
    nothing = np.empty((len(Factor), 0))
    return Scored(
        pairs=np.stack(np.divmod(cells, max(1, mentors.count)), axis=1),
        scores=all_scores.ravel()[cells].astype(np.int64),
        parts=np.hstack([*kept_parts, nothing.astype(np.uint16)]).T,
        stated=np.hstack([*kept_stated, nothing.astype(bool)]).T,
        removed=removed,
        minutes=minutes,
        all_scores=all_scores,
        weights=weights,
        rules=rules,
    )


def _blocks(
    mentees: Mentees, mentors: People, parents: Ints, rules: Rules, minutes: Ints
) -> Iterator[tuple[slice, dict[Factor, Part]]]:
    topics = TopicParts(mentees, mentors, parents)
    languages, wishes = Languages(mentees, mentors), Wishes(mentees, mentors.count)
    step = max(1, BLOCK // max(1, mentors.count))
    for start in range(0, mentees.count, step):
        rows = slice(start, min(start + step, mentees.count))
        coverage, level, both = topics.block(rows.start, rows.stop)
        parts = {
            Factor.TOPICS: (coverage, both),
            Factor.LEVEL: (level, both),
            Factor.HOURS: hours(minutes[rows], rules),
            Factor.LANGUAGE: languages.block(rows),
            Factor.LOAD: load(mentees.minutes[rows], mentors.minutes),
            Factor.WISHES: wishes.block(rows),
        }
        yield (
            rows,
            {factor: (np.where(stated, part, np.int32(UNSTATED)), stated) for factor, (part, stated) in parts.items()},
        )


def _weighted(parts: dict[Factor, Part], weights: Weights) -> Ints:
    """Σ weight · part / Σ weight, from 0 to 1,000,000, rounded down."""
    total = reduce(np.add, (part * np.int64(weights.of(factor)) for factor, (part, _stated) in parts.items()))
    return total * (TOP_SCORE // FULL) // sum(map(weights.of, parts))
