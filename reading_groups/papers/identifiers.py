"""The names that papers have everywhere, each in one spelling: arXiv ids and DOIs, as stated or inside of a link."""

import re
from urllib.parse import unquote

# Since 2007 a month and a number, before that an archive, for some with a subject class, and a number.
_ARXIV_ID = r"\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV = re.compile(rf"(?:arXiv:\s*)?({_ARXIV_ID})(?:v\d+)?(?:\s*\[[\w.-]+\])?", re.IGNORECASE)
_ARXIV_LINK = re.compile(
    rf"(?:https?://)?(?:[\w-]+\.)*arxiv\.org/(?:abs|pdf|html|format)/({_ARXIV_ID})(?:v\d+)?(?:\.pdf)?/?(?:[?#].*)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:doi:?\s*)?(10\.\d{4,9}/\S{1,180})", re.IGNORECASE)
_DOI_LINK = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/(10\.\d{4,9}/\S{1,180})", re.IGNORECASE)
# What arXiv registers for its own papers.
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.({_ARXIV_ID})", re.IGNORECASE)


def arxiv_id_of(text: str) -> str:
    """The arXiv id that a text is, or links to, without its version and subject class; empty where it is none."""
    text = text.strip()
    found = _ARXIV.fullmatch(text) or _ARXIV_LINK.fullmatch(text) or _ARXIV_DOI.fullmatch(doi_of(text))
    return canonical_arxiv_id(found[1]) if found else ""


def canonical_arxiv_id(stated: str) -> str:
    """One spelling for each: math.GT/0309136 is math/0309136."""
    archive, slash, number = stated.lower().rpartition("/")
    return f"{archive.partition('.')[0]}{slash}{number}"


def doi_of(text: str) -> str:
    """The DOI that a text is, or links to, in small letters, since case means nothing in it; empty where it is none."""
    text = text.strip()
    found = _DOI_LINK.fullmatch(text)
    doi = unquote(found[1]) if found else ""
    found = _DOI.fullmatch(doi or text)
    return found[1].lower().rstrip(".,;") if found else ""
