"""What a calendar file says of a typical week: the half hours that are often taken.

Only instants come out of the file, and they are forgotten once the week is drawn. Nothing of it is stored or logged.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.conf import settings

from members.availability.algebra import SLOT, SLOTS, slot_of, start_of, wall_half_hours
from members.availability.marks import EMPTY, HALF_HOURS, HALF_HOURS_A_DAY, monday_of

LARGEST_FILE = 5 * 1024**2
# How far ahead a calendar is read, and in how many of these weeks a half hour is taken before it counts as taken.
WEEKS = 8
OFTEN = 3
# Longer than the reader gives itself, which ends by itself.
LONGEST_WAIT = timedelta(seconds=20)
# What an empty week is taken to be before a calendar is subtracted from it: from 8:00 to 22:00, every day.
WAKING = ("0" * 16 + "2" * 28 + "0" * 4) * 7
assert len(WAKING) == HALF_HOURS == HALF_HOURS_A_DAY * 7


class CannotReadCalendar(Exception):
    """Nothing can be told from the file; `reason` is not_a_calendar, truncated, nothing_readable or too_much."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Marks without the half hours that are often taken, how many that took, and entries that could not be read."""

    marks: str
    taken: int
    read: int
    unread: int


def suggest(content: bytes, *, marks: str, zone: str, today: date) -> Suggestion:
    """The marks, less what a calendar file fills in three or more of the next eight weeks. Raises CannotReadCalendar.

    An empty week starts from the waking hours. The file is read by a process of its own, which is stopped where it
    takes too much time or memory.
    """
    first_week = monday_of(today)
    start = start_of(0, first_week=first_week)
    found = _read(content, zone, start, start + timedelta(weeks=WEEKS))
    taken = often_taken(
        [(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in found["busy"]],
        zone=zone,
        first_week=first_week,
    )
    before = WAKING if marks == EMPTY else marks
    after = "".join("0" if is_taken else mark for mark, is_taken in zip(before, taken, strict=True))
    gone = sum(mark != kept for mark, kept in zip(before, after, strict=True))
    return Suggestion(marks=after, taken=gone, read=found["read"], unread=found["unread"])


def often_taken(busy: list[tuple[datetime, datetime]], *, zone: str, first_week: date) -> np.ndarray:
    """Which half hours of the wall week are taken, even in part, in three or more weeks: bool of shape (336,)."""
    slots = np.zeros(WEEKS * SLOTS, bool)
    for first, last in busy:
        after = -(-(last - start_of(0, first_week=first_week)) // SLOT)
        slots[max(slot_of(first, first_week=first_week), 0) : max(after, 0)] = True
    half_hours = wall_half_hours(zone, first_week, WEEKS).reshape(WEEKS, SLOTS)
    weeks = np.zeros(HALF_HOURS, int)
    for own, is_taken in zip(half_hours, slots.reshape(WEEKS, SLOTS), strict=True):
        weeks[np.unique(own[is_taken])] += 1
    return weeks >= OFTEN


def _read(content: bytes, zone: str, start: datetime, end: datetime) -> dict:
    command = [
        sys.executable,
        "-m",
        "members.availability.weeks.calendar_file",
        zone,
        start.isoformat(),
        end.isoformat(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 The command is ours, and the file comes in by its standard input.
            command,
            input=content,
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={},
            timeout=LONGEST_WAIT.total_seconds(),
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        # What it wrote to its error stream could quote the file, so it goes nowhere.
        raise CannotReadCalendar("too_much") from None
    found = json.loads(done.stdout)
    if "failure" in found:
        raise CannotReadCalendar(found["failure"])
    return found
