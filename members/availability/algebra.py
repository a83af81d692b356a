"""Weeks as arrays: plain numbers in and out, no database.

A concrete week runs from Monday 00:00 UTC and has 672 slots of 15 minutes, fine enough for the offset of every
zone. Each slot is looked up on the clocks of the place, so an hour that they skip is in no slot, and one
that they show twice is in both.

A slot is a byte, from 0 for not to 3 for rather, and not a bit for each strength: the weakest byte of several people is
what a bitwise "and" of them is for all strengths at once, while how many of them can, which everything but a plain
overlap asks for, is a sum that packed bits would have to be unpacked for again. What costs is to expand the weeks, not
to compare them; `make bench` shows both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from members.availability.marks import HALF_HOURS, monday_of

SLOT_MINUTES = 15
SLOT = timedelta(minutes=SLOT_MINUTES)
SLOTS = 672
SLOTS_A_DAY = 96
# Two times that are proposed together are on different days, wherever the people are.
APART = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True)
class CommonTime:
    """A time at which everybody can meet; `strength` is the weakest of their marks."""

    starts_at: datetime
    ends_at: datetime
    strength: int


def slot_of(moment: datetime, *, first_week: date) -> int:
    """The slot that the moment lies in, counted from the first week's beginning; negative before it."""
    return (moment - _beginning(first_week)) // SLOT


def start_of(slot: int, *, first_week: date) -> datetime:
    """The instant at which a slot begins."""
    return _beginning(first_week) + slot * SLOT


@lru_cache(maxsize=256)
def wall_half_hours(zone: str, first_week: date, weeks: int) -> np.ndarray:
    """Which half hour of the wall week each slot falls in: int64 of shape (weeks * 672,), 0 is Monday 00:00."""
    place, start = ZoneInfo(zone), _beginning(first_week)
    offsets = np.empty(weeks * SLOTS, np.int64)
    for first in range(0, weeks * SLOTS, SLOTS_A_DAY):
        last = first + SLOTS_A_DAY
        offset = _offset(start + first * SLOT, place)
        if offset == _offset(start + last * SLOT, place):
            # Nowhere do clocks change twice within a day.
            offsets[first:last] = offset
        else:
            offsets[first:last] = [_offset(start + slot * SLOT, place) for slot in range(first, last)]
    found = (np.arange(weeks * SLOTS) * SLOT_MINUTES + offsets) // 30 % HALF_HOURS
    found.setflags(write=False)
    return found


def expand(marks: str, *, zone: str, first_week: date, weeks: int) -> np.ndarray:
    """The marks of a typical week in concrete weeks: uint8 of shape (weeks, 672), values 0 to 3."""
    digits = np.frombuffer(marks.encode("ascii"), np.uint8) - ord("0")
    return digits[wall_half_hours(zone, monday_of(first_week), weeks)].reshape(weeks, SLOTS)


def overlap(people: np.ndarray) -> np.ndarray:
    """Where all can: (people, weeks, 672) to (weeks, 672), the weakest mark of any of them."""
    return people.min(axis=0)


def attendance(people: np.ndarray, *, at_least: int = 1) -> np.ndarray:
    """How many can: (people, weeks, 672) to int32 of (weeks, 672), those with a mark of at least that strength."""
    return (people >= at_least).sum(axis=0, dtype=np.int32)


def through(marks: np.ndarray, length: int) -> np.ndarray:
    """The weakest mark of the `length` slots that begin at each slot, along the last axis, which gets shorter by them.

    By doubling: what holds for two stretches that touch or overlap holds for the stretch of both.
    """
    covered = 1
    while covered < length:
        step = min(covered, length - covered)
        marks = np.minimum(marks[..., :-step], marks[..., step:])
        covered += step
    return marks


def slots_in(minutes: int) -> int:
    """How many slots a meeting of that length touches that begins with one."""
    return -(-minutes // SLOT_MINUTES)


def shared_minutes(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """For each pair, the minutes that both can in the worst of the weeks, in pieces of at least half an hour.

    (A, weeks, 672) and (B, weeks, 672), where anything but 0 means that somebody can, to int32 of shape (A, B).
    A piece may run across the end of a week; each of its slots counts in its own week.

    A slot counts where it and a neighbour are shared: shared with the one before, or with the one after, and twice
    counted with both. Each of the three is a product of something known of `a` alone and of `b` alone, so the sums
    over a week are one matrix product, exact in float32 as no sum exceeds 2 * 672.
    """
    left, right = _neighbourly(a), _neighbourly(b)
    # The third block is taken away again.
    left[:, :, 2 * SLOTS :] *= -1
    per_week = np.matmul(left.transpose(1, 0, 2), right.transpose(1, 2, 0))
    return per_week.min(axis=0).astype(np.int32) * SLOT_MINUTES


def best_starts(
    shared: np.ndarray, *, first_week: date, minutes: int, after: datetime | None = None
) -> list[CommonTime]:
    """Times of that length at which all can, (weeks, 672) as `overlap` gives it: the strongest first, then the soonest.

    No two begin within 20 hours of each other, and none begins before `after`.
    """
    length = slots_in(minutes)
    flat = shared.reshape(-1)
    if length > flat.size:
        return []
    strengths = through(flat, length)
    if after is not None:
        strengths = strengths.copy()
        strengths[: max(-(-(after - _beginning(first_week)) // SLOT), 0)] = 0
    starts = np.flatnonzero(strengths)
    order = np.lexsort((starts, -strengths[starts].astype(int)))
    chosen = _apart([int(slot) for slot in starts[order]])
    return [
        CommonTime(
            starts_at=start_of(slot, first_week=first_week),
            ends_at=start_of(slot, first_week=first_week) + timedelta(minutes=minutes),
            strength=int(strengths[slot]),
        )
        for slot in chosen
    ]


def _apart(slots: Iterable[int]) -> list[int]:
    chosen: list[int] = []
    for slot in slots:
        if all(abs(slot - other) * SLOT >= APART for other in chosen):
            chosen.append(slot)
    return chosen


def _neighbourly(people: np.ndarray) -> np.ndarray:
    """Side by side, for each slot of each week: can with the slot before, with the slot after, with both."""
    count, weeks, _slots = people.shape
    can = (people != 0).reshape(count, weeks * SLOTS)
    before, after = np.zeros_like(can), np.zeros_like(can)
    before[:, 1:] = can[:, 1:] & can[:, :-1]
    after[:, :-1] = before[:, 1:]
    blocks = [block.reshape(count, weeks, SLOTS) for block in (before, after, before & after)]
    return np.concatenate(blocks, axis=2).astype(np.float32)


def _offset(moment: datetime, place: ZoneInfo) -> int:
    """Minutes that clocks at the place are ahead of UTC."""
    offset = moment.astimezone(place).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=1)


def _beginning(first_week: date) -> datetime:
    monday = monday_of(first_week)
    return datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
