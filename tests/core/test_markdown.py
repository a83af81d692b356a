"""Markdown from members, to HTML that is safe to show."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from time import perf_counter

import pytest
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from core.markdown import LONGEST_FORMULA, to_html, to_line_html, to_text, validate_markdown


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
IN_MATHS = {
    *("span", "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mphantom", "mtable", "mtr", "mtd", "mpadded"),
    *("mmultiscripts", "mprescripts"),
}


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


@given(st.text(st.sampled_from("ab \n\t<>&\"'`*_~#-+=[]()!\\:;/|1.{}$^\x00é\u202e😀")))
def test_whatever_is_typed_only_harmless_tags_come_out(text):
    for html in (to_html(text), to_line_html(text)):
        tags = Tags(html)
        assert tags.names <= ALLOWED | IN_MATHS
        assert not tags.attributes & {"style", "onclick", "src", "id"}
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
        "$" * 10_000,
        "$a" * 5_000,
        "$x_{1}$ " * 1_200,
        "$$\n" * 3_000,
        "\\(" * 5_000,
    ],
    ids=lambda text: f"{text[:8]!r} {len(text)}",
)
def test_ten_thousand_characters_of_anything_are_rendered_soon(text):
    begun = perf_counter()
    tags = Tags(to_html(text))
    assert tags.names <= ALLOWED | IN_MATHS
    # Milliseconds on a quiet machine; the bound tells what grows with the square of the length.
    assert perf_counter() - begun < 5


def test_nothing_gives_nothing():
    assert to_html("") == ""


def test_nul_and_right_to_left_text_come_through():
    assert to_html("nul\x00") == "<p>nul\ufffd</p>\n"
    assert to_html("مرحبا **بكم**") == "<p>مرحبا <strong>بكم</strong></p>\n"


def test_the_words_alone_keep_the_spaces_between_paragraphs_and_none_before_commas():
    assert to_text("*One book*, one part.\n\nIt **helps**\nto read.") == "One book, one part. It helps to read."


def test_formulas_become_mathml():
    assert to_html(r"Scaled by $\frac{1}{\sqrt{d}}$.") == (
        "<p>Scaled by <math><mfrac><mn>1</mn><msqrt><mi>d</mi></msqrt></mfrac></math>.</p>\n"
    )
    assert to_html("$$\na \\le b\n$$") == (
        '<p><span class="math" tabindex="0"><math display="block"><mi>a</mi><mo>≤</mo><mi>b</mi></math></span></p>\n'
    )
    assert to_line_html("It is *small*:\n$x$") == "It is <em>small</em>:<br>\n<math><mi>x</mi></math>"
    assert to_text("Say $x$ and\n\n$$y$$") == "Say $x$ and $$y$$"


def test_equations_are_aligned_without_a_style():
    html = to_html(r"$$\begin{align} a &= b \\ c &= d \end{align}$$")
    assert 'class="to-end"' in html
    assert " style=" not in html


@pytest.mark.parametrize("text", ["It costs $5, or $6 with tea.", "`$x$`", r"\$x\$", "a $ b $ c", "    $x$"])
def test_a_dollar_alone_is_a_dollar(text):
    assert "<math" not in to_html(text)
    validate_markdown(text)


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\url{javascript:alert(1)}",
        r"\style{position:fixed}{x}",
        r"\class{masthead}{x}",
        r"\cssId{main}{x}",
        r"\htmlData{x=1}{y}",
        r"\includegraphics{https://example.org/x.png}",
        r"\unicode{x3c}script",
        r"\color{red;position:fixed}{x}",
        r"\color{red}{x}",
        r"\label{main}x",
        r"\input{/etc/passwd}",
        r"\write18{ls}",
        r"\newcommand{\a}{\a\a}\a",
        r"\def\a{\a\a}\a",
        r"\begin{matrix}",
        "</math><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\x00\u202e",
        "{",
        r"\unknown",
    ],
)
def test_hostile_formulas_do_nothing(latex):
    for text in (f"${latex}$", f"$${latex}$$", f"$$\n{latex}\n$$"):
        for html in (to_html(text), to_line_html(text)):
            tags = Tags(html)
            assert tags.names <= ALLOWED | IN_MATHS
            assert not tags.attributes & {"style", "onerror", "src", "id"}
            assert tags.links == []


def test_what_cannot_be_read_stays_as_it_was_typed_and_its_writer_is_told():
    text = r"It is $\foo{<b>}$ here."
    assert to_html(text) == r"<p>It is <code>$\foo{&lt;b&gt;}$</code> here.</p>" + "\n"
    with pytest.raises(ValidationError) as told:
        validate_markdown(text)
    assert told.value.messages == ['The formula $\\foo{<b>}$ cannot be read: Unknown command "\\foo".']
    with pytest.raises(ValidationError, match="its braces go too deep"):
        validate_markdown(f"${'{' * 41}x{'}' * 41}$")
    with pytest.raises(ValidationError, match="longer than 1000 characters"):
        validate_markdown(f"${'x' * (LONGEST_FORMULA + 1)}$")


# Nested as deep as their length allows; run on a quarter of the stack that the threads of the web server have.
NESTED = r"""
import threading
from core.markdown import DEEPEST_BRACES, LONGEST_FORMULA, to_html
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
def render():
    for begin, end in (("{", "}"), ("x^{", "}"), (r"\sqrt{", "}"), (r"\hat ", ""), (r"\left(", r"\right)"),
                       (r"\frac1 ", ""), (r"\begin{array}{c}", r"\end{array}"), (r"\text{", "}"), (r"\sqrt[3] ", "")):
        depth = (LONGEST_FORMULA - 1) // (len(begin) + len(end))
        depth = min(depth, DEEPEST_BRACES) if end == "}" else depth
        assert "math" in to_html("$" + begin * depth + "x" + end * depth + "$"), begin
threading.stack_size(512 * 1024)
thread = threading.Thread(target=render)
thread.start()
thread.join()
print("alive")
"""


def test_no_formula_is_deep_enough_to_end_the_process():
    done = subprocess.run([sys.executable, "-c", NESTED], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        (">" * 19 + " deep", True),
        (">" * 20 + " deep", False),
        ("\n".join("  " * depth + "- deep" for depth in range(9)), True),
        ("\n".join("  " * depth + ("- deep" if depth == 9 else "- item") for depth in range(10)), False),
        (">" * 90_000 + " deep", False),
    ],
)
def test_what_is_nested_too_deeply_to_be_shown_is_told(text, is_shown):
    assert ("deep" in to_html(text)) == is_shown
    if is_shown:
        validate_markdown(text)
    else:
        with pytest.raises(ValidationError, match=r"^\['This goes too deep: at most nine lists, or nineteen quotes"):
            validate_markdown(text)


@pytest.mark.parametrize("piece", ["word ", ">", "[", "$a", "*a ", "<a ", "$x$ ", "| a ", "`", "a_"])
def test_a_megabyte_is_refused_without_being_read(piece):
    begun = perf_counter()
    validate_markdown(piece * (1_000_000 // len(piece)))
    assert perf_counter() - begun < 0.5
