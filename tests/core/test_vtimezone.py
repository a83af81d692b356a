"""Zones as calendars tell them, read back by two programs of others and compared with the zones' own rules."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from core.clock import place_zones
from core.vtimezone import timezone_of

FIRST, LAST = datetime(2026, 1, 10, 12, tzinfo=UTC), datetime(2027, 3, 20, 12, tzinfo=UTC)
# By an hour, by half an hour, in the south, twice around Ramadan, against the name of the season, and never.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Asia/Kathmandu",
    "Pacific/Chatham",
)


def text_of(zone: str, first: datetime = FIRST, last: datetime = LAST) -> str:
    calendar = Calendar()
    calendar.add_component(timezone_of(zone, first, last))
    return calendar.to_ical().decode()


def by_dateutil(text: str):
    return tz.tzical(StringIO(text.replace("\r\n", "\n"))).get()


def by_icalendar(text: str):
    """Made from what is written, not looked up by its name."""
    return Calendar.from_ical(text).timezones[0].to_tz(lookup_tzid=False)


def offset_by(reader, at: datetime, zone: str) -> timedelta:
    """What a program makes of the wall time of an instant, which is what a calendar gives it."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=reader, fold=0).utcoffset()


def comes_twice(at: datetime, zone: str) -> bool:
    local = at.astimezone(ZoneInfo(zone))
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("read", [by_dateutil, by_icalendar])
def test_two_programs_read_the_zone_right_at_every_half_hour(zone, read):
    reader, at, asked = read(text_of(zone)), FIRST, 0
    while at < LAST:
        if not comes_twice(at, zone):
            assert offset_by(reader, at, zone) == at.astimezone(ZoneInfo(zone)).utcoffset(), at
            asked += 1
        at += timedelta(minutes=30)
    assert asked > 20_000


@given(
    zone=st.sampled_from(place_zones()),
    first=st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    days=st.integers(0, 900),
    share=st.floats(0, 1),
)
def test_it_is_right_in_any_zone_and_any_span(zone, first, days, share):
    first = first.replace(microsecond=0)
    last = first + timedelta(days=days)
    at = (first + (last - first) * share).replace(microsecond=0)
    if not comes_twice(at, zone):
        reader = by_dateutil(text_of(zone, first, last))
        assert offset_by(reader, at, zone) == at.astimezone(ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize(
    ("zone", "summer", "winter"),
    [
        ("Europe/Berlin", "20260329T020000", "20261025T030000"),
        ("America/New_York", "20260308T020000", "20261101T020000"),
        # Half an hour, and the seasons the other way round.
        ("Australia/Lord_Howe", "20261004T020000", "20260405T020000"),
        ("Europe/Dublin", "20260329T010000", "20261025T020000"),
    ],
)
def test_a_change_begins_on_the_clock_that_was_in_force_until_then(zone, summer, winter):
    component = timezone_of(zone, FIRST, LAST)
    onsets = {(part.name, f"{part['DTSTART'].dt:%Y%m%dT%H%M%S}") for part in component.subcomponents}
    assert {("DAYLIGHT", summer), ("STANDARD", winter)} <= onsets
    assert not any(name in part for part in component.subcomponents for name in ("RRULE", "RDATE"))


def test_the_library_itself_would_be_an_hour_late():
    """Why the zones are written here: dateutil, which takes them as they are written, is misled for an hour."""
    zone, at = "Europe/Berlin", datetime(2026, 3, 29, 1, 15, tzinfo=UTC)  # 03:15, when it has just become summer
    calendar, event = Calendar(), Event()
    for name in ("dtstart", "dtend"):
        event.add(name, at.astimezone(ZoneInfo(zone)))
    calendar.add_component(event)
    calendar.add_missing_timezones(first_date=FIRST.date(), last_date=LAST.date())
    assert "DTSTART:20260329T030000" in calendar.to_ical().decode()
    ours = by_dateutil(text_of(zone))
    early = datetime(2026, 3, 29, 2, 30)
    # 02:30 is skipped; whoever asks is already in summer by our word, and still in winter by the library's.
    assert early.replace(tzinfo=ours).utcoffset() == timedelta(hours=2)
    assert early.replace(tzinfo=by_dateutil(calendar.to_ical().decode())).utcoffset() == timedelta(hours=1)


def test_a_zone_without_changes_has_been_as_it_is_since_long():
    [part] = timezone_of("Asia/Kathmandu", FIRST, LAST).subcomponents
    assert (part.name, part["DTSTART"].dt, part["TZOFFSETTO"].td) == (
        "STANDARD",
        datetime(1970, 1, 1),
        timedelta(hours=5, minutes=45),
    )


def test_at_the_ends_of_what_can_be_counted_it_still_says_something():
    for year in (1, 2, 9998, 9999):
        moment = datetime(year, 6, 1, tzinfo=UTC)
        assert timezone_of("Europe/Berlin", moment, moment).subcomponents
