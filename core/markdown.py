"""Markdown from members, with LaTeX maths between dollars, to HTML that is safe to show."""

from collections.abc import Iterator
from html import escape
from itertools import accumulate
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.dollarmath import dollarmath_plugin

# Quotes and lists inside each other, where a list counts twice. The parser drops what is deeper, so writers are told.
DEEPEST = 20
# The converter follows a formula by recursion in compiled code, where one that is too deep would end the process.
# Nothing of this length and with so few braces is: macros, which could make it longer, are off.
LONGEST_FORMULA = 1_000
DEEPEST_BRACES = 40
# Longer than any text that is stored: what is refused for its length needs no second reason.
LONGEST_TEXT = 200_000
LONGEST_QUOTED = 60

_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h2", "h3", "h4", "hr", "span"}
_MATH_TAGS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mphantom"),
    *("mtable", "mtr", "mtd"),
}
_ON_MATH = {
    *("mathvariant", "displaystyle", "scriptlevel", "stretchy", "symmetric", "largeop", "movablelimits", "form"),
    *("fence", "separator", "accent", "accentunder", "lspace", "rspace", "minsize", "maxsize", "linethickness"),
    *("width", "height", "depth", "voffset", "columnspan", "rowspan"),
}
_ATTRIBUTES = dict.fromkeys(_MATH_TAGS, _ON_MATH) | {
    "a": {"href", "title"},
    "math": {"display"},
    "span": {"tabindex"},
}
# No style comes out of here, as the policy of the pages allows none; what aligns equations is said by classes.
_ALIGNED = {
    'style="text-align: right;justify-items: end;padding-right: 0;"': 'class="to-end"',
    'style="text-align: left;justify-items: start;padding-left: 0;"': 'class="to-start"',
}
_CLASSES = {"span": {"math"}, "mtd": {"to-end", "to-start"}}
_BRACES = {"{": 1, "}": -1}
_HEADINGS = {"heading_open", "heading_close"}
_LOWEST_HEADING = 4
_MATHS = {"math_inline": "$", "math_inline_double": "$$", "math_block": "$$"}

_latex = LatexToMathML(fancy_error=False, max_expansions=0)


class CannotReadMaths(Exception):
    """A formula is too long, or the converter cannot read it; the message says why."""


def _make_parser(**options: Any) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST, **options}).disable("image")
    # A dollar beside a digit is a price, as in “between $5 and $6”.
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    for kind in _MATHS:
        parser.add_render_rule(kind, _render_maths)
    return parser


def _render_maths(_renderer: Any, tokens: list[Token], index: int, _options: Any, _env: Any) -> str:
    """A formula as MathML, or as it was typed where it cannot be read."""
    token = tokens[index]
    try:
        mathml = _mathml_of(token)
    except CannotReadMaths:
        mathml = f"<code>{escape(_typed(token))}</code>"
    if token.type != "math_inline":
        # A wide formula scrolls by itself, with the keyboard as well, and leaves the page as it is.
        mathml = f'<span class="math" tabindex="0">{mathml}</span>'
    return f"<p>{mathml}</p>\n" if token.type == "math_block" else mathml


def _mathml_of(token: Token) -> str:
    latex = token.content.strip()
    if len(latex) > LONGEST_FORMULA:
        raise CannotReadMaths(_("it is longer than %(most)s characters; split it.") % {"most": LONGEST_FORMULA})
    if max(accumulate(_BRACES.get(sign, 0) for sign in latex), default=0) > DEEPEST_BRACES:
        raise CannotReadMaths(_("its braces go too deep."))
    try:
        mathml = _latex.convert_with_local_state(latex, displaystyle=token.type != "math_inline")
    except LatexError as error:
        # “17: Unknown command "\\foo".”: the writer sees the formula, not where it begins.
        raise CannotReadMaths(str(error).partition(": ")[2] or str(error)) from None
    for style, name in _ALIGNED.items():
        mathml = mathml.replace(style, name)
    return mathml


def _typed(token: Token) -> str:
    dollars = _MATHS[token.type]
    return f"{dollars}{token.content.strip()}{dollars}"


_parser = _make_parser()
# Deep enough to see that something is too deep.
_deep_parser = _make_parser(maxNesting=DEEPEST + 2)
_line_parser = _make_parser(breaks=True)


def to_html(text: str, top: int = 3) -> SafeString:
    """Render Markdown. Raw HTML in it is shown as text; headings become those that fit below a section's own, or,
    with `top` 2, below a page's.

    Pictures become links: a picture from elsewhere would tell its server who reads the page.
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in _HEADINGS:
            token.tag = f"h{min(max(int(token.tag[1]), top), _LOWEST_HEADING)}"
    return _sanitised(_parser.renderer.render(tokens, _parser.options, {}))


def to_line_html(text: str) -> SafeString:
    """Render a sentence or two: emphasis, links, code and maths, with line breaks where they were typed."""
    return _sanitised(_line_parser.renderInline(text))


def _sanitised(html: str) -> SafeString:
    clean = nh3.clean(
        html,
        tags=_TAGS | _MATH_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
    )
    return mark_safe(clean)  # noqa: S308 (nh3 has just sanitised it)


def to_text(text: str) -> str:
    """The words of a Markdown text alone, in one line, for lists and previews. Formulas stay as they were typed."""
    blocks = [token.children or [token] for token in _parser.parse(text) if token.type in {"inline", "math_block"}]
    lines = ("".join(" " if child.type.endswith("break") else _words(child) for child in block) for block in blocks)
    return " ".join(" ".join(lines).split())


def _words(token: Token) -> str:
    return _typed(token) if token.type in _MATHS else token.content


def validate_markdown(text: str) -> None:
    """Raises ValidationError where something in a text would not be shown: it is nested too deeply, or is a formula
    that cannot be read."""
    if len(text) > LONGEST_TEXT:
        return
    problems = list(_problems(_deep_parser.parse(text)))
    if problems:
        raise ValidationError(problems)


def _problems(tokens: list[Token]) -> Iterator[ValidationError]:
    if any(token.level > DEEPEST for token in tokens):
        message = _("This goes too deep: at most nine lists, or nineteen quotes, can stand inside each other.")
        yield ValidationError(message, code="too_deep")
    for token in tokens:
        for part in [token, *(token.children or [])]:
            if part.type not in _MATHS:
                continue
            try:
                _mathml_of(part)
            except CannotReadMaths as error:
                typed = _typed(part)
                quoted = typed if len(typed) <= LONGEST_QUOTED else f"{typed[:LONGEST_QUOTED]}…"
                message = _("The formula %(formula)s cannot be read: %(reason)s") % {"formula": quoted, "reason": error}
                yield ValidationError(message, code="maths")
                return
