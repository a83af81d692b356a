"""Goal topics against experience through the tree of topics, and how far ahead the mentor is.

A mentor's topic counts in full for a goal that is the same or lies above it, since a goal takes in what is below. One
above the goal is broader: it counts 0.8 for each step up. One beside it counts 0.8 for each step up to where the two
meet and 0.4 for each step down again; meeting only at a root, such as the whole of an archive, halves it. So a
year of language processing counts 0.8 for topic modelling below it, and a year of computer vision 0.13.

These numbers are judgement, as is `FIT`: a step or two ahead is best. A step is a level of a profile, or a year.
"""

from collections.abc import Sequence

import numpy as np

from mentorship.matching.instance import Ints, InvalidInstance, integers, refuse, rows_of
from mentorship.matching.scoring.people import Mentees, People

FULL = 10_000
BROADER = 0.8
BESIDE = 0.4
AT_ROOT = 0.5

STEP = 100
MOST_STEPS = 20
# How good it is to be so far ahead, in hundredths of a step from BEHIND: nothing for who is well behind, less than half
# for an equal, all from one to two steps, then a tenth less for each, and never under a fifth.
BEHIND = -STEP
_ahead = np.arange(BEHIND, MOST_STEPS * STEP + 1)
FIT = np.select(
    [_ahead < STEP, _ahead <= 2 * STEP],
    [np.clip(FULL * 4 // 10 + _ahead * 60, 0, FULL), FULL],
    np.clip(FULL - (_ahead - 2 * STEP) * 10, FULL // 5, FULL),
).astype(np.int32)


def parents_of(paths: Sequence[str]) -> Ints:
    """The parent of each topic, int (T,), -1 for a root, from paths such as "cs/", "cs/cs-cl/". A topic whose parent is
    not among them is a root."""
    places = {path: place for place, path in enumerate(paths)}
    return np.array([places.get(path[: path.rstrip("/").rfind("/") + 1], -1) for path in paths], np.int64)


def ancestors(parents: Ints) -> Ints:
    """Each topic, its parent, and so on up, int (T, depth + 1), -1 above a root. Raises InvalidInstance for no tree."""
    parents = integers("parents", parents, (None,))
    refuse("parents_out_of_range", (parents < -1) | (parents >= len(parents)))
    lines = [np.arange(len(parents)), parents]
    while (lines[-1] >= 0).any():
        if len(lines) > len(parents):
            raise InvalidInstance("parents_in_a_circle", rows_of(lines[-1] >= 0))
        lines.append(np.where(lines[-1] >= 0, parents[lines[-1]], -1))
    return np.stack(lines, axis=1)


def relation(above: Ints, goals: Ints, topics: Ints) -> Ints:
    """How much each topic counts for each goal, 0 to 10,000, int32 (G, T). above: as `ancestors` gives it."""
    result = np.zeros((len(goals), len(topics)), np.int32)
    is_root = above[:, 1] < 0
    for up, meeting in enumerate(above[goals, :-1].T):
        for down, line in enumerate(above[topics, :-1].T):
            share = FULL * BROADER**up * BESIDE**down if up else FULL
            counts = np.where(is_root[meeting] & (up > 0), share * AT_ROOT, share)
            counts = np.where(meeting >= 0, np.rint(counts), 0).astype(np.int32)
            np.maximum(result, np.where(meeting[:, None] == line, counts[:, None], 0), out=result)
    return result


class TopicParts:
    """The parts TOPICS and LEVEL for blocks of mentees. parents: int (T,). Raises InvalidInstance."""

    def __init__(self, mentees: Mentees, mentors: People, parents: Ints) -> None:
        above = ancestors(parents)
        goals = np.unique(mentees.goals, axis=0)
        for name, topics in (
            ("goals", goals[:, 1]),
            ("experience", mentees.experience[:, 1]),
            ("experience", mentors.experience[:, 1]),
        ):
            refuse(f"{name}_out_of_range", topics >= len(above))
        topics, self.topic = np.unique(goals[:, 1], return_inverse=True)
        self.goals = np.bincount(goals[:, 0], minlength=mentees.count)
        self.first = np.cumsum(self.goals) - self.goals
        self.own = Knowledge(above, topics, mentees).at(goals[:, 0], self.topic)
        known = Knowledge(above, topics, mentors)
        self.cover, self.standing = known.cover(), known.standing()
        self.has_experience = known.entries > 0

    def block(self, start: int, stop: int) -> tuple[Ints, Ints, np.ndarray]:
        """TOPICS and LEVEL, int32 (stop-start, m), and whether both sides stated something, bool of that shape.

        TOPICS is half the best covered goal and half the mean over the goals: one mentor need not cover all of them.
        LEVEL is the mean fit over the goals, each counting as far as the mentor covers it.
        """
        shape = (stop - start, len(self.has_experience))
        best, total, fit, weight = (np.zeros(shape, np.int32) for _sum in range(4))
        goals, first = self.goals[start:stop], self.first[start:stop]
        for nth in range(goals.max(initial=0)):
            who = np.flatnonzero(goals > nth)
            entry = first[who] + nth
            cover = self.cover[self.topic[entry]]
            ahead = self.standing[self.topic[entry]] - self.own[entry, None] - BEHIND
            percent = cover // 100
            # Mostly everyone has the first few goals, and a slice is quicker than a choice of rows.
            rows = slice(None) if len(who) == len(goals) else who
            best[rows] = np.maximum(best[rows], cover)
            total[rows] += cover
            weight[rows] += percent
            fit[rows] += percent * FIT[np.maximum(ahead, 0)]
        topics = (best + total // np.maximum(goals, 1)[:, None].astype(np.int32)) // 2
        return topics, fit // np.maximum(weight, 1), (goals > 0)[:, None] & self.has_experience


class Knowledge:
    """What people know of the topics (G,), through the topics of their experience.

    Less than one step in a topic covers it by that share of a step.
    """

    def __init__(self, above: Ints, topics: Ints, people: People) -> None:
        experience = people.experience[np.argsort(people.experience[:, 0], kind="stable")]
        known, self.place = np.unique(experience[:, 1], return_inverse=True)
        self.relation = relation(above, topics, known)
        months = np.minimum(experience[:, 3], 12 * MOST_STEPS)
        steps = experience[:, 2] * STEP + months * STEP // 12
        self.steps = np.minimum(steps, MOST_STEPS * STEP).astype(np.int32)
        self.entries = np.bincount(experience[:, 0], minlength=people.count)
        self.first = np.cumsum(self.entries) - self.entries

    def cover(self) -> Ints:
        """How much of each topic each person's experience covers, 0 to 10,000, int32 (G, count)."""
        return self._best(np.minimum(self.steps, STEP), STEP)

    def standing(self) -> Ints:
        """Where each person stands in each topic, in hundredths of a step, int32 (G, count)."""
        return self._best(self.steps, FULL)

    def _best(self, factor: Ints, unit: int) -> Ints:
        result = np.zeros((len(self.relation), len(self.entries)), np.int32)
        has_any = self.entries > 0
        if has_any.any():
            for row, counts in zip(result, self.relation, strict=True):
                row[has_any] = np.maximum.reduceat(counts[self.place] * factor // unit, self.first[has_any])
        return result

    def at(self, who: Ints, topic: Ints) -> Ints:
        """Where person who[k] stands in topic[k], in hundredths of a step, int32 (K,)."""
        entries = self.entries[who]
        row = np.repeat(np.arange(len(who)), entries)
        entry = np.arange(len(row)) - np.repeat(np.cumsum(entries) - entries - self.first[who], entries)
        result = np.zeros(len(who), np.int32)
        np.maximum.at(result, row, self.relation[topic[row], self.place[entry]] * self.steps[entry] // FULL)
        return result
