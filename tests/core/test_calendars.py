"""What is written as iCalendar, whatever somebody has typed into a title."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from core.agenda import AgendaItem
from core.calendars import write_calendar, write_file, write_invitation

AT = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
ITEM = AgendaItem(
    uid="reading_groups.session:7",
    revision=3,
    changed_at=AT - timedelta(days=5),
    kind="session",
    title="Attention",
    context="A group",
    starts_at=AT,
    ends_at=AT + timedelta(hours=1),
    zone="Europe/Berlin",
    url="/groups/a/",
    call_url="https://call.example.org/x?a=1,2;b",
)
HOSTILE = (
    "Two papers, a month; or more: \\n \\, \\\\",
    "Good\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "Lone\rreturn\nand\x0bfeed\x0c\x85\u2028\u2029.",
    "\x00\x07bell\x1b[31m\x7f",
    "😀👩‍🔬 परीक्षा שלום",
    '"quoted" :;= 100 %',
    "ż" * 1000,
    "A" * 1000,
    "😀" * 1000,
)


def one(body: bytes | str):
    [event] = Calendar.from_ical(body).walk("VEVENT")
    return event


@pytest.mark.parametrize("title", HOSTILE)
def test_whatever_is_typed_stays_one_title(title):
    body = write_calendar([replace(ITEM, title=title, context=title[::-1])], key="k", name=title, path="/me/")
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(byte < 32 or byte == 127 for line in lines for byte in line)
    for line in lines:
        line.decode()  # no character is cut in two
    calendar = Calendar.from_ical(body)
    event = one(body)
    assert {"ATTENDEE", "ORGANIZER"}.isdisjoint(event)
    assert not calendar.errors
    assert not event.errors
    expected = " ".join("".join(char for char in title if char.isprintable() or char.isspace() or char == "‍").split())
    expected = expected.replace("\x1b", "")
    assert str(event["SUMMARY"]) == expected
    assert str(calendar["NAME"]) == expected


def test_an_address_is_never_more_than_one_line():
    event = one(write_file(replace(ITEM, call_url="https://x.example.org/\r\nATTENDEE:mailto:a@b.example\t…")))
    assert "ATTENDEE" not in event
    assert str(event["CONFERENCE"]) == "https://x.example.org/%0D%0AATTENDEE:mailto:a@b.example%09%E2%80%A6"


def test_an_item_has_what_the_standards_ask_for():
    body = write_calendar([ITEM], key="home.calendar:1", name="Reading", path="/me/").decode().replace("\r\n ", "")
    for line in (
        "VERSION:2.0",
        "UID:home.calendar:1@localhost",
        "NAME:Reading",
        "X-WR-CALNAME:Reading",
        "COLOR:seagreen",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "TZID:Europe/Berlin",
        "UID:reading_groups.session:7@localhost",
        "SEQUENCE:3",
        "DTSTAMP:20261126T170000Z",
        "LAST-MODIFIED:20261126T170000Z",
        "DTSTART;TZID=Europe/Berlin:20261201T180000",
        "DTEND;TZID=Europe/Berlin:20261201T190000",
        "SUMMARY:Attention",
        "DESCRIPTION:A group",
        "LOCATION:https://call.example.org/x?a=1\\,2\\;b",
        "CONFERENCE;FEATURE=VIDEO;VALUE=URI:https://call.example.org/x?a=1,2;b",
        "STATUS:CONFIRMED",
    ):
        assert f"\r\n{line}\r\n" in body, line
    assert "\r\nMETHOD" not in body


def test_what_is_cancelled_says_so_and_has_no_call():
    event = one(write_file(replace(ITEM, is_cancelled=True)))
    assert str(event["STATUS"]) == "CANCELLED"
    assert {"LOCATION", "CONFERENCE"}.isdisjoint(event)


def test_of_a_meeting_nobody_is_named():
    event = one(write_file(replace(ITEM, kind="meeting", context="With Member B")))
    assert "DESCRIPTION" not in event


def test_a_time_that_clocks_show_twice_is_told_in_utc():
    """25 October: 02:30 in Berlin is at 00:30 and at 01:30 in UTC."""
    for hour in (0, 1):
        at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        body = write_file(replace(ITEM, starts_at=at, ends_at=at + timedelta(hours=1)))
        assert f"\r\nDTSTART:20261025T0{hour}3000Z\r\n" in body.decode()
        assert b"VTIMEZONE" not in body
    # Where only its end is twofold as well.
    at = datetime(2026, 10, 24, 23, 45, tzinfo=UTC)
    assert b"DTEND:20261025T004500Z" in write_file(replace(ITEM, starts_at=at, ends_at=at + timedelta(hours=1)))


@pytest.mark.parametrize(("zone", "told"), [("UTC", ""), ("Etc/UTC", ""), ("Asia/Calcutta", "Asia/Kolkata")])
def test_zones_go_by_their_present_names(zone, told):
    body = write_file(replace(ITEM, zone=zone)).decode()
    assert ("DTSTART:20261201T170000Z" in body) == (told == "")
    assert (f"TZID:{told}\r\n" in body) == (told != "")


def test_a_calendar_without_entries_is_one_all_the_same():
    body = write_calendar([], key="k", name="n", path="/")
    assert b"BEGIN:VTIMEZONE" in body
    assert not Calendar.from_ical(body).walk("VEVENT")
    assert body == write_calendar([], key="k", name="n", path="/")


def test_an_invitation_is_to_one_reader_and_from_the_site():
    written = AT - timedelta(hours=20)
    text = write_invitation(
        ITEM, organizer="site@example.org", organizer_name='A "b"\r\nX:y', attendee="r@example.org", now=written
    )
    calendar, event = Calendar.from_ical(text), one(text)
    assert str(calendar["METHOD"]) == "REQUEST"
    assert str(event["ORGANIZER"]) == "mailto:site@example.org"
    assert event["ORGANIZER"].params["CN"] == "A 'b' X:y"
    assert str(event["ATTENDEE"]) == "mailto:r@example.org"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert (str(event["UID"]), event.get("SEQUENCE")) == ("reading_groups.session:7@localhost", 3)
    # With a method the stamp is when it was written (RFC 5545, 3.8.7.2).
    assert (event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt) == (written, ITEM.changed_at)
    off = replace(ITEM, is_cancelled=True)
    text = write_invitation(off, organizer="a@example.org", organizer_name="A", attendee="r@example.org", now=written)
    assert (str(Calendar.from_ical(text)["METHOD"]), str(one(text)["STATUS"])) == ("CANCEL", "CANCELLED")
