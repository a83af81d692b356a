"""Files that hold papers: reading lists as JSON, BibTeX, arXiv records one by one or a folder of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reading_groups.importer.rows import MOST_PAPERS, NotAReadingList, ReadingList, SessionRow, parse, read_bytes
from reading_groups.models import ReadingGroup
from reading_groups.papers import abs as records
from reading_groups.papers import bibtex
from reading_groups.papers.rows import PaperRow, RefusedRow, clean, length_of

# The parser keeps several copies of what it reads.
MOST_BIBTEX_BYTES = 2 * 1024 * 1024


def read_file(path: Path) -> ReadingList:
    """The reading list of a file by its ending; what has no schedule is one heading over papers for the pool.

    Raises NotAReadingList.
    """
    if path.is_dir():
        files = sorted(path.glob("*.abs"))
        if not files:
            raise NotAReadingList(f"The folder {path} has no .abs file.")
        return _pool(path, [_record(file) for file in files])
    if path.suffix.lower() == ".abs":
        return _pool(path, [_record(path)])
    if path.suffix.lower() == ".bib":
        return _pool(path, _entries(path))
    return parse(read_bytes(path))


def _record(path: Path) -> PaperRow | RefusedRow:
    return records.row_of(_text(read_bytes(path)))


def _entries(path: Path) -> list[PaperRow | RefusedRow]:
    data = read_bytes(path)
    if len(data) > MOST_BIBTEX_BYTES:
        raise NotAReadingList(f"The file is larger than {MOST_BIBTEX_BYTES // 1024 // 1024} MB. Split it into several.")
    rows = bibtex.rows_of(_text(data))
    if not rows:
        raise NotAReadingList("The file has no BibTeX entry.")
    return rows


def _text(data: bytes) -> str:
    """Records and bibliographies from before UTF-8 are Latin-1, in which every byte means something."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _pool(path: Path, rows: Sequence[PaperRow | RefusedRow]) -> ReadingList:
    if len(rows) > MOST_PAPERS:
        raise NotAReadingList(f"There are more than {MOST_PAPERS:,} papers. Split them.")
    papers = tuple(replace(row, place=f"1.{number}") for number, row in enumerate(rows, start=1))
    title = clean(path.stem, length_of(ReadingGroup, "title"))[0]
    heading = SessionRow(
        place="1", title=title, held_on=None, starts_at=None, minutes=None, states_time=False, papers=papers
    )
    return ReadingList(group="", zone="", sessions=(heading,))
