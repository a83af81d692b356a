"""What changed between two texts, paragraph by paragraph and, where a paragraph was changed, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Comparing takes time that grows with the square. Whatever is longer is shown as taken out and put in.
MOST_PARAGRAPHS = 1_000
MOST_WORDS = 2_000
# How many paragraphs that stayed are shown before and after a change.
CONTEXT = 1

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of either text or of both, in pieces; `is_gap` stands for some that stayed and are left out."""

    pieces: tuple[Piece, ...] = ()
    is_gap: bool = False

    @property
    def is_changed(self) -> bool:
        return any(piece.kind is not Kind.SAME for piece in self.pieces)


def differences(before: str, after: str) -> list[Paragraph]:
    """The paragraphs that changed, each with its neighbours; empty where no word did.

    Line endings, blank lines and spaces at the end of a line are no change.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    if old == new:
        return []
    if max(len(old), len(new)) > MOST_PARAGRAPHS:
        return _whole(Kind.REMOVED, old) + _whole(Kind.ADDED, new)
    found: list[Paragraph] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found += _whole(Kind.SAME, old[i1:i2])
        elif i2 - i1 == j2 - j1:
            found += [_changed(was, becomes) for was, becomes in zip(old[i1:i2], new[j1:j2], strict=True)]
        else:
            found += _whole(Kind.REMOVED, old[i1:i2]) + _whole(Kind.ADDED, new[j1:j2])
    return _near_changes(found)


def _paragraphs(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _whole(kind: Kind, paragraphs: Sequence[str]) -> list[Paragraph]:
    return [Paragraph((Piece(kind, text),)) for text in paragraphs]


def _changed(was: str, becomes: str) -> Paragraph:
    old, new = _WORDS.findall(was), _WORDS.findall(becomes)
    if max(len(old), len(new)) > MOST_WORDS:
        return Paragraph((Piece(Kind.REMOVED, was), Piece(Kind.ADDED, becomes)))
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.SAME, "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece(Kind.REMOVED, "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece(Kind.ADDED, "".join(new[j1:j2])))
    return Paragraph(tuple(pieces))


def _near_changes(found: Sequence[Paragraph]) -> list[Paragraph]:
    shown = {
        n + step for n, paragraph in enumerate(found) if paragraph.is_changed for step in range(-CONTEXT, CONTEXT + 1)
    }
    kept: list[Paragraph] = []
    for n, paragraph in enumerate(found):
        if n in shown:
            kept.append(paragraph)
        elif not kept or not kept[-1].is_gap:
            kept.append(Paragraph(is_gap=True))
    return kept
