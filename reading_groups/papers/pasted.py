"""What somebody pastes to name a paper: an arXiv id, a DOI, a link, a BibTeX entry or an arXiv record."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from reading_groups.models import Paper
from reading_groups.papers import abs as records
from reading_groups.papers import bibtex
from reading_groups.papers.identifiers import arxiv_id_of, doi_of
from reading_groups.papers.rows import PaperRow, RefusedRow, length_of

# The longest entry with all its authors and an abstract; the parsers' time grows with what they are given.
LONGEST_PASTED = 20_000

_ENTRY = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)
_is_link = URLValidator(schemes=["http", "https"])


class CannotReadPaper(Exception):
    """What was pasted names no paper; the message says what to do."""


def read_pasted(text: str) -> PaperRow:
    """What a pasted text says about a paper. An identifier or a link alone has no title yet. Raises CannotReadPaper."""
    text = text.strip()
    if len(text) > LONGEST_PASTED:
        raise CannotReadPaper(
            _("This is longer than one paper needs. Paste a single entry, of at most 20,000 characters.")
        )
    if arxiv_id := arxiv_id_of(text):
        return PaperRow(place="1", title="", arxiv_id=arxiv_id)
    if doi := doi_of(text):
        return PaperRow(place="1", title="", doi=doi)
    if records.is_record(text):
        return _single([records.row_of(text)])
    if _ENTRY.search(text):
        return _single(bibtex.rows_of(text))
    return PaperRow(place="1", title="", url=_link(text))


def _single(rows: list[PaperRow | RefusedRow]) -> PaperRow:
    if len(rows) > 1:
        raise CannotReadPaper(_("There are %(n)s papers here. Add them one by one.") % {"n": len(rows)})
    for row in rows:
        if isinstance(row, RefusedRow):
            raise CannotReadPaper(_("This cannot be read: %(reason)s.") % {"reason": row.reason})
        return row
    raise CannotReadPaper(_("There is no BibTeX entry here that can be read. Look for a brace that is missing."))


def _link(text: str) -> str:
    """A link to a page that nobody but the reader opens. Raises CannotReadPaper."""
    try:
        if len(text) > length_of(Paper, "url"):
            raise ValidationError("too long")
        _is_link(text)
        urlsplit(text)
    except (ValidationError, ValueError):
        raise CannotReadPaper(
            _(
                "This is no arXiv id, DOI, web address, BibTeX entry or arXiv record. "
                "Look at it again, or type it in by hand."
            )
        ) from None
    return text
