"""Text as people type it, and the keys we compare and order it by."""

import re
import unicodedata

# Control characters, and the marks that reverse or hide what stands around them.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The key that names are ordered and compared by: no case, no accents, one space between words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def title_key(title: str) -> str:
    """The key that two spellings of one title share: folded, letters and digits only."""
    return _NOT_WORD.sub(" ", fold(title)).strip()


def one_line(text: str) -> str:
    """Names and titles: no line breaks, and no marks that would reverse the text that follows them on a page."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
