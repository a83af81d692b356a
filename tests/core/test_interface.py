"""The words that templates put together."""

import pytest

from core.templatetags.interface import full_stop


@pytest.mark.parametrize(
    ("words", "stop"),
    [("Generative Data Science.", ""), ("Is attention all you need?", ""), ("Random forests", "."), ("", ".")],
)
def test_a_sentence_ends_once(words, stop):
    assert full_stop(words) == stop
