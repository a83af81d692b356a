"""Asking arXiv for a paper by its id, through the query interface that arXiv documents for programs.

Nothing here is needed: where arXiv is slow, down or switched off, people type what they know. It asks programs for at
most one request at a time and one in three seconds, and for keeping what it has answered.
"""

import http.client
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import asdict
from time import monotonic
from urllib.parse import urlencode
from xml.etree import ElementTree

from django.conf import settings
from django.core.cache import cache

from reading_groups.papers.identifiers import arxiv_id_of
from reading_groups.papers.latex import to_plain
from reading_groups.papers.rows import PaperRow, RefusedRow, paper_row

# All of it: looking up the address, connecting, waiting, reading.
SECONDS_AT_MOST = 4.5
SECONDS_BETWEEN = 3
SECONDS_KEPT = 24 * 60 * 60
MOST_BYTES = 512 * 1024
MOST_PIECE = 64 * 1024

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"

# A time-out of a connection is one for each step of it, and none for looking up its address. So somebody else waits.
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="arxiv")


class ArxivIsSilent(Exception):
    """arXiv did not answer in time, or not with what it documents. One may ask again later."""


class ArxivIsAsked(Exception):
    """arXiv is asked by somebody else just now; one may ask again in a few seconds."""


class ArxivKnowsNone(Exception):
    """arXiv has no paper of this id."""


def fetch(arxiv_id: str) -> PaperRow:
    """What arXiv says about a paper, from its answer of the last day where there is one.

    Takes five seconds at most. Raises ArxivIsSilent, ArxivIsAsked and ArxivKnowsNone.
    """
    if not settings.ARXIV_API_URL:
        raise ArxivIsSilent("it is switched off here")
    key = f"arxiv:{arxiv_id}"
    kept = _from_cache(lambda: cache.get(key))
    if kept is not None:
        return PaperRow(**kept)
    if not _from_cache(lambda: cache.add("arxiv-turn", 1, timeout=SECONDS_BETWEEN)):
        raise ArxivIsAsked
    asked: Future[bytes] = _worker.submit(_ask, arxiv_id)
    try:
        answer = asked.result(timeout=SECONDS_AT_MOST)
    except TookTooLong:
        asked.cancel()
        raise ArxivIsSilent("it took too long") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ArxivIsSilent(str(error)) from None
    row = read_answer(answer, arxiv_id)
    _from_cache(lambda: cache.set(key, asdict(row), timeout=SECONDS_KEPT))
    return row


def read_answer(answer: bytes, arxiv_id: str) -> PaperRow:
    """The paper that an answer describes. Raises ArxivIsSilent where it is no such answer, and ArxivKnowsNone."""
    if b"<!DOCTYPE" in answer or b"<!ENTITY" in answer:
        raise ArxivIsSilent("its answer is no feed")
    try:
        feed = ElementTree.fromstring(answer)  # noqa: S314 (without a document type nothing in it can expand)
    except ElementTree.ParseError:
        raise ArxivIsSilent("its answer is no feed") from None
    if feed.tag != f"{_ATOM}feed":
        raise ArxivIsSilent("its answer is no feed")
    for entry in feed.iter(f"{_ATOM}entry"):
        # An error is an entry as well, whose id is no paper's.
        if arxiv_id_of(_text(entry, f"{_ATOM}id")) == arxiv_id:
            row = paper_row(_content(entry, arxiv_id), "1")
            if not isinstance(row, RefusedRow):
                return row
    raise ArxivKnowsNone


def _ask(arxiv_id: str) -> bytes:
    address = f"{settings.ARXIV_API_URL}?{urlencode({'id_list': arxiv_id, 'max_results': 1})}"
    headers = {"User-Agent": settings.ARXIV_USER_AGENT, "Accept": "application/atom+xml"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 (the address is one of our settings)
    ends_at = monotonic() + SECONDS_AT_MOST
    answer = b""
    with urllib.request.urlopen(request, timeout=SECONDS_AT_MOST) as response:  # noqa: S310
        # Piece by piece, since a server that sends one letter a second never runs into a time-out.
        while piece := response.read1(MOST_PIECE):
            answer += piece
            if len(answer) > MOST_BYTES:
                raise ValueError("its answer is too long")
            if monotonic() > ends_at:
                raise ValueError("it took too long")
    return answer


def _content(entry: ElementTree.Element, arxiv_id: str) -> dict[str, object]:
    """An entry in the form that reading lists have."""
    return {
        "title": to_plain(_text(entry, f"{_ATOM}title")),
        "authors": [to_plain(_text(author, f"{_ATOM}name")) for author in entry.iter(f"{_ATOM}author")],
        "year": _text(entry, f"{_ATOM}published")[:4] or None,
        "venue": to_plain(_text(entry, f"{_ARXIV}journal_ref")),
        "doi": _text(entry, f"{_ARXIV}doi") or None,
        "arxiv_id": arxiv_id,
    }


def _text(element: ElementTree.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _from_cache[T](ask: Callable[[], T]) -> T | None:
    """What the cache says. Without one nobody can tell whose turn it is, so arXiv is not asked."""
    try:
        return ask()
    except Exception as error:  # each cache has failures of its own
        raise ArxivIsSilent(str(error)) from error
