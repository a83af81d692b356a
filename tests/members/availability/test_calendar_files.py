"""Calendar files: what is read of them, what they do to a week, and that nothing of them is kept."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.availability.weeks.busy import (
    OFTEN,
    WAKING,
    WEEKS,
    CannotReadCalendar,
    often_taken,
    suggest,
)
from members.availability.weeks.calendar_file.reading import NotACalendar, NothingReadable, Truncated, read
from tests.factories import MemberFactory
from tests.factories.availability import marks
from tests.members.availability.test_views import BACKEND, PAGE, grid_in, lines_in, sent

# The library warns of names of zones that it has to guess.
pytestmark = pytest.mark.filterwarnings("ignore")
TODAY = date(2026, 11, 24)
SPAN = {"start": datetime(2026, 11, 23, tzinfo=UTC), "end": datetime(2027, 1, 18, tzinfo=UTC)}


def calendar(*entries: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-", *entries, "END:VCALENDAR", ""]).encode()


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "SUMMARY:A secret", *lines, "END:VEVENT"])


def stretches(content: bytes, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    found = read(content, zone=zone, **SPAN)
    return [(f"{first:%d %H:%M}", f"{last:%d %H:%M}") for first, last in found.busy]


# What is read --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20261124T180000Z", "DTEND:20261124T190000Z"], [("24 18:00", "24 19:00")]),
        (["DTSTART:20261124T180000Z", "DURATION:PT90M"], [("24 18:00", "24 19:30")]),
        # Without a zone it is the member's own.
        (["DTSTART:20261124T180000", "DTEND:20261124T190000"], [("24 17:00", "24 18:00")]),
        (["DTSTART;TZID=Asia/Kathmandu:20261124T180000", "DURATION:PT1H"], [("24 12:15", "24 13:15")]),
        (["DTSTART;VALUE=DATE:20261124"], [("23 23:00", "24 23:00")]),
        (["DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126"], [("23 23:00", "25 23:00")]),
        (["DTSTART;VALUE=DATE:20261124", "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20261124T180000Z", "DTEND:20261124T190000Z", "STATUS:CANCELLED"], []),
        (["DTSTART:20261124T180000Z", "DTEND:20261124T190000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"], []),
        (["DTSTART:20261124T180000Z", "DTEND:20261124T180000Z"], []),
        (["DTSTART:20200107T180000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYDAY=1TU"],
         [("01 18:00", "01 19:00"), ("05 18:00", "05 19:00")]),
        (["DTSTART:20261124T180000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20261125T180000Z"],
         [("24 18:00", "24 19:00"), ("26 18:00", "26 19:00")]),
        # What began before is cut.
        (["DTSTART:20261122T180000Z", "DTEND:20261123T040000Z"], [("23 00:00", "23 04:00")]),
    ],
)  # fmt: skip
def test_an_event_is_busy_when_it_takes_time(lines, expected):
    assert stretches(calendar(event("UID:1", *lines))) == expected


def test_repeated_events_keep_their_hour_when_clocks_change():
    span = {"start": datetime(2026, 10, 19, tzinfo=UTC), "end": datetime(2026, 11, 2, tzinfo=UTC)}
    lines = ["UID:1", "DTSTART;TZID=Europe/Berlin:20260901T180000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU"]
    found = read(calendar(event(*lines)), zone="Asia/Kolkata", **span)
    assert [first.hour for first, _last in found.busy] == [16, 17]


def test_one_moved_occurrence_replaces_its_own():
    series = event("UID:1", "DTSTART:20261124T180000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2")
    moved = event("UID:1", "RECURRENCE-ID:20261125T180000Z", "DTSTART:20261125T200000Z", "DURATION:PT1H")
    assert stretches(calendar(series, moved)) == [("24 18:00", "24 19:00"), ("25 20:00", "25 21:00")]


def test_free_and_busy_times_are_read():
    periods = [
        "FREEBUSY:20261124T180000Z/PT1H,20261125T180000Z/20261125T193000Z",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261126T180000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20261127T180000Z/PT1H",
    ]
    found = stretches(calendar("\r\n".join(["BEGIN:VFREEBUSY", *periods, "END:VFREEBUSY"])))
    assert found == [("24 18:00", "24 19:00"), ("25 18:00", "25 19:30"), ("26 18:00", "26 19:00")]


def test_stretches_that_touch_are_one():
    first = event("UID:1", "DTSTART:20261124T180000Z", "DURATION:PT1H")
    second = event("UID:2", "DTSTART:20261124T183000Z", "DURATION:PT1H")
    assert stretches(calendar(first, second)) == [("24 18:00", "24 19:30")]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_may_end_in_any_way_and_be_folded(end):
    text = calendar(event("UID:1", "DTSTART:2026112\r\n 4T180000Z", "DTEND:20261124T19\r\n\t0000Z")).decode()
    assert stretches(text.replace("\r\n", end).encode("utf-8-sig")) == [("24 18:00", "24 19:00")]


def test_what_cannot_be_read_is_counted_and_left_out():
    sound = event("UID:1", "DTSTART:20261124T180000Z", "DURATION:PT1H")
    unknown_zone = event("UID:2", "DTSTART;TZID=Atlantis:20261124T200000", "DURATION:PT1H")
    without_time = event("UID:3")
    found = read(calendar(sound, unknown_zone, without_time), zone="Europe/Berlin", **SPAN)
    assert (len(found.busy), found.read, found.unread) == (1, 1, 2)


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"", NotACalendar),
        (b"%PDF-1.7 \x00\x01\x02", NotACalendar),
        (b"name,starts,ends\r\nLecture,10,12", NotACalendar),
        (calendar(event("UID:1", "DTSTART:20261124T180000Z"))[:90], Truncated),
        (calendar(event("UID:1", "DTSTART:yesterday")), NothingReadable),
        (calendar(event("UID:1", "DTSTART:20261124T180000Z", "RRULE:FREQ=SOMETIMES")), NothingReadable),
    ],
)
def test_a_file_of_no_use_is_refused_by_its_reason(content, failure):
    with pytest.raises(failure):
        read(content, zone="Europe/Berlin", **SPAN)


def test_a_calendar_without_events_takes_no_time():
    found = read(calendar("BEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO"), zone="Europe/Berlin", **SPAN)
    assert (found.busy, found.read, found.unread) == ([], 0, 0)


# Files from elsewhere ------------------------------------------------------------------------------------------------

# Each file that another library found broken, or that is: what becomes of it.
BROKEN = {
    "icalendar__calendars__big_bad_calendar.ics": Truncated,
    "icalendar__calendars__broken_dtstart.ics": NothingReadable,
    "icalendar__calendars__broken_ical.ics": NothingReadable,
    "icalendar__calendars__invalid_duration.ics": NothingReadable,
    # A stray letter, and a meeting between it.
    "icalendar__calendars__issue_104_broken_calendar.ics": (1, 0),
    "icalendar__calendars__issue_1081_invalid_rrule_freq.ics": NothingReadable,
    "icalendar__calendars__issue_1081_invalid_start_and_end.ics": NothingReadable,
    "icalendar__calendars__issue_1081_invalid_start_valid_end.ics": NothingReadable,
    "icalendar__calendars__issue_165_missing_event.ics": NothingReadable,
    # What is broken in it says nothing of when.
    "icalendar__calendars__issue_168_input.ics": (1, 0),
    "icalendar__calendars__parsing_error.ics": (1, 1),
    # A zone that no entry is in.
    "icalendar__calendars__parsing_error_in_UTC_offset.ics": (0, 0),
    "icalendar__calendars__pr_480_summary_with_colon.ics": Truncated,
    "icalendar__calendars__small_bad_calendar.ics": Truncated,
    "icalendar__calendars__timezone_rdate.ics": (1, 0),
    "icalendar__events__issue_104_mark_events_broken.ics": (1, 0),
    "icalendar__events__issue_464_invalid_rdate.ics": NothingReadable,
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_file_gives_a_clear_error_or_a_right_reading(real_data: Path, name):
    content = (real_data / "ics" / "files" / name).read_bytes()
    span = {"start": datetime(1990, 1, 1, tzinfo=UTC), "end": datetime(2027, 1, 1, tzinfo=UTC)}
    if isinstance(BROKEN[name], tuple):
        found = read(content, zone="Europe/Berlin", **span)
        assert (found.read, found.unread) == BROKEN[name]
    else:
        with pytest.raises(BROKEN[name]):
            read(content, zone="Europe/Berlin", **span)


def test_every_file_is_read_or_refused_by_its_reason(real_data: Path):
    """And what another library has found in it, as a check value, is busy here wherever it takes time."""
    folder = real_data / "ics"
    expected = json.loads((folder / "expected_occurrences.json").read_text())["files"]
    compared = 0
    for entry in json.loads((folder / "manifest.json").read_text())["files"]:
        content = (folder / entry["file"]).read_bytes()
        span = {"start": datetime(1990, 1, 1, tzinfo=UTC), "end": datetime(2030, 1, 1, tzinfo=UTC)}
        try:
            found = read(content, zone="UTC", **span)
        except (NotACalendar, Truncated, NothingReadable):
            continue
        if found.unread or any(word in content for word in (b"TRANSPARENT", b"CANCELLED", b"VFREEBUSY", b"BUSYSTATUS")):
            continue
        for _uid, start, end, _title in expected.get(entry["file"], []):
            first, last = (_instant(moment) for moment in (start, end))
            if first < last and last < span["end"]:
                assert any(b <= first and last <= e for b, e in found.busy), (entry["file"], start)
                compared += 1
    assert compared > 700


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# What it does to a week ----------------------------------------------------------------------------------------------

WEEKLY = event("UID:1", "DTSTART;TZID=Europe/Berlin:20260901T180000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=TU")


def test_what_comes_often_is_taken_out_of_the_marks():
    found = suggest(calendar(WEEKLY), marks=marks(tue="17-21:3", wed="17-21:2"), zone="Europe/Berlin", today=TODAY)
    assert found.marks == marks(tue="17-18:3 19-21:3", wed="17-21:2")
    assert (found.taken, found.read, found.unread) == (2, 1, 0)


def test_in_another_zone_other_half_hours_are_taken():
    """18:00 in Berlin is 22:45 in Kathmandu, and so in three half hours."""
    found = suggest(calendar(WEEKLY), marks="2" * 336, zone="Asia/Kathmandu", today=TODAY)
    assert [n for n, mark in enumerate(found.marks) if mark == "0"] == [48 + 45, 48 + 46, 48 + 47]


def test_what_comes_once_or_twice_is_not_typical():
    once = event("UID:1", "DTSTART:20261124T180000Z", "DURATION:PT1H")
    monthly = event("UID:2", "DTSTART:20261126T180000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYDAY=-1TH")
    week = marks(tue="17-21:3", thu="17-21:2")
    assert suggest(calendar(once, monthly), marks=week, zone="UTC", today=TODAY).marks == week


@pytest.mark.parametrize("weeks", range(OFTEN - 1, WEEKS + 1))
def test_three_weeks_of_the_eight_are_often(weeks):
    busy = [
        (SPAN["start"] + timedelta(weeks=n, hours=9), SPAN["start"] + timedelta(weeks=n, hours=10))
        for n in range(weeks)
    ]
    taken = often_taken(busy, zone="UTC", first_week=TODAY)
    assert sorted(n for n in range(336) if taken[n]) == ([18, 19] if weeks >= OFTEN else [])


def test_an_empty_week_starts_from_the_waking_hours():
    found = suggest(calendar(WEEKLY), marks=EMPTY, zone="Europe/Berlin", today=TODAY)
    assert [n for n in range(336) if WAKING[n] != found.marks[n]] == [48 + 36, 48 + 37]
    assert marks(**dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "8-22:2")) == WAKING


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"])
def test_a_calendar_that_never_ends_to_repeat_is_stopped(rule):
    bomb = calendar(event("UID:1", "DTSTART:19000101T000000Z", "DURATION:PT1H", f"RRULE:{rule}"))
    with pytest.raises(CannotReadCalendar) as raised:
        suggest(bomb, marks=EMPTY, zone="UTC", today=TODAY)
    assert raised.value.reason == "too_much"


# The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def member(client, db):
    member = MemberFactory(name="Member A", time_zone="Europe/Berlin")
    client.force_login(member, backend=BACKEND)
    return member


def upload(client, content: bytes, typical: str = EMPTY, lines: str = ""):
    name = "mine.ics"
    return client.post(PAGE, sent(lines, typical, "calendar") | {"calendar": SimpleUploadedFile(name, content)})


def test_the_suggestion_is_shown_in_both_ways_and_not_saved(client, member):
    response = upload(client, calendar(WEEKLY), marks(tue="17-21:3"))
    page = response.content.decode()
    assert grid_in(response) == marks(tue="17-18:3 19-21:3")
    assert lines_in(response) == "Tue 17:00-18:00 rather, 19:00-21:00 rather"
    assert "Your calendar often fills 1 hour of these; they are taken out. Nothing is saved yet." in page
    assert not TypicalWeek.objects.exists()


def test_nothing_of_the_file_is_stored_or_logged(client, member, caplog, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    padding = "\r\n".join(["DESCRIPTION:" + "A secret " * 8000] * 40)
    with CaptureQueriesContext(connection) as captured:
        response = upload(client, calendar(WEEKLY, event("UID:9", "DTSTART:never", padding)))
    assert "1 of 2 entries does not say clearly when it is, and is left out." in response.content.decode()
    assert "A secret" not in response.content.decode()
    assert "A secret" not in caplog.text
    response.close()
    assert not list(tmp_path.iterdir())
    assert not any("secret" in query["sql"] for query in captured)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "This file is empty."),
        (b"hello", "This is not a calendar file."),
        (calendar(WEEKLY)[:60], "This file stops in the middle."),
        (calendar(event("UID:1", "DTSTART:never")), "Nothing in this file says clearly when it takes place."),
        (b"x" * (10 * 1024**2), "This file has 10.0\xa0MB."),
    ],
)
def test_a_file_of_no_use_leaves_everything_as_it_was_typed(client, member, content, told):
    response = upload(client, content, marks(tue="17-21:3"), lines="Wed 10-12")
    assert response.status_code == 422
    assert told in response.content.decode()
    assert grid_in(response) == marks(tue="17-21:3")
    assert lines_in(response) == "Wed 10-12"


def test_without_a_file_it_is_asked_for(client, member):
    response = client.post(PAGE, sent("", EMPTY, "calendar"))
    assert response.status_code == 422
    assert "Choose a calendar file first." in response.content.decode()
