"""Times of day as reading lists have them."""

import json
from datetime import time

import pytest

from reading_groups.importer.times import CannotReadTime, parse_times


@pytest.mark.parametrize(
    ("text", "start", "minutes"),
    [
        ("3:30-5:00 pm", time(15, 30), 90),
        ("4-5 pm", time(16, 0), 60),
        ("12:30 - 2:30 pm", time(12, 30), 120),
        ("4:00-5:15 pm", time(16, 0), 75),
        ("01pm", time(13, 0), None),
        ("11am", time(11, 0), None),
        ("3:15 PM", time(15, 15), None),
        ("12am", time(0, 0), None),
        ("8.15 a.m.", time(8, 15), None),
        ("16:00", time(16, 0), None),
        ("09:30", time(9, 30), None),
        ("22:00–23:30", time(22, 0), 90),
        ("11-1 pm", time(11, 0), 120),
        ("01:30-03:00 pm", time(13, 30), 90),
        ("11 pm - 1 am", time(23, 0), 120),
        ("3 to 4:15 pm", time(15, 0), 75),
    ],
)
def test_what_people_write_is_read(text, start, minutes):
    assert parse_times(text) == (start, minutes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30pm", "is not a time"),
        ("13pm", "is not a time"),
        ("0am", "is not a time"),
        ("12:60", "is not a time"),
        ("25:00", "is not a time"),
        ("noon", "is not a time"),
        ("3pm-", "is not a time"),
        ("", "is not a time"),
        ("3:30", "could be morning or afternoon"),
        ("4-5", "could be morning or afternoon"),
        ("5-4 pm", "does not end within eight hours"),
        ("14:00-1 pm", "does not end within eight hours"),
    ],
)
def test_what_cannot_be_read_is_not_guessed(text, reason):
    with pytest.raises(CannotReadTime, match=reason):
        parse_times(text)


def test_every_time_of_a_real_schedule_is_read_but_the_typing_error(real_data):
    sessions = json.loads((real_data / "reading-groups/cmu_statml.json").read_text())["sessions"]
    refused = []
    for text in (session["time"] for session in sessions if session["time"]):
        try:
            parse_times(text)
        except CannotReadTime:
            refused.append(text)
    assert refused == ["30pm"] * 8
