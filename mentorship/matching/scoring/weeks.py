"""Time that two people share in a week, for everybody with everybody at once."""

from collections.abc import Iterable

import numpy as np

from mentorship.matching.instance import Ints, InvalidInstance
from mentorship.matching.scoring.people import MOST_MINUTES, People

# Pairs that are worked on at once: few enough for the cache.
BLOCK = 20_000


def as_slots(masks: Iterable[int], slots: int) -> np.ndarray:
    """Weeks given as whole numbers, bit 0 being the first slot, as bool (count, slots)."""
    size = (slots + 7) // 8
    packed = b"".join(mask.to_bytes(size, "little") for mask in masks)
    rows = np.frombuffer(packed, np.uint8).reshape(-1, size)
    return np.unpackbits(rows, axis=1, count=slots, bitorder="little").astype(bool)


def shared_minutes(mentees: People, mentors: People, stretch: int = 60) -> Ints:
    """Minutes a week that each mentee shares with each mentor in stretches of at least `stretch` minutes, int32 (n, m):
    the least over the round's weeks, since a pair must meet in each of them; -1 where one of the two did not state any.

    A stretch of r slots holds r-L+1 windows of L slots and r-L of L+1, so it is L times the first minus L-1 times the
    second; and a window is shared if each of the two has it. So counting windows that both have is enough. Weeks go
    round. Raises InvalidInstance where the two sides have different weeks.
    """
    shape = (mentees.count, mentors.count)
    if mentees.weeks is None or mentors.weeks is None:
        return np.full(shape, -1, np.int32)
    weeks, _count, slots = mentees.weeks.shape
    if (weeks, slots) != (mentors.weeks.shape[0], mentors.weeks.shape[2]) or MOST_MINUTES % slots:
        raise InvalidInstance("weeks_shape", (mentees.weeks.shape, mentors.weeks.shape))
    length = MOST_MINUTES // slots
    window = min(max(1, -(-stretch // length)), slots)
    least = np.full(shape, slots, np.int32)
    for wanted, offered in zip(mentees.weeks, mentors.weeks, strict=True):
        shared = _shared_windows(wanted, offered, window).astype(np.int32)
        if window > 1:
            shared *= window
            shared -= (window - 1) * _shared_windows(wanted, offered, window + 1).astype(np.int32)
        np.minimum(least, shared, out=least)
    stated = mentees.weeks.any(axis=(0, 2))[:, None] & mentors.weeks.any(axis=(0, 2))
    return np.where(stated, least * np.int32(length), np.int32(-1))


def _shared_windows(wanted: np.ndarray, offered: np.ndarray, length: int) -> Ints:
    """How many windows of so many slots each of one side shares with each of the other, uint16 (n, m).

    64 slots at a time: a product of two matrices of numbers does the same at a fraction of the speed.
    """
    mentees, mentors = _windows(wanted, length), _windows(offered, length)
    words = np.flatnonzero(mentees.any(axis=0) & mentors.any(axis=0))
    theirs = np.ascontiguousarray(mentors.T)
    shared = np.zeros((len(wanted), len(offered)), np.uint16)
    step = max(1, BLOCK // max(1, len(offered)))
    for start in range(0, len(wanted), step):
        rows = shared[start : start + step]
        both, count = np.empty(rows.shape, np.uint64), np.empty(rows.shape, np.uint8)
        for word in words:
            np.bitwise_and(mentees[start : start + step, word, None], theirs[word], out=both)
            rows += np.bitwise_count(both, out=count)
    return shared


def _windows(week: np.ndarray, length: int) -> np.ndarray:
    """At which slots so many free ones begin, as uint64 (count, words)."""
    starts = week.copy()
    for step in range(1, length):
        starts &= np.roll(week, -step, axis=1)
    packed = np.packbits(starts, axis=1)
    return np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8))).view(np.uint64)
