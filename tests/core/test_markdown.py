"""Markdown from members, to HTML that is safe to show."""

import re
from html.parser import HTMLParser
from time import perf_counter

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from core.markdown import to_html, to_text


class Tags(HTMLParser):
    """The tags and attributes of a piece of HTML, as a browser would see them."""

    def __init__(self, html: str):
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [value for name, value in attrs if name == "href"]


def scheme_of(link: str) -> str:
    """The scheme that a browser sees: it drops what cannot be seen at the start, and line breaks anywhere."""
    found = re.match(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.sub(r"[\t\r\n]", "", link), re.IGNORECASE)
    return found[1].lower() if found else ""


ALLOWED = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre", "h3", "h4", "hr"}


def test_what_members_write_is_rendered():
    html = to_html("# Plan\n\nRead **two** papers:\n\n1. *first*\n2. [second](https://example.org/a?b=1&c=2)\n")
    assert html == (
        "<h3>Plan</h3>\n<p>Read <strong>two</strong> papers:</p>\n<ol>\n<li><em>first</em></li>\n"
        '<li><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">second</a></li>\n</ol>\n'
    )
    assert isinstance(html, SafeString)


def test_headings_fit_below_those_of_the_page():
    html = to_html("\n\n".join(f"{'#' * level} {level}" for level in range(1, 7)) + "\n\nUnderlined\n=====\n")
    assert re.findall(r"<(h\d)>", html) == ["h3", "h3", "h3", "h4", "h4", "h4", "h3"]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div style='position:fixed'>over everything</div>",
        "<!-- hidden -->",
        "<b>bold</b>",
    ],
)
def test_raw_html_is_shown_as_text(text):
    tags = Tags(to_html(text))
    assert (tags.names, tags.attributes) == ({"p"}, set())
    assert text.split()[0].replace("<", "&lt;").replace(">", "&gt;") in to_html(text)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "javascript&#58;alert(1)",
        "&#1;javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\\script:alert(1)",
        "vbscript:x",
        "data:text/html;base64,PHNjcmlwdD4=",
        "file:///etc/passwd",
        "blob:https://example.org/1",
    ],
)
def test_links_that_run_something_do_not_link(target):
    for text in (f"[x]({target})", f"[x](<{target}>)", f"<{target}>", f"[x]\n\n[x]: {target}"):
        assert {scheme_of(link) for link in Tags(to_html(text)).links} <= {""}, text


@pytest.mark.parametrize("target", ["https://example.org/", "http://example.org/", "mailto:a@example.org", "/groups/"])
def test_ordinary_links_link(target):
    assert Tags(to_html(f"[x]({target})")).links == [target]


def test_pictures_become_links_so_that_no_other_server_learns_who_reads():
    tags = Tags(to_html("![the plot](https://example.org/plot.png)"))
    assert (tags.names, tags.links) == ({"p", "a"}, ["https://example.org/plot.png"])
    assert "the plot" in to_html("![the plot](https://example.org/plot.png)")


@given(st.text(st.sampled_from("ab \n\t<>&\"'`*_~#-+=[]()!\\:;/|1.{}\x00é\u202e😀")))
def test_whatever_is_typed_only_harmless_tags_come_out(text):
    tags = Tags(to_html(text))
    assert tags.names <= ALLOWED
    assert tags.attributes <= {"href", "title", "rel"}
    assert {scheme_of(link) for link in tags.links} <= {"", "http", "https", "mailto"}


@pytest.mark.parametrize(
    "text",
    [
        "word " * 2_000,
        ">" * 10_000,
        "\n".join("  " * depth + "- item" for depth in range(130)),
        "[" * 10_000,
        "![" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "[a](" * 2_500,
        "*a " * 3_300,
        "**a *b " * 1_400,
        "".join("e" + "`" * length for length in range(1, 140)),
        "<" * 10_000,
        "<a " * 3_300,
        "&" * 10_000,
        "| a | b |\n" * 1_000,
    ],
    ids=lambda text: f"{text[:8]!r} {len(text)}",
)
def test_ten_thousand_characters_of_anything_are_rendered_soon(text):
    begun = perf_counter()
    tags = Tags(to_html(text))
    assert tags.names <= ALLOWED
    # Milliseconds on a quiet machine; the bound tells what grows with the square of the length.
    assert perf_counter() - begun < 5


def test_nothing_gives_nothing():
    assert to_html("") == ""


def test_nul_and_right_to_left_text_come_through():
    assert to_html("nul\x00") == "<p>nul\ufffd</p>\n"
    assert to_html("مرحبا **بكم**") == "<p>مرحبا <strong>بكم</strong></p>\n"


def test_the_words_alone_keep_the_spaces_between_paragraphs_and_none_before_commas():
    assert to_text("*One book*, one part.\n\nIt **helps**\nto read.") == "One book, one part. It helps to read."
