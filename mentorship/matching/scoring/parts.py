"""The parts of a score that need no tree: shared time, language, time wanted against offered, wishes.

Each gives int32 from 0 to 10,000 and bool, whether it was stated, for a block of mentees with all mentors.
"""

from collections.abc import Sequence

import numpy as np

from mentorship.matching.instance import Ints
from mentorship.matching.scoring.people import Mentees, People, Rules
from mentorship.matching.scoring.topics import FULL

type Part = tuple[Ints, np.ndarray]

# A second language, and a second wish, count a tenth less than the first, and so on down to 0.6.
NEXT = FULL // 10
LEAST_LISTED = FULL * 6 // 10


def listed(place: Ints) -> Ints:
    """What the entry at this place of a list, from 0, is worth."""
    return np.maximum(FULL - NEXT * np.minimum(place, FULL // NEXT), LEAST_LISTED)


def hours(minutes: Ints, rules: Rules) -> Part:
    """Shared time against plenty of it; pairs below the minimum as if they just met it. minutes: int32 (b, m)."""
    counted = np.clip(minutes, rules.minimum_minutes, rules.plenty_minutes)
    return counted * np.int32(FULL) // np.int32(rules.plenty_minutes), minutes >= 0


def load(wanted: Ints, offered: Ints) -> Part:
    """Time offered against time wanted, int (b,) and (m,); more than enough is enough."""
    wanted, offered = wanted[:, None].astype(np.int32), offered.astype(np.int32)
    enough = np.minimum(offered, wanted)
    return enough * np.int32(FULL) // np.maximum(wanted, 1), (wanted > 0) & (offered >= 0)


class Languages:
    """The language both find easiest: what it is worth to the one it is harder for."""

    def __init__(self, mentees: People, mentors: People) -> None:
        names: dict[str, int] = {}
        sides = [_patterns(people, names) for people in (mentees, mentors)]
        # Hundreds of people speak a handful of sets of languages, so sets are compared, not people.
        (self.of_mentee, spoken), (self.of_mentor, understood) = sides
        self.worth = np.zeros((len(spoken), len(understood)), np.int32)
        for name in range(len(names)):
            ease = [np.array([pattern.get(name, 0) for pattern in side], np.int32) for side in (spoken, understood)]
            np.maximum(self.worth, np.minimum(ease[0][:, None], ease[1]), out=self.worth)
        self.stated = np.outer(*(np.array([bool(pattern) for pattern in side], bool) for side in (spoken, understood)))

    def block(self, rows: slice) -> Part:
        cells = np.ix_(self.of_mentee[rows], self.of_mentor)
        return self.worth[cells], self.stated[cells]


def _patterns(people: People, names: dict[str, int]) -> tuple[Ints, list[dict[int, int]]]:
    """Which of the different lists of languages each person has, and these lists as worths by language."""
    lists: dict[tuple[str, ...], int] = {}
    spoken: Sequence[Sequence[str]] = people.languages if people.languages is not None else [()] * people.count
    of_person = np.array([lists.setdefault(tuple(dict.fromkeys(own)), len(lists)) for own in spoken], np.int64)
    worth = listed(np.arange(max(map(len, lists), default=0))).tolist()
    return of_person, [
        {names.setdefault(name, len(names)): worth[place] for place, name in enumerate(own)} for own in lists
    ]


class Wishes:
    """Named mentors, the first wish most. Naming somebody lowers nobody else: the others count as not stated."""

    def __init__(self, mentees: Mentees, mentors: int) -> None:
        wishes = mentees.wishes
        cells = wishes[:, 0] * mentors + wishes[:, 1]
        # Of a mentor named twice the better rank counts.
        order = np.lexsort((wishes[:, 2], cells))
        cells, first = np.unique(cells[order], return_index=True)
        self.mentee, self.mentor = np.divmod(cells, max(mentors, 1))
        self.worth = listed(wishes[order, 2][first] - 1).astype(np.int32)
        self.mentors = mentors

    def block(self, rows: slice) -> Part:
        start, stop = np.searchsorted(self.mentee, (rows.start, rows.stop))
        part = np.zeros((rows.stop - rows.start, self.mentors), np.int32)
        part[self.mentee[start:stop] - rows.start, self.mentor[start:stop]] = self.worth[start:stop]
        return part, part > 0
