"""Polls of elsewhere: the export of Doodle as CSV, or the same as JSON, read and kept as a closed poll."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from core.clock import NoSuchTime, TimeComesTwice, check_wall_time, city_of, instant_of
from core.text import one_line
from members.availability.actions import lock_member
from members.availability.polls.actions import MOST_PEOPLE, write_times
from members.availability.polls.marks import IF_NEEDED, LONGEST, MOST_TIMES, NO, SHORTEST, YES
from members.availability.polls.models import Ballot, Poll
from members.availability.polls.ranking import Tally, ranked, tallies
from members.availability.polls.times import Slot
from members.models import Member

LARGEST_FILE = 2_000_000
WORDS = {"yes": YES, "if_need_be": IF_NEEDED, "if_needed": IF_NEEDED, "maybe": IF_NEEDED, "no": NO, "": NO}
CSV_WORDS = {"OK": YES, "(OK)": IF_NEEDED, "": NO}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_MONTH = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{4})")
_DAY = re.compile(r"(?:[A-Za-z]+\.? )?(\d{1,2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*([AaPp][Mm])?")


class CannotReadPoll(Exception):
    """The file is no such poll; says why in one line."""


@dataclass(frozen=True, kw_only=True)
class FileTime:
    """A time as the file has it: a day, and what clocks show, in a zone that it may not name."""

    day: date
    start: time
    end: time

    @property
    def minutes(self) -> int:
        start, end = (at.hour * 60 + at.minute for at in (self.start, self.end))
        # Until midnight, or past it.
        return (end - start) % (24 * 60)


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """A time, counted from 0 as in the file, of which the file's own counts say something else than its rows."""

    position: int
    said: tuple[int, ...]
    tally: Tally

    def __str__(self) -> str:
        rows = (self.tally.yes, self.tally.if_needed, self.tally.no)
        return "Slot {}: the file counts {} yes, {} if needed, {} no; its rows say {}, {}, {}.".format(
            self.position, *self.said, *rows
        )


@dataclass(frozen=True, kw_only=True)
class PollFile:
    title: str
    zone: str
    times: list[FileTime]
    people: list[tuple[str, str]]
    counts: list[tuple[int, ...]]

    @property
    def tallies(self) -> list[Tally]:
        return tallies([marks for _name, marks in self.people], len(self.times))

    @property
    def best(self) -> list[Tally]:
        return ranked(self.tallies)

    @property
    def people_counted(self) -> int:
        """How many people the file's own counts are of; as many as have rows where it counts nobody."""
        sums = Counter(sum(said) for said in self.counts)
        return max(sums, key=lambda n: sums[n], default=len(self.people))

    @property
    def mismatches(self) -> list[Mismatch]:
        """Where the file's counts differ from its rows, beside people who have no row and say no."""
        missing = self.people_counted - len(self.people)
        return [
            Mismatch(position=tally.position, said=said, tally=tally)
            for tally, said in zip(self.tallies, self.counts, strict=False)
            if said != (tally.yes, tally.if_needed, tally.no + missing)
        ]


def read_poll(content: bytes) -> PollFile:
    """A poll in JSON or CSV. Raises CannotReadPoll."""
    if len(content) > LARGEST_FILE:
        raise CannotReadPoll("The file is larger than 2 MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotReadPoll("The file is not text in UTF-8.") from None
    try:
        found = _read_json(text) if text.lstrip().startswith("{") else _read_csv(text)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, csv.Error) as error:
        raise CannotReadPoll(f"The file is no poll as Doodle exports it: {error}.") from None
    _check(found)
    return found


@transaction.atomic
def import_poll(
    *, actor: Member, file: PollFile, zone: str, title: str = "", shows_names: bool = False, now: datetime
) -> Poll:
    """Keep a poll that was held elsewhere as a closed one of the actor's, with its answers as those of guests.

    Names are kept only where the poll is to show them. The same file again is the same poll. Raises CannotReadPoll
    where its times are none in that zone. Sends nothing.
    """
    lock_member(actor)
    key = uuid5(NAMESPACE_URL, f"{actor.pk} {zone} {shows_names} {file!r}")
    known = Poll.objects.filter(key=key).first()
    if known is not None:
        return known
    slots = [Slot(starts_at=_instant(at, zone)) for at in file.times]
    if len(set(slots)) < len(slots):
        raise CannotReadPoll("Two of the times are the same.")
    order = sorted(range(len(slots)), key=lambda position: slots[position].order)
    poll = Poll.objects.create(
        key=key,
        title=one_line(title or file.title)[:140] or "Poll",
        zone=zone,
        minutes=file.times[0].minutes,
        shows_names=shows_names,
        opened_at=now,
        closes_at=now,
        closed_at=now,
    )
    poll.organizers.add(actor)
    write_times(poll, [slots[position] for position in order])
    Ballot.objects.bulk_create(
        Ballot(
            poll=poll,
            is_guest=True,
            name=one_line(name)[:120] if shows_names else "",
            marks="".join(marks[position] for position in order),
            answered_at=now,
        )
        for name, marks in file.people
    )
    return poll


def _instant(at: FileTime, zone: str) -> datetime:
    words = f"{at.day} {at.start:%H:%M}"
    try:
        check_wall_time(at.day, at.start, zone)
    except NoSuchTime:
        raise CannotReadPoll(f"Clocks in {city_of(zone)} skip {words}.") from None
    except TimeComesTwice:
        raise CannotReadPoll(f"Clocks in {city_of(zone)} show {words} twice.") from None
    return instant_of(at.day, at.start, zone)


def _check(file: PollFile) -> None:
    if not file.times:
        raise CannotReadPoll("The file has no times.")
    if len(file.times) > MOST_TIMES:
        raise CannotReadPoll(f"The file has {len(file.times)} times; a poll has at most {MOST_TIMES}.")
    if len(file.people) > MOST_PEOPLE:
        raise CannotReadPoll(f"The file has {len(file.people)} people; a poll has at most {MOST_PEOPLE}.")
    lengths = {at.minutes for at in file.times}
    if len(lengths) > 1:
        raise CannotReadPoll("The times are not equally long.")
    if not SHORTEST <= lengths.pop() <= LONGEST:
        raise CannotReadPoll(f"The times are shorter than {SHORTEST} or longer than {LONGEST} minutes.")
    if any(at.day.year < 1971 or at.day.year > 2200 for at in file.times):
        raise CannotReadPoll("A date is too far away.")
    for name, marks in file.people:
        if len(marks) != len(file.times):
            raise CannotReadPoll(f"The row of {name[:60]!r} has {len(marks)} answers for {len(file.times)} times.")


def _read_json(text: str) -> PollFile:
    data = json.loads(text)
    times = [
        FileTime(day=date.fromisoformat(slot["date"]), start=_clock(slot["start"]), end=_clock(slot["end"]))
        for slot in data["slots"]
    ]
    people = [(str(row["id"]), "".join(WORDS[answer] for answer in row["answers"])) for row in data["respondents"]]
    return PollFile(
        title=str(data.get("poll") or ""),
        zone=str(data.get("timezone") or ""),
        times=times,
        people=people,
        counts=[_counts(cell) for cell in data.get("count_row_yes_maybe_no") or ()],
    )


def _read_csv(text: str) -> PollFile:
    rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text))]
    title = re.sub(r'^Poll\s+"?(.*?)"?$', r"\1", rows[0][0])
    at = next((n for n, row in enumerate(rows) if any(_MONTH.fullmatch(cell) for cell in row[1:])), None)
    if at is None:
        raise ValueError("no row names a month")
    months, days, hours = _carried(rows[at]), _carried(rows[at + 1]), rows[at + 2][1:]
    times = [_csv_time(*cells) for cells in zip(months, days, hours, strict=True) if cells[2]]
    people, counts = [], []
    for row in rows[at + 3 :]:
        answers = row[1 : len(times) + 1]
        if row[0] == "Count":
            counts = [_counts(cell) for cell in answers]
        elif any(row):
            # A star marks whoever organized the poll.
            people.append((row[0].lstrip("*"), "".join(CSV_WORDS[answer] for answer in answers)))
    return PollFile(title=title, zone="", times=times, people=people, counts=counts)


def _carried(row: Sequence[str]) -> list[str]:
    """What each cell belongs to: a heading stands in the first of its cells alone."""
    found, last = [], ""
    for cell in row[1:]:
        last = cell or last
        found.append(last)
    return found


def _csv_time(month: str, day: str, hours: str) -> FileTime:
    in_month, on_day = _MONTH.fullmatch(month), _DAY.fullmatch(day)
    first, dash, last = re.split(r"\s*([–—-])\s*", hours, maxsplit=1)
    if in_month is None or on_day is None or not dash:
        raise ValueError(f"{month} {day} {hours} is no time")
    on = date(int(in_month[2]), MONTHS.index(in_month[1].lower()) + 1, int(on_day[1]))
    return FileTime(day=on, start=_clock(first), end=_clock(last))


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:20]!r} is no time of day")
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(0 if (hour, minute) == (24, 0) else hour, minute)


def _counts(cell: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in str(cell).split(":"))
