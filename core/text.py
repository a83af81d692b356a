"""Text as people type it, and the keys we compare and order it by."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "["
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters, but for those that are spaces
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that reverse what stands around them
    r"\u00ad\u180e\u200b\u2060-\u2064\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"  # and what looks like nothing
    r"\ud800-\udfff"  # halves of characters, which JSON may carry and no database stores
    "]"
)


def fold(text: str) -> str:
    """The key that names are ordered and compared by: no case, no accents, one space between words."""
    # Twice, since some letters get a case only when they are taken apart, and come apart further without it.
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def title_key(title: str) -> str:
    """The key that two spellings of one title share: folded, letters and digits only, or signs where it has no others.

    Vowel signs, as in Hindi or Thai, count as letters.
    """
    folded = fold(title)
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in folded).split()
    return " ".join(words) or folded


def one_line(text: str) -> str:
    """Names and titles: no line breaks, and no marks that would reverse the text that follows them on a page.

    Empty where nothing of it can be seen.
    """
    line = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    return line if any(unicodedata.category(char)[0] in "LNPS" for char in line) else ""
