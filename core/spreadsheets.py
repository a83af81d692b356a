"""Rows for people's spreadsheets, as CSV."""

import csv
from collections.abc import Iterable, Iterator, Sequence

# What makes a spreadsheet take the text of a cell for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# So that spreadsheets read accents as they are.
MARK = "\ufeff"


class _Line:
    def write(self, line: str) -> str:
        return line


def rows_as_csv(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Line by line, so that nothing of it is kept. No cell is a formula."""
    writer = csv.writer(_Line())
    yield MARK
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])


def safe_cell(value: object) -> str:
    """The text of a cell, with an apostrophe before what would be taken for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0\u200b").startswith(FORMULA_SIGNS) else text
