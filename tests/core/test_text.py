"""Names and titles as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import fold, one_line, title_key

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Member A", "member a"),
        ("  MEMBER \t\n A ", "member a"),
        ("Éloïse", "eloise"),
        ("Eloi\u0308se", "eloise"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("ﬁnance", "finance"),
        ("ℌilbert", "hilbert"),
        ("Ωmega", "ωmega"),
        ("数学", "数学"),
        ("", ""),
    ],
)
def test_fold(text, key):
    assert fold(text) == key


@given(ANY_TEXT)
def test_folding_again_changes_nothing_and_case_never_matters(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper()) == fold(text.upper().lower())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "attention is all you need."),
        ("BERT: Pre-training of Deep Transformers", "BERT – Pre‑training of Deep Transformers"),
        ("“Why Should I Trust You?”", "Why should I trust you"),
        ("snake_case names", "Snake case names"),
        ("Poincaré Embeddings", "Poincare  embeddings"),
        ("हिन्दी में शिक्षा", "हिन्दी  में शिक्षा!"),
    ],
)
def test_two_spellings_of_one_title_share_a_key(one, other):
    assert title_key(one) == title_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Part 1", "Part 2"),
        ("दिन", "दान"),
        ("???", "!!!"),
        ("การเรียน", "การเรือน"),
    ],
)
def test_different_titles_have_different_keys(one, other):
    assert title_key(one) != title_key(other)


@given(ANY_TEXT)
def test_only_an_empty_title_has_no_key(text):
    assert bool(title_key(text)) == bool(fold(text))
    assert title_key(title_key(text)) == title_key(text)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  Member \t A\n", "Member A"),
        ("one\r\ntwo", "one two"),
        ("one\rtwo\x0bthree\x0cfour\u2028five\u2029six\x85seven", "one two three four five six seven"),
        ("nul\x00 and\x07 bell\x1b", "nul and bell"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("\u2066left\u2069 \u200fright\u200e \u061cmark", "left right mark"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("half a character \ud83d", "half a character"),
        ("e\u0301", "é"),
        # What belongs to writing stays: right-to-left letters, joiners in emoji and in Persian, flags.
        ("عمر خیّام", "عمر خیّام"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻 ❤\ufe0f 🏴\U000e0067\U000e0062\U000e007f", "👩\u200d💻 ❤\ufe0f 🏴\U000e0067\U000e0062\U000e007f"),
        ("<b>bold</b> & 'quoted'", "<b>bold</b> & 'quoted'"),
        # What shows nothing is nothing.
        ("\u200b\u200d\u202e", ""),
        ("\u3164 \u2800", ""),
        ("\ufe0f\u0301", ""),
        (" ", ""),
    ],
)
def test_one_line(typed, line):
    assert one_line(typed) == line


@given(ANY_TEXT)
def test_a_line_can_be_stored_and_is_stable(text):
    line = one_line(text)
    line.encode()
    assert "\x00" not in line
    assert line.splitlines() in ([], [line])
    assert one_line(line) == line


def test_ten_thousand_characters_stay():
    assert one_line("a b" * 10_000) == "a b" * 10_000
