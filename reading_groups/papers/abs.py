"""Records of arXiv as its .abs files hold them, as rows of papers.

A record has its fields and its abstract between lines of two backslashes; a field may go on in lines that begin with
spaces. The format of the authors is that of arXiv: with commas or “and” between them, places of work in brackets.
"""

import re

from reading_groups.papers.identifiers import arxiv_id_of
from reading_groups.papers.latex import to_plain
from reading_groups.papers.rows import PaperRow, RefusedRow, paper_row

_BORDER = "\\\\"
_FIELD = re.compile(r"([A-Z][A-Za-z-]*(?: \(revised v\d+\))?|arXiv):\s*(.*)")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_BETWEEN = re.compile(r"\s*(?:;|,?\s+and\s+|,?\s+\\?&\s+|,)\s*")
_TEAM = re.compile(r"(.*\b(?:collaboration|consortium|group|team)s?)\s*:\s*(.*)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?:Jr|Sr|I{2,3}|IV)\.?")
_YEAR = re.compile(r"\b(19\d\d|20\d\d)\b")
# How deep brackets in brackets are taken out.
DEEPEST = 5


def is_record(text: str) -> bool:
    return bool(re.search(r"^arXiv:", text, re.MULTILINE) and re.search(r"^Title:", text, re.MULTILINE))


def row_of(text: str, place: str = "1") -> PaperRow | RefusedRow:
    """The paper of one record; refused where it has no id or no title."""
    fields = _fields(text)
    arxiv_id = arxiv_id_of(fields.get("arXiv", ""))
    if not arxiv_id:
        return RefusedRow(place=place, title=to_plain(fields.get("Title", ""))[:200], reason="it has no arXiv id")
    year = _YEAR.search(fields.get("Date", ""))
    doi = fields.get("DOI", "").split()
    return paper_row(
        {
            "title": to_plain(fields.get("Title", "")),
            "authors": names_of(fields.get("Authors", "")),
            "year": year[1] if year else None,
            "venue": to_plain(fields.get("Journal-ref", "")),
            "doi": doi[0] if doi else None,
            "arxiv_id": arxiv_id,
        },
        place,
    )


def _fields(text: str) -> dict[str, str]:
    """The fields of the record's head by their names; of one that is repeated, the first."""
    fields: dict[str, str] = {}
    name, borders = "", 0
    for line in text.splitlines():
        if line.strip() == _BORDER:
            borders += 1
            if borders == 2:
                break
        elif line[:1].isspace():
            if name:
                fields[name] += f" {line.strip()}"
        elif found := _FIELD.match(line):
            name = "" if found[1] in fields else found[1]
            if name:
                fields[name] = found[2].strip()
        else:
            name = ""
    return fields


def names_of(text: str) -> list[str]:
    """The authors, one by one, without their places of work."""
    for _depth in range(DEEPEST):
        text = _IN_BRACKETS.sub("", text)
    team = _TEAM.match(text)
    parts = ([team[1]] if team else []) + _BETWEEN.split(team[2] if team else text)
    names: list[str] = []
    for part in parts:
        name = to_plain(part.strip(" ;,"))
        if names and _SUFFIX.fullmatch(name):
            names[-1] += f" {name}"
        elif name:
            names.append(name)
    return names
