"""Weeks as people write them, and as the site writes them back."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from members.availability.forms import PatternForm
from members.availability.lines import parse, write
from members.availability.marks import EMPTY
from tests.factories.availability import marks

READABLE = {
    "Tue 18:00-21:00 rather": marks(tue="18-21:3"),
    "Tue 18:00-19:00 could, 19:00-21:00 rather": marks(tue="18-19:2 19-21:3"),
    "Mon, Wed 9-12": marks(mon="9-12:2", wed="9-12:2"),
    "mon and wed 9-12, 14-15 if needed": marks(mon="9-12:1 14-15:1", wed="9-12:1 14-15:1"),
    "Mon 9-12 could, 14-15": marks(mon="9-12:2 14-15:2"),
    "Mon 18-20, Wed 19-20 rather": marks(mon="18-20:2", wed="19-20:3"),
    "Tuesdays: 18.30 – 21h if needed": marks(tue="18.5-21:1"),
    "Thurs 6-8pm; Fri 11am to 1pm": marks(thu="18-20:2", fri="11-13:2"),
    "Thu 10-1pm": marks(thu="10-13:2"),
    "Thu 9pm-12am": marks(thu="21-24:2"),
    "Thu 9-12pm": marks(thu="9-12:2"),
    "weekends 10-14": marks(sat="10-14:2", sun="10-14:2"),
    "weekdays 20:00-24:00 if needed": marks(**dict.fromkeys(["mon", "tue", "wed", "thu", "fri"], "20-24:1")),
    "every day 7-7:30": marks(**dict.fromkeys(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "7-7.5:2")),
    "Sat-Mon 8-9": marks(sat="8-9:2", sun="8-9:2", mon="8-9:2"),
    "Fri to Sun 8-9": marks(fri="8-9:2", sat="8-9:2", sun="8-9:2"),
    "Fri 22:00-00:00": marks(fri="22-24:2"),
    "Tu Th 8-9.": marks(tue="8-9:2", thu="8-9:2"),
    "Tue 18-20 could\nTue 19-21 could": marks(tue="18-21:2"),
    "\n  \n;\n": EMPTY,
    "": EMPTY,
}
UNREADABLE = {
    "Tue 21:00-18:00 rather": "18:00 is not after 21:00. Past midnight, write two lines: until 24:00, then from 00:00.",
    "Tue 18-18": "18:00 is not after 18:00. Past midnight, write two lines: until 24:00, then from 00:00.",
    "Tue 11pm-1am": "01:00 is not after 23:00. Past midnight, write two lines: until 24:00, then from 00:00.",
    "Tue 11-1am": "01:00 is not after 11:00. Past midnight, write two lines: until 24:00, then from 00:00.",
    "Tue 18:15-19:00": "18:15 is neither a whole nor a half hour.",
    "Tue 18:00-25:00": "There is no 25:00.",
    "Tue 18:00-24:30": "There is no 24:30.",
    "Tue 13pm-14pm": "There is no 13 pm.",
    "Tue 18-19 maybe": "“maybe” is none of rather, could, if needed.",
    "Someday 18-19": "“someday” is not a day.",
    "rather": "“rather” is not a day.",
    "T 18-19": "“t” is not a day.",
    "18:00-19:00": "Begin with the days: Tue 18:00-21:00 rather.",
    "Tue": "Say from when to when: Tue 18:00-21:00 rather.",
    "Tue 18:00": "Write days, from and to, then how gladly: Tue 18:00-21:00 rather.",
    "Tue 18-19 rather 5": "Write days, from and to, then how gladly: Tue 18:00-21:00 rather.",
    "Tue 18-20 could, 19-21 rather": "Tue 19:00 is “could” in line 1. Keep one of the two.",
}


@pytest.mark.parametrize("text", READABLE)
def test_what_people_write_is_read(text):
    assert parse(text) == (READABLE[text], [])


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_read_is_named_with_its_reason(text):
    _marks, [problem] = parse(text)
    assert (problem.number, problem.line, problem.reason) == (1, text, UNREADABLE[text])


def test_each_bad_line_is_named_and_the_good_ones_are_not():
    text = "Tue 18-20 could\nnonsense\n\nTue 19-21 rather; Wed 9-8\nThu 9-10"
    found = [(problem.number, problem.line) for problem in parse(text)[1]]
    assert found == [(2, "nonsense"), (4, "Tue 19-21 rather"), (4, "Wed 9-8")]


def test_days_that_are_alike_are_written_in_one_line():
    week = marks(mon="18-19:2", wed="18-19:2", thu="20-22:3", sat="14-18:1 18-22:2", sun="14-18:1 18-22:2")
    assert write(week).splitlines() == [
        "Mon, Wed 18:00-19:00 could",
        "Thu 20:00-22:00 rather",
        "weekends 14:00-18:00 if needed, 18:00-22:00 could",
    ]
    assert write(PatternForm.PATTERNS["evenings"]) == "weekdays 18:00-21:00 could"
    assert write("3" * 336) == "every day 00:00-24:00 rather"
    assert write(EMPTY) == ""


# Runs rather than single digits, as weeks of people are.
weeks = st.lists(st.tuples(st.sampled_from("0123"), st.integers(1, 40)), min_size=12, max_size=60).map(
    lambda runs: "".join(mark * length for mark, length in runs)[:336].ljust(336, "0")
)


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "pt"])
@settings(deadline=None)
@given(week=weeks)
def test_what_is_written_is_read_back_in_every_language(language, week):
    with translation.override(language):
        assert parse(write(week)) == (week, [])


@settings(deadline=None)
@given(text=st.text(alphabet=st.sampled_from("mondaytuewefri0123456789:-–,; \npamrthecoulifn.é"), max_size=60))
def test_no_text_breaks_the_reading(text):
    found, _problems = parse(text)
    assert len(found) == 336
    assert set(found) <= set("0123")


def test_a_german_browser_reads_english_days_as_well():
    with translation.override("de"):
        assert parse("Tue 18-19 rather") == (marks(tue="18-19:3"), [])
        assert parse("Dienstag 18-19 rather") == (marks(tue="18-19:3"), [])
