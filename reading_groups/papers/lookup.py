"""What is known about a paper that somebody has named: by us, or by arXiv."""

from django.db.models import Q

from reading_groups.models import Paper
from reading_groups.papers import arxiv
from reading_groups.papers.rows import PaperRow


def look_up(row: PaperRow) -> tuple[PaperRow, Paper | None]:
    """The row with what is known, and the paper if it is ours. One that only says its title stays as it is.

    Raises ArxivIsSilent, ArxivIsAsked and ArxivKnowsNone for an arXiv id of which we know no more, within five seconds.
    """
    paper = _known(row)
    if paper is not None:
        return row_of(paper, place=row.place), paper
    if row.arxiv_id and not row.title:
        return arxiv.fetch(row.arxiv_id), None
    return row, None


def row_of(paper: Paper, *, place: str = "1") -> PaperRow:
    return PaperRow(
        place=place,
        title=paper.title,
        authors=tuple(paper.authors),
        authors_are_cut=paper.authors_are_cut,
        year=paper.year,
        venue=paper.venue,
        url=paper.url,
        arxiv_id=paper.arxiv_id,
        doi=paper.doi,
    )


def _known(row: PaperRow) -> Paper | None:
    """By an identifier, or by a link that only one paper has."""
    for named in (Q(arxiv_id=row.arxiv_id) if row.arxiv_id else None, Q(doi=row.doi) if row.doi else None):
        found = Paper.objects.filter(named).first() if named else None
        if found is not None:
            return found
    of_link = list(Paper.objects.filter(url=row.url)[:2]) if row.url and not row.title else []
    return of_link[0] if len(of_link) == 1 else None
