"""What a plot draws is what its table says."""

import re

import pytest
from django.template import Context, Template
from django.utils import translation

from core.plots import FLOOR, TOP, Series, bars, histogram


def drawn(plot, language="en"):
    with translation.override(language):
        return Template("{% load plots %}{% plot plot %}").render(Context({"plot": plot}))


def sent_and_failed(sent=(10, 0), failed=(1, 0)):
    series = [Series(name="Sent", values=sent), Series(name="Failed", values=failed, style="alert")]
    return bars(title="Mails", first_column="Day", labels=["Mon", "Tue"], series=series)


def test_bars_stand_side_by_side_and_as_high_as_their_numbers():
    sent, failed, *_tuesday = sent_and_failed().bars
    assert (float(sent.y), float(sent.height)) == (TOP, FLOOR - TOP)
    assert float(failed.height) == pytest.approx((FLOOR - TOP) / 10, abs=0.1)
    assert float(failed.x) == pytest.approx(float(sent.x) + float(sent.width), abs=0.11)


def test_steps_of_a_histogram_touch_each_other():
    counts = Series(name="Messages", values=[4, 2, 1])
    plot = histogram(title="Late", first_column="By", labels=["a", "b", "c"], counts=counts)
    first, second, third = plot.bars
    assert float(second.x) == pytest.approx(float(first.x) + float(first.width), abs=0.11)
    assert float(third.x) == pytest.approx(float(second.x) + float(second.width), abs=0.11)


def test_one_among_thousands_can_be_seen():
    assert float(sent_and_failed(sent=(50_000, 0)).bars[1].height) >= 1.5


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (1, "0 1 2"),
        (3, "0 2 4"),
        (5, "0 5 10"),
        (11, "0 10 20"),
        (40, "0 20 40"),
        (41, "0 50 100"),
        (9999, "0 5000 10000"),
    ],
)
def test_the_scale_ends_at_a_round_number(most, ticks):
    assert " ".join(tick.text for tick in sent_and_failed(sent=(most, 0), failed=(0, 0)).ticks) == ticks


def test_the_same_numbers_stand_in_a_table_in_every_language():
    for language in ("en", "de"):
        page = drawn(sent_and_failed(), language)
        assert [re.sub("<[^>]+>", " ", row).split() for row in re.findall("<tr>(.*?)</tr>", page)] == [
            ["Day", "Sent", "Failed"],
            ["Mon", "10", "1"],
            ["Tue", "0", "0"],
        ]
        assert not re.search(r'(x|y|width|height)="[^"]*,', page)


def test_nothing_is_drawn_of_nothing_and_the_table_says_so():
    page = drawn(sent_and_failed(sent=(0, 0), failed=(0, 0)))
    assert "<rect" not in page
    assert page.count("<td>0</td>") == 4


def test_names_are_text_and_no_style_stands_in_the_markup():
    page = drawn(bars(title="<b>", first_column="&", labels=["<i>"], series=[Series(name="<u>", values=[1])]))
    assert not re.search("<[biu]>", page)
    assert "style=" not in page


@pytest.mark.parametrize("values", [[1], [1, 2, 3], [1, -1]])
def test_a_plot_needs_a_number_for_each_label(values):
    with pytest.raises(ValueError, match="one number"):
        bars(title="Mails", first_column="Day", labels=["Mon", "Tue"], series=[Series(name="Sent", values=values)])
