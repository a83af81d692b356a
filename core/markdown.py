"""Markdown from members, to HTML that is safe to show."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h2", "h3", "h4", "hr"}
_LOWEST_HEADING = 4


def to_html(text: str, top: int = 3) -> SafeString:
    """Render Markdown. Raw HTML in it is shown as text; headings become those that fit below a section's own, or,
    with `top` 2, below a page's.

    Pictures become links: a picture from elsewhere would tell its server who reads the page.
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1]), top), _LOWEST_HEADING)}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(html, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"})
    return mark_safe(clean)  # noqa: S308 (nh3 has just sanitised it)


def to_text(text: str) -> str:
    """The words of a Markdown text alone, in one line, for lists and previews."""
    blocks = [token.children or [] for token in _parser.parse(text) if token.type == "inline"]
    lines = ("".join(" " if child.type.endswith("break") else child.content for child in block) for block in blocks)
    return " ".join(" ".join(lines).split())
