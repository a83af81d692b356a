"""When two papers are one. Identifiers decide first; these rules are for what is called the same."""

from core.text import fold, title_key
from reading_groups.models import Paper
from reading_groups.papers.rows import PaperRow

WORDS_THAT_TELL = 4

type Described = Paper | PaperRow


def is_same(one: Described, other: Described) -> bool:
    """Whether two papers of one title are one, where nobody can be asked.

    Authors decide where both name them; else the year, which may be unknown, and under a short title such as
    “Differential privacy”, that many may have, the link as well.
    """
    if contradict(one, other):
        return False
    if one.authors and other.authors:
        return bool(_family_names(one.authors[0]) & _family_names(other.authors[0]))
    if len(title_key(one.title).split()) < WORDS_THAT_TELL:
        return (one.year, one.url) == (other.year, other.url)
    return one.year is None or other.year is None or one.year == other.year


def contradict(one: Described, other: Described) -> bool:
    """Whether both have an arXiv id and not the same one. Two DOIs may be a preprint's and its publisher's."""
    return bool(one.arxiv_id and other.arxiv_id and one.arxiv_id != other.arxiv_id)


def _family_names(author: str) -> set[str]:
    """The words of a name that are no initials: one list gives initials, another first names."""
    return {word for word in title_key(author).split() if len(word) > 1} or {fold(author)}
