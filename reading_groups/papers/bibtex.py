"""BibTeX and BibLaTeX entries as rows of papers."""

import re

import bibtexparser
from bibtexparser.middlewares import NormalizeFieldKeys, RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import Block, DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock

from reading_groups.papers.identifiers import arxiv_id_of
from reading_groups.papers.latex import to_plain
from reading_groups.papers.rows import MOST_AUTHORS, PaperRow, RefusedRow, paper_row

# In the order in which they say best where a paper came out.
VENUES = ("journal", "journaltitle", "booktitle", "series", "publisher", "school", "institution", "howpublished")
LONGEST_AUTHORS = 50_000
MOST_TOLD = 60

_AND_OTHERS = "others"
_JOINED = re.compile(r'"\s*#\s*"')
_ESCAPED = re.compile(r"\\([_%#&~])")
_URL_COMMAND = re.compile(r"\\url\s*\{(.*)\}")


def rows_of(text: str) -> list[PaperRow | RefusedRow]:
    """Each entry of a BibTeX text, in order. What cannot be read is refused with its reason; comments are left out."""
    middlewares = [NormalizeFieldKeys(), ResolveStringReferencesMiddleware(), RemoveEnclosingMiddleware()]
    library = bibtexparser.parse_string(text, parse_stack=middlewares)
    blocks = [block for block in library.blocks if isinstance(block, Entry | ParsingFailedBlock)]
    return [_row(block, str(place)) for place, block in enumerate(blocks, start=1)]


def _row(block: Block, place: str) -> PaperRow | RefusedRow:
    if isinstance(block, Entry):
        return paper_row(_content(block), place)
    if isinstance(block, DuplicateBlockKeyBlock):
        reason = f"another entry has the key {block.key[:MOST_TOLD]}"
    elif isinstance(block, DuplicateFieldKeyBlock):
        reason = f"it states {', '.join(sorted(block.duplicate_keys))[:MOST_TOLD]} twice"
    else:
        reason = "it is no BibTeX that can be read; look for a comma, a brace or a quotation mark that is missing"
    return RefusedRow(place=place, title="", reason=reason)


def _content(entry: Entry) -> dict[str, object]:
    """An entry in the form that reading lists have."""
    fields = {key: _value(field.value) for key, field in entry.fields_dict.items()}
    year = fields.get("year") or fields.get("date", "")[:4]
    eprint = fields.get("eprint", "")
    names, are_cut = _names(fields.get("author") or fields.get("editor", ""))
    url = _link(fields.get("url", ""))
    return {
        "title": to_plain(fields.get("title", "")),
        "authors": names,
        "authors_truncated": are_cut,
        "year": year or None,
        "venue": to_plain(next((fields[name] for name in VENUES if fields.get(name)), "")),
        "doi": _ESCAPED.sub(r"\1", fields.get("doi", "")) or None,
        "arxiv_id": arxiv_id_of(eprint) or arxiv_id_of(url) or None,
        "url": url or None,
    }


def _value(value: object) -> str:
    """Texts joined by # are one."""
    text = str(value).strip()
    return _JOINED.sub("", text).strip('"') if _JOINED.search(text) else text


def _link(text: str) -> str:
    """A link as it is typed into a browser. It is not decoded as LaTeX, where % and ~ mean something else."""
    command = _URL_COMMAND.fullmatch(text)
    return _ESCAPED.sub(r"\1", command[1] if command else text).strip()


def _names(text: str) -> tuple[list[str], bool]:
    """Who wrote it, each with the given name first, and whether there are more."""
    people = split_multiple_persons_names(text[:LONGEST_AUTHORS])
    names = [_name(person) for person in people[:MOST_AUTHORS] if person != _AND_OTHERS]
    return names, _AND_OTHERS in people or len(people) > MOST_AUTHORS


def _name(person: str) -> str:
    try:
        parts = parse_single_name_into_parts(person, strict=False)
    except (InvalidNameError, RecursionError):
        return to_plain(person)
    return " ".join(to_plain(" ".join(part)) for part in (parts.first, parts.von, parts.last, parts.jr) if part)
