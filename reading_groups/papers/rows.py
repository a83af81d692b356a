"""A paper as somebody gives it, in a file or on a page, made into a row that can be written. Touches no database."""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model

from core.text import one_line
from reading_groups.models import Paper, Reading
from reading_groups.papers.identifiers import arxiv_id_of, doi_of

MOST_AUTHORS = 200
YEARS = range(1000, 2201)

_ET_AL = re.compile(r"[\s,]+et\.?\s+al\.?$", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?P<block>br|p|div|h[1-6])\b[^<>]*>"
    r"|</?(?:a|b|i|u|em|strong|sub|sup|span|script|style|img|code|tt|small|font|svg|iframe)\b[^<>]*>"
    r"|(?:^|\s)</?[a-z]+\b[^<>]*$",
    re.IGNORECASE,
)
_is_link = URLValidator(schemes=["http", "https"])


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
    doi: str = ""
    part: str = ""
    without: tuple[str, ...] = ()


def paper_row(content: object, place: str) -> PaperRow | RefusedRow:
    """A paper in the form that reading lists have, with what cannot be read of it left out and named."""
    if not isinstance(content, dict):
        return RefusedRow(place=place, title="", reason="it is not an object")
    title, without = clean_title(content.get("title"), length_of(Paper, "title"))
    if not title:
        return RefusedRow(place=place, title=title, reason="it has no title")
    authors, authors_are_cut = _authors(content.get("authors"), without)
    url = _url(content.get("url"), without)
    doi = content.get("doi")
    return PaperRow(
        place=place,
        title=title,
        authors=authors,
        authors_are_cut=authors_are_cut or content.get("authors_truncated") is True,
        year=_year(content.get("year"), without),
        venue=clean(content.get("venue"), length_of(Paper, "venue"))[0],
        url=url,
        arxiv_id=_arxiv_id(content.get("arxiv_id") or (doi if arxiv_id_of(str(doi)) else None), url, without),
        doi=_doi(doi, url, without),
        part=clean(content.get("part"), length_of(Reading, "part"))[0],
        without=tuple(without),
    )


def clean_title(value: object, limit: int) -> tuple[str, list[str]]:
    """A title of one line without tags, and what it came without."""
    plain = _TAG.sub(lambda tag: " " if tag["block"] else "", value) if isinstance(value, str) else ""
    title, was_cut = clean(plain, limit)
    without = ["the markup in its title"] if plain != (value or "") and title else []
    return title, without + (["the end of its title"] if was_cut else [])


def _year(value: object, without: list[str]) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{4}", text) and int(text) in YEARS:
        return int(text)
    without.append("a year" if value is None else f"its year ({quoted(value)} is not a year)")
    return None


def _authors(value: object, without: list[str]) -> tuple[tuple[str, ...], bool]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        if value is not None:
            without.append("its authors (they are not a list of names)")
        return (), False
    cleaned = [clean(name, length_of(Paper, "authors"))[0] for name in names[:MOST_AUTHORS]]
    full = [_ET_AL.sub("", name) for name in cleaned]
    return tuple(name for name in full if name), full != cleaned or len(names) > MOST_AUTHORS


def _url(value: object, without: list[str]) -> str:
    if value is None or value == "":
        return ""
    url = value.strip() if isinstance(value, str) else ""
    try:
        if len(url) > length_of(Paper, "url"):
            raise ValidationError("too long")
        _is_link(url)
    except ValidationError:
        without.append(f"its link ({quoted(value)} is not a web address)")
        return ""
    return url


def _arxiv_id(value: object, url: str, without: list[str]) -> str:
    """The id without its version, as stated or as the link has it."""
    stated = arxiv_id_of(value) if isinstance(value, str) else ""
    if value and not stated:
        without.append(f"its arXiv id ({quoted(value)} is not one)")
    return stated or arxiv_id_of(url)


def _doi(value: object, url: str, without: list[str]) -> str:
    """The DOI as stated or as the link has it, but for those that name a paper on arXiv, which have their id."""
    stated = doi_of(value) if isinstance(value, str) else ""
    if value and not stated:
        without.append(f"its DOI ({quoted(value)} is not one)")
    found = stated or doi_of(url)
    return "" if arxiv_id_of(found) else found


def clean(value: object, limit: int) -> tuple[str, bool]:
    """Text of one line, at most so long, and whether its end was cut off."""
    if not isinstance(value, str):
        return "", False
    # A line of twenty megabytes is not worth looking at to its end.
    text = one_line(value[: 20 * limit])
    return text[:limit].strip(), len(text) > limit


def plain(value: object) -> str:
    """A value as text; lists and objects, which may be nested deeply, are not looked into."""
    return str(value) if isinstance(value, str | int | float) else "[…]"


def quoted(value: object) -> str:
    text = one_line(plain(value)[:200])
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def length_of(model: type[Model], field: str) -> int:
    """How long a text the database takes."""
    found: Any = model._meta.get_field(field)
    return getattr(found, "base_field", found).max_length
