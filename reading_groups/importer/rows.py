"""A reading list as a file holds it, made into rows that can be written. Touches no database.

The form is `{"group", "tz"?, "sessions": [{"date"?, "time"?, "title"?, "papers": [{"title", "authors"?, "year"?,
"venue"?, "url"?, "arxiv_id"?, "part"?}]}]}`. A file that is not of this form is refused as a whole. Inside it every
row stands for itself: it is refused for a reason, or comes in, if need be without a part that cannot be read.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model

from core.text import one_line
from reading_groups.importer.times import CannotReadTime, parse_times
from reading_groups.models import Paper, Reading, ReadingGroup, Session

MOST_BYTES = 20 * 1024 * 1024
MOST_SESSIONS = 5_000
MOST_PAPERS = 20_000
MOST_AUTHORS = 200
YEARS = range(1000, 2201)
SESSION_YEARS = range(1900, 2201)

_ARXIV_ID = r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV_FIELD = re.compile(rf"(?:arXiv:)?({_ARXIV_ID})(?:v\d+)?", re.IGNORECASE)
_ARXIV_LINK = re.compile(rf"https?://(?:\w+\.)?arxiv\.org/(?:abs|pdf|html)/({_ARXIV_ID})", re.IGNORECASE)
_ET_AL = re.compile(r"[\s,]+et\.?\s+al\.?$", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?P<block>br|p|div|h[1-6])\b[^<>]*>"
    r"|</?(?:a|b|i|u|em|strong|sub|sup|span|script|style|img|code|tt|small|font|svg|iframe)\b[^<>]*>"
    r"|(?:^|\s)</?[a-z]+\b[^<>]*$",
    re.IGNORECASE,
)
_is_link = URLValidator(schemes=["http", "https"])


class NotAReadingList(Exception):
    """The file as a whole cannot be used; the message is one line that says why."""


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A row that cannot come in. `place` is its number in the file: 12 is a session, 12.2 its second paper."""

    place: str
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaperRow:
    """A paper; `without` names each part that is missing or could not be read."""

    place: str
    title: str
    authors: tuple[str, ...] = ()
    authors_are_cut: bool = False
    year: int | None = None
    venue: str = ""
    url: str = ""
    arxiv_id: str = ""
    part: str = ""
    without: tuple[str, ...] = ()


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


def read_file(path: Path) -> ReadingList:
    """Parse a file, after a look at its size. Raises NotAReadingList."""
    try:
        if not path.is_file():
            raise NotAReadingList(f"There is no file {path}.")
        if path.stat().st_size > MOST_BYTES:
            raise NotAReadingList(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it into several.")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotAReadingList(f"The file cannot be opened: {getattr(error, 'strerror', None) or error}.") from None
    return parse(data)


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
        group=_clean(content.get("group"), _length(ReadingGroup, "title"))[0],
        zone=_clean(content.get("tz"), 64)[0],
        sessions=tuple(_session(session, str(number)) for number, session in enumerate(sessions, start=1)),
    )


def _session(content: object, place: str) -> SessionRow | RefusedRow:
    if not isinstance(content, dict):
        return RefusedRow(place=place, title="", reason="it is not an object")
    title, without = _title(content.get("title"), _length(Session, "title"))
    held_on = _date(content.get("date"))
    if held_on is None and content.get("date") is not None:
        without.append(f"its date ({_quoted(content['date'])} is not a date)")
    elif held_on is None:
        without.append("a date")
    times, states_time = None, content.get("time") not in (None, "")
    if states_time and held_on is not None:
        try:
            times = parse_times(_plain(content["time"])[:60])
        except CannotReadTime as error:
            without.append(f"its time ({_quoted(content['time'])} {error})")
    if not isinstance(content.get("papers", []), list):
        without.append("its papers (they are not a list)")
    papers = tuple(_paper(paper, f"{place}.{n}") for n, paper in enumerate(_papers_of(content), start=1))
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


def _paper(content: object, place: str) -> PaperRow | RefusedRow:
    if not isinstance(content, dict):
        return RefusedRow(place=place, title="", reason="it is not an object")
    title, without = _title(content.get("title"), _length(Paper, "title"))
    if not title:
        return RefusedRow(place=place, title=title, reason="it has no title")
    authors, authors_are_cut = _authors(content.get("authors"), without)
    url = _url(content.get("url"), without)
    return PaperRow(
        place=place,
        title=title,
        authors=authors,
        authors_are_cut=authors_are_cut or content.get("authors_truncated") is True,
        year=_year(content.get("year"), without),
        venue=_clean(content.get("venue"), _length(Paper, "venue"))[0],
        url=url,
        arxiv_id=_arxiv_id(content.get("arxiv_id"), url, without),
        part=_clean(content.get("part"), _length(Reading, "part"))[0],
        without=tuple(without),
    )


def _title(value: object, limit: int) -> tuple[str, list[str]]:
    """A title of one line without tags, and what it came without."""
    plain = _TAG.sub(lambda tag: " " if tag["block"] else "", value) if isinstance(value, str) else ""
    title, was_cut = _clean(plain, limit)
    without = ["the markup in its title"] if plain != (value or "") and title else []
    return title, without + (["the end of its title"] if was_cut else [])


def _date(value: object) -> date | None:
    try:
        day = date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day and day.year in SESSION_YEARS else None


def _year(value: object, without: list[str]) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{4}", text) and int(text) in YEARS:
        return int(text)
    without.append("a year" if value is None else f"its year ({_quoted(value)} is not a year)")
    return None


def _authors(value: object, without: list[str]) -> tuple[tuple[str, ...], bool]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        if value is not None:
            without.append("its authors (they are not a list of names)")
        return (), False
    cleaned = [_clean(name, _length(Paper, "authors"))[0] for name in names[:MOST_AUTHORS]]
    full = [_ET_AL.sub("", name) for name in cleaned]
    return tuple(name for name in full if name), full != cleaned or len(names) > MOST_AUTHORS


def _url(value: object, without: list[str]) -> str:
    if value is None or value == "":
        return ""
    url = value.strip() if isinstance(value, str) else ""
    try:
        if len(url) > _length(Paper, "url"):
            raise ValidationError("too long")
        _is_link(url)
    except ValidationError:
        without.append(f"its link ({_quoted(value)} is not a web address)")
        return ""
    return url


def _arxiv_id(value: object, url: str, without: list[str]) -> str:
    """The id without its version, as stated or as the link has it."""
    match = _ARXIV_FIELD.fullmatch(value.strip()) if isinstance(value, str) else None
    if value and not match:
        without.append(f"its arXiv id ({_quoted(value)} is not one)")
    match = match or _ARXIV_LINK.match(url)
    return match[1] if match else ""


def _papers_of(session: object) -> list:
    papers = session.get("papers") if isinstance(session, dict) else None
    return papers if isinstance(papers, list) else []


def _clean(value: object, limit: int) -> tuple[str, bool]:
    """Text of one line, at most so long, and whether its end was cut off."""
    if not isinstance(value, str):
        return "", False
    # A line of twenty megabytes is not worth looking at to its end.
    text = one_line(value[: 20 * limit])
    return text[:limit].strip(), len(text) > limit


def _plain(value: object) -> str:
    """A value as text; lists and objects, which may be nested deeply, are not looked into."""
    return str(value) if isinstance(value, str | int | float) else "[…]"


def _quoted(value: object) -> str:
    text = one_line(_plain(value)[:200])
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _length(model: type[Model], field: str) -> int:
    """How long a text the database takes."""
    found: Any = model._meta.get_field(field)
    return getattr(found, "base_field", found).max_length
