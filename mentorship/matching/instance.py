"""What is to be matched, checked once when it is made."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

TOP_SCORE = 1_000_000
# A list of everything that is wrong helps nobody when it is a million rows.
ROWS_NAMED = 20
# Sums of scores, and the distances in the network, stay far inside 64 bits below this many places.
MOST_PLACES = 10_000_000

type Ints = np.ndarray
# Filled in when the instance is made, so that nothing it holds is None.
ABSENT = cast(Any, None)


class InvalidInstance(ValueError):
    """The input is malformed or contradicts itself. `code` says how.

    `where` lists rows of the array that the code names; for `pins_cannot_hold` it lists every such pin as
    (key of the mentee, key of the mentor, reason), where the reason is `unknown`, `repeated`, `not_a_candidate`,
    `mentee_has_enough` or `mentor_is_full`.
    """

    def __init__(self, code: str, where: tuple = ()) -> None:
        self.code = code
        self.where = where
        super().__init__(f"{code}: {', '.join(map(str, where))}" if where else code)


def integers(name: str, value: Any, shape: tuple[int | None, ...]) -> Ints:
    """The value as an int64 array of that shape, None being any length.

    Raises InvalidInstance with `<name>_type` for anything but integers (fractions are refused, since the solver would
    cut them off in silence) and with `<name>_shape`.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise InvalidInstance(f"{name}_type") from None
    if array.size == 0 and array.ndim == 1 and len(shape) == 2:
        array = array.reshape(0, shape[1] or 0)
    if array.ndim != len(shape) or any(
        wanted is not None and wanted != length for wanted, length in zip(shape, array.shape, strict=True)
    ):
        raise InvalidInstance(f"{name}_shape", array.shape)
    if array.size == 0:
        return array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise InvalidInstance(f"{name}_type", (str(array.dtype),))
    if array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
        raise InvalidInstance(f"{name}_out_of_range", rows_of(array.reshape(len(array), -1).max(1) > TOP_SCORE))
    return np.ascontiguousarray(array, dtype=np.int64)


def whole(name: str, value: Any) -> int:
    """The value as an int. Raises InvalidInstance with `<name>_type` for anything else, True and 3.0 included."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer):
        raise InvalidInstance(f"{name}_type", (type(value).__name__,))
    return int(value)


def rows_of(wrong: np.ndarray) -> tuple[int, ...]:
    return tuple(np.flatnonzero(wrong)[:ROWS_NAMED].tolist())


def in_order(values: Ints) -> bool:
    return bool((values[1:] > values[:-1]).all())


def refuse(code: str, wrong: np.ndarray) -> None:
    if wrong.any():
        raise InvalidInstance(code, rows_of(wrong))


@dataclass(frozen=True, eq=False)
class Instance:
    """Mentees 0 … mentees-1, mentors 0 … mentors-1, and the pairs that may be made.

    A pair that breaks a hard rule is absent from `pairs`; a score of 0 is the weakest pair that may be made.

    mentees, mentors: counts.
    pairs: int (E, 2), mentee and mentor, each pair once, in any order.
    scores: int (E,), 0 to 1,000,000. `bonus` below is in the same unit.
    capacity: int (mentors,), the most mentees of each.
    minimum: int (mentors,), the fewest mentees each should have; none where absent. It decides between matchings that
        are equally good otherwise, and never costs a pair or a point.
    needs: int (mentees,), how many mentors each is to get; 1 where absent.
    pinned: int (P, 2), pairs that are settled.
    keys: stable identifiers of the mentees and of the mentors, two sequences of text or numbers, for breaking ties
        and naming pins; the indices where absent.

    Raises InvalidInstance.
    """

    mentees: int
    mentors: int
    pairs: Ints
    scores: Ints
    capacity: Ints
    minimum: Ints = ABSENT
    needs: Ints = ABSENT
    pinned: Any = ()
    keys: tuple[Sequence, Sequence] = ABSENT
    # The row of each pin among the pairs.
    pinned_rows: Ints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for side in ("mentees", "mentors"):
            count = whole(side, getattr(self, side))
            if not 0 <= count <= MOST_PLACES:
                raise InvalidInstance(f"{side}_out_of_range", (count,))
            self._set(side, count)
        self._check_pairs()
        self._check_places()
        self._check_keys()
        self._check_pins()

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_pairs(self) -> None:
        pairs = integers("pairs", self.pairs, (None, 2))
        outside = (pairs < 0).any(axis=1) | (pairs[:, 0] >= self.mentees) | (pairs[:, 1] >= self.mentors)
        refuse("pairs_out_of_range", outside)
        codes = self.codes_of(pairs)
        # Pairs mostly come in order, and sorting a million of them takes as long as half a solve.
        if not in_order(codes):
            order = np.argsort(codes, kind="stable")
            repeated = np.zeros(len(codes), bool)
            repeated[order[1:]] = np.diff(codes[order]) == 0
            refuse("pairs_repeated", repeated)
        scores = integers("scores", self.scores, (len(pairs),))
        refuse("scores_out_of_range", (scores < 0) | (scores > TOP_SCORE))
        self._set("pairs", pairs)
        self._set("scores", scores)

    def _check_places(self) -> None:
        given = {"capacity": self.mentors, "minimum": self.mentors, "needs": self.mentees}
        for name, length in given.items():
            value = getattr(self, name)
            if value is None and name != "capacity":
                value = np.full(length, 1 if name == "needs" else 0, np.int64)
            places = integers(name, value, (length,))
            refuse(f"{name}_out_of_range", (places < 0) | (places > MOST_PLACES))
            self._set(name, places)
        refuse("minimum_above_capacity", self.minimum > self.capacity)
        if self.needs.sum() > MOST_PLACES:
            raise InvalidInstance("too_large", (int(self.needs.sum()),))

    def _check_keys(self) -> None:
        keys = (range(self.mentees), range(self.mentors)) if self.keys is None else self.keys
        try:
            sides = tuple(tuple(map(str, side)) for side in keys)
        except TypeError:
            raise InvalidInstance("keys_type") from None
        if [len(side) for side in sides] != [self.mentees, self.mentors]:
            raise InvalidInstance("keys_shape", tuple(len(side) for side in sides))
        for side in sides:
            if len(set(side)) < len(side):
                repeated = [key for key, count in Counter(side).items() if count > 1]
                raise InvalidInstance("keys_repeated", tuple(repeated[:ROWS_NAMED]))
        self._set("keys", sides)

    def _check_pins(self) -> None:
        pins = integers("pinned", self.pinned, (None, 2))
        inside = (pins >= 0).all(axis=1) & (pins < (self.mentees, self.mentors)).all(axis=1)
        known = pins[inside]
        rows = self.rows_of(known)
        mentee, mentor = known.T
        first = np.zeros(len(known), bool)
        first[np.unique(self.codes_of(known), return_index=True)[1]] = True
        asked = np.bincount(mentee[first], minlength=self.mentees)
        taken = np.bincount(mentor[first], minlength=self.mentors)
        wrong = {
            "repeated": ~first,
            "not_a_candidate": rows < 0,
            "mentee_has_enough": (asked > self.needs)[mentee],
            "mentor_is_full": (taken > self.capacity)[mentor],
        }
        reasons = np.full(len(pins), "unknown", object)
        reasons[inside] = np.select(list(wrong.values()), list(wrong), default="")
        if refused := [
            (
                *(keys[end] if 0 <= end < len(keys) else str(end) for keys, end in zip(self.keys, pin, strict=True)),
                reason,
            )
            for pin, reason in zip(pins.tolist(), reasons, strict=True)
            if reason
        ]:
            raise InvalidInstance("pins_cannot_hold", tuple(refused))
        self._set("pinned", pins)
        self._set("pinned_rows", rows)

    def codes_of(self, pairs: Ints) -> Ints:
        """One number for each pair: mentee * mentors + mentor."""
        return pairs[:, 0] * self.mentors + pairs[:, 1]

    def rows_of(self, pairs: Ints) -> Ints:
        """Where each of these pairs (K, 2) stands in `self.pairs`; -1 for those that may not be made."""
        if not len(self.pairs):
            return np.full(len(pairs), -1, np.int64)
        own, wanted = self.codes_of(self.pairs), self.codes_of(pairs)
        order = None if in_order(own) else np.argsort(own, kind="stable")
        at = np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)
        rows = at if order is None else order[at]
        return np.where(own[rows] == wanted, rows, -1)
