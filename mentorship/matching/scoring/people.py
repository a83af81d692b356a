"""What is known of a round: people as arrays, hard rules, weights."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum, IntFlag
from typing import Any

import numpy as np

from mentorship.matching.instance import TOP_SCORE, Ints, InvalidInstance, integers, refuse, whole

TOP_LEVEL = 3
MOST_WEIGHT = 10_000
MOST_MINUTES = 7 * 24 * 60


class Factor(Enum):
    """The parts of a score, in the order of their columns."""

    TOPICS = "topics"
    LEVEL = "level"
    HOURS = "hours"
    LANGUAGE = "language"
    LOAD = "load"
    WISHES = "wishes"


class Reason(IntFlag):
    """Why a pair may not be made. A pair may have several."""

    BLOCKED = 1
    SAME_PERSON = 2
    SAME_INSTITUTION = 4
    NO_SHARED_LANGUAGE = 8
    TOO_FEW_SHARED_HOURS = 16
    UNDER_FLOOR = 32


@dataclass(frozen=True, kw_only=True)
class Weights:
    """How much each factor counts, whole numbers of at least 0, not all 0. They are judgement, and the round's own."""

    topics: int = 40
    level: int = 15
    hours: int = 20
    language: int = 5
    load: int = 10
    wishes: int = 10

    def __post_init__(self) -> None:
        weights = [whole("weights", getattr(self, field.name)) for field in fields(self)]
        if not all(0 <= weight <= MOST_WEIGHT for weight in weights) or not sum(weights):
            raise InvalidInstance("weights_out_of_range", tuple(weights))

    def of(self, factor: Factor) -> int:
        return getattr(self, factor.value)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a pair must meet. floor: 0 to 1,000,000, the least score. minimum_minutes: the least time a week that both
    have, 0 for none. plenty_minutes: where more shared time stops counting. same_institution: whether two people of one
    institution may be a pair."""

    floor: int = 300_000
    minimum_minutes: int = 60
    plenty_minutes: int = 360
    same_institution: bool = True

    def __post_init__(self) -> None:
        for name, least, most in (
            ("floor", 0, TOP_SCORE),
            ("minimum_minutes", 0, MOST_MINUTES),
            ("plenty_minutes", 1, MOST_MINUTES),
        ):
            if not least <= whole(name, getattr(self, name)) <= most:
                raise InvalidInstance(f"{name}_out_of_range", (getattr(self, name),))


@dataclass(frozen=True, eq=False, kw_only=True)
class People:
    """Mentors, or what mentees have in common with them. Whatever is absent or empty counts as not stated.

    people: int (count,), who each is; the same number on both sides is the same person.
    experience: int (X, 4): position, topic, level 0 to 3, months.
    languages: for each the spoken languages, the easiest first.
    institutions: int (count,), -1 where not stated.
    minutes: int (count,), a week: what a mentee wants, or a mentor offers each mentee; -1 where not stated.
    weeks: bool (weeks, count, slots): when each has time in each of the round's different weeks, in one common zone; a
        week of few slots is one of long slots. Who marked nothing in any of them did not state it.

    Raises InvalidInstance.
    """

    people: Ints
    experience: Any = ()
    languages: Sequence[Sequence[str]] | None = None
    institutions: Any = None
    minutes: Any = None
    weeks: np.ndarray | None = None

    def __post_init__(self) -> None:
        self._set("people", integers("people", self.people, (None,)))
        self._rows("experience", 4)
        level, months = self.experience[:, 2], self.experience[:, 3]
        refuse("experience_out_of_range", (level < 0) | (level > TOP_LEVEL) | (months < 0))
        for name in ("institutions", "minutes"):
            value = getattr(self, name)
            value = np.full(self.count, -1) if value is None else value
            self._set(name, integers(name, value, (self.count,)))
        refuse("minutes_out_of_range", (self.minutes < -1) | (self.minutes > MOST_MINUTES))
        if self.languages is not None and len(self.languages) != self.count:
            raise InvalidInstance("languages_shape", (len(self.languages),))
        if self.weeks is not None:
            if self.weeks.dtype != np.bool_:
                raise InvalidInstance("weeks_type", (str(self.weeks.dtype),))
            if self.weeks.ndim != 3 or self.weeks.shape[1] != self.count or 0 in self.weeks.shape[::2]:
                raise InvalidInstance("weeks_shape", self.weeks.shape)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _rows(self, name: str, columns: int) -> None:
        """A table whose first column is a position and whose second is the number of something."""
        table = integers(name, getattr(self, name), (None, columns))
        refuse(f"{name}_out_of_range", (table < 0).any(axis=1) | (table[:, 0] >= self.count))
        self._set(name, table)

    @property
    def count(self) -> int:
        return len(self.people)


@dataclass(frozen=True, eq=False, kw_only=True)
class Mentees(People):
    """goals: int (G, 2): position, topic. wishes: int (W, 3): position, position of the mentor, rank from 1."""

    goals: Any = ()
    wishes: Any = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self._rows("goals", 2)
        self._rows("wishes", 3)
        refuse("wishes_out_of_range", self.wishes[:, 2] < 1)
