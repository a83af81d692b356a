"""A reading list as a file holds it, made into rows that can be written. Touches no database.

The form is `{"group", "tz"?, "sessions": [{"date"?, "time"?, "title"?, "papers": [{"title", "authors"?, "year"?,
"venue"?, "url"?, "arxiv_id"?, "doi"?, "part"?}]}]}`. A file that is not of this form is refused as a whole. Inside it
every row stands for itself: it is refused for a reason, or comes in, if need be without a part that cannot be read.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path

from reading_groups.importer.times import CannotReadTime, parse_times
from reading_groups.models import ReadingGroup, Session
from reading_groups.papers.rows import PaperRow, RefusedRow, clean, clean_title, length_of, paper_row, plain, quoted

MOST_BYTES = 20 * 1024 * 1024
MOST_SESSIONS = 5_000
MOST_PAPERS = 20_000
SESSION_YEARS = range(1900, 2201)


class NotAReadingList(Exception):
    """The file as a whole cannot be used; the message is one line that says why."""


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session, or without a date a heading over papers. `states_time` is true where the row itself says when."""

    place: str
    title: str
    held_on: date | None
    starts_at: time | None
    minutes: int | None
    states_time: bool
    papers: tuple[PaperRow | RefusedRow, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReadingList:
    group: str
    zone: str
    sessions: tuple[SessionRow | RefusedRow, ...]

    @property
    def has_times(self) -> bool:
        return any(isinstance(row, SessionRow) and row.starts_at is not None for row in self.sessions)

    def with_time(self, starts_at: time) -> "ReadingList":
        """Sessions that have a date and state no time start at this one; what could not be read stays without."""
        return self._each(
            lambda row: row.held_on is not None and not row.states_time,
            lambda row: replace(row, starts_at=starts_at),
        )

    def as_pool(self) -> "ReadingList":
        """The same papers without a schedule."""
        return self._each(
            lambda row: True, lambda row: replace(row, held_on=None, starts_at=None, minutes=None, without=())
        )

    def _each(self, applies, change) -> "ReadingList":
        return replace(
            self,
            sessions=tuple(
                change(row) if isinstance(row, SessionRow) and applies(row) else row for row in self.sessions
            ),
        )


def papers_in(row: SessionRow | RefusedRow) -> Iterator[PaperRow]:
    """The papers of a row that can come in."""
    return (paper for paper in getattr(row, "papers", ()) if isinstance(paper, PaperRow))


def read_bytes(path: Path) -> bytes:
    """What is in a file, after a look at its size. Raises NotAReadingList."""
    try:
        if not path.is_file():
            raise NotAReadingList(f"There is no file {path}.")
        if path.stat().st_size > MOST_BYTES:
            raise NotAReadingList(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it into several.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotAReadingList(f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.") from None


def parse(data: bytes) -> ReadingList:
    """The rows of a JSON text. Raises NotAReadingList."""
    if not data.strip():
        raise NotAReadingList("The file is empty.")
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise NotAReadingList(f"The file is not UTF-8 text: byte {error.start + 1} does not belong.") from None
    except json.JSONDecodeError as error:
        raise NotAReadingList(f"The file is not JSON: line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise NotAReadingList("The file is nested too deeply to be a reading list.") from None
    except ValueError:
        raise NotAReadingList("The file holds a number that is too long to be read.") from None
    return parse_content(content)


def parse_content(content: object) -> ReadingList:
    """The rows of what a JSON text holds. Raises NotAReadingList."""
    if not isinstance(content, dict) or not isinstance(content.get("sessions"), list):
        raise NotAReadingList("The file is no reading list: it must be an object with a list of “sessions”.")
    sessions = content["sessions"]
    papers = sum(len(_papers_of(session)) for session in sessions)
    if not sessions:
        raise NotAReadingList("The reading list has no sessions.")
    if len(sessions) > MOST_SESSIONS or papers > MOST_PAPERS:
        raise NotAReadingList(
            f"The reading list has more than {MOST_SESSIONS:,} sessions or {MOST_PAPERS:,} papers. Split it."
        )
    return ReadingList(
        group=clean(content.get("group"), length_of(ReadingGroup, "title"))[0],
        zone=clean(content.get("tz"), 64)[0],
        sessions=tuple(_session(session, str(number)) for number, session in enumerate(sessions, start=1)),
    )


def _session(content: object, place: str) -> SessionRow | RefusedRow:
    if not isinstance(content, dict):
        return RefusedRow(place=place, title="", reason="it is not an object")
    title, without = clean_title(content.get("title"), length_of(Session, "title"))
    held_on = _date(content.get("date"))
    if held_on is None and content.get("date") is not None:
        without.append(f"its date ({quoted(content['date'])} is not a date)")
    elif held_on is None:
        without.append("a date")
    times, states_time = None, content.get("time") not in (None, "")
    if states_time and held_on is not None:
        try:
            times = parse_times(plain(content["time"])[:60])
        except CannotReadTime as error:
            without.append(f"its time ({quoted(content['time'])} {error})")
    if not isinstance(content.get("papers", []), list):
        without.append("its papers (they are not a list)")
    papers = tuple(paper_row(paper, f"{place}.{n}") for n, paper in enumerate(_papers_of(content), start=1))
    if not title:
        if not any(isinstance(paper, PaperRow) for paper in papers):
            return RefusedRow(place=place, title=str(held_on or ""), reason="it has no title and no paper with one")
        without.append("a title")
    return SessionRow(
        place=place,
        title=title,
        held_on=held_on,
        starts_at=times.start if times else None,
        minutes=times.minutes if times else None,
        states_time=states_time,
        papers=papers,
        without=tuple(without),
    )


def _date(value: object) -> date | None:
    try:
        day = date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and day.year in SESSION_YEARS else None


def _papers_of(session: object) -> list:
    papers = session.get("papers") if isinstance(session, dict) else None
    return papers if isinstance(papers, list) else []
