"""What changed between two texts."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.differences import MOST_PARAGRAPHS, Kind, differences

BEFORE = "The first.\n\nThe second line.\n\nThe third.\n\nThe fourth.\n\nThe fifth."


def shown(before, after):
    """The pieces as one could write them: [-out-] and {+in+}; a gap as …"""
    marks = {Kind.SAME: "{}", Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}"}
    return [
        "…" if paragraph.is_gap else "".join(marks[piece.kind].format(piece.text) for piece in paragraph.pieces)
        for paragraph in differences(before, after)
    ]


def test_a_changed_word_is_shown_between_its_neighbours():
    after = BEFORE.replace("second line", "second, longer line")
    assert shown(BEFORE, after) == ["The first.", "The second{+, longer+} line.", "The third.", "…"]


def test_paragraphs_come_and_go():
    assert shown("A.\n\nB.", "A.\n\nB.\n\nC.") == ["…", "B.", "{+C.+}"]
    assert shown("A.\n\nB.\n\nC.", "B.\n\nC.") == ["[-A.-]", "B.", "…"]


@pytest.mark.parametrize("after", [BEFORE, BEFORE.replace("\n", "\r\n"), BEFORE + "\n", BEFORE.replace(".", ".  ")])
def test_spaces_and_line_endings_are_no_change(after):
    assert differences(BEFORE, after) == []


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_can_be_read_off(before, after):
    """Without the gaps' paragraphs, which both have, the old words are in what stayed or went, the new in the rest."""
    found = differences(before, after)
    for kind, text in ((Kind.REMOVED, before), (Kind.ADDED, after)):
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        for paragraph in found:
            line = "".join(piece.text for piece in paragraph.pieces if piece.kind in {Kind.SAME, kind})
            assert not line or line.rstrip() in [kept.rstrip() for kept in lines]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n" * 50_000, "a\n" * 49_999 + "b"),
        ("a " * 50_000, "a " * 49_999 + "b"),
        ("\n".join(f"{n % 97} {n % 89}" for n in range(MOST_PARAGRAPHS)), "\n".join(str(n % 83) for n in range(999))),
    ],
)
def test_hostile_texts_take_no_time(before, after):
    began = time.perf_counter()
    assert differences(before, after)
    assert time.perf_counter() - began < 2
