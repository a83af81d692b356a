"""Titles and names as bibliographies write them, with LaTeX accents and formulas, as plain text."""

import re

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerError

# Nobody's name or title is longer, and the decoder's time grows faster than what it is given.
LONGEST = 5_000

# “100%” and “A & B” are no comment and no table.
_BARE_SIGN = re.compile(r"(?<!\\)([%&#])")
_decoder = LatexNodes2Text(math_mode="text", keep_comments=False, fill_text=False)


def to_plain(text: str) -> str:
    """“{\\"U}ber $\\alpha$” as “Über α”. What is no LaTeX, or is broken, stays as it is, without its braces."""
    text = text[:LONGEST]
    if not any(sign in text for sign in "\\{}$~"):
        return text
    try:
        return _decoder.latex_to_text(_BARE_SIGN.sub(r"\\\1", text), tolerant_parsing=True)
    except (LatexWalkerError, RecursionError, ValueError, IndexError):
        return re.sub(r"[{}]", "", text)
