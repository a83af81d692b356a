"""Zones and wall time, on the days when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from core.clock import (
    NoSuchTime,
    TimeComesTwice,
    canonical_zone,
    check_wall_time,
    city_of,
    first_weekday_from,
    instant_of,
    offset_of,
    place_zones,
    repeating_days,
    zone_names,
)


@pytest.mark.parametrize(
    ("zone", "day", "wall_time", "instant"),
    [
        # Berlin, through both weeks: six in the evening stays six in the evening.
        ("Europe/Berlin", "2026-03-28", "18:00", "2026-03-28T17:00Z"),
        ("Europe/Berlin", "2026-03-29", "18:00", "2026-03-29T16:00Z"),
        ("Europe/Berlin", "2026-10-24", "18:00", "2026-10-24T16:00Z"),
        ("Europe/Berlin", "2026-10-25", "18:00", "2026-10-25T17:00Z"),
        # 02:30 is skipped in March and becomes 03:30; in October it comes twice and the first is meant.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30Z"),
        # A quarter of an hour that is no whole number of half hours.
        ("Asia/Kathmandu", "2026-03-29", "18:00", "2026-03-29T12:15Z"),
        ("Asia/Kathmandu", "2026-10-25", "18:00", "2026-10-25T12:15Z"),
        # Half hours, west of Greenwich.
        ("America/St_Johns", "2026-03-07", "18:00", "2026-03-07T21:30Z"),
        ("America/St_Johns", "2026-03-08", "18:00", "2026-03-08T20:30Z"),
        ("America/St_Johns", "2026-03-08", "02:30", "2026-03-08T06:00Z"),
        ("America/St_Johns", "2026-10-31", "18:00", "2026-10-31T20:30Z"),
        ("America/St_Johns", "2026-11-01", "18:00", "2026-11-01T21:30Z"),
        ("America/St_Johns", "2026-11-01", "01:30", "2026-11-01T04:00Z"),
        # Clocks change by half an hour only.
        ("Australia/Lord_Howe", "2026-04-04", "18:00", "2026-04-04T07:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "18:00", "2026-04-05T07:30Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45Z"),
        ("Australia/Lord_Howe", "2026-10-03", "18:00", "2026-10-03T07:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", "18:00", "2026-10-04T07:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45Z"),
        # A whole day that there never was: noon becomes the noon after it.
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-30T22:00Z"),
    ],
)
def test_the_instant_of_a_wall_time(zone, day, wall_time, instant):
    result = instant_of(date.fromisoformat(day), time.fromisoformat(wall_time), zone)
    assert (result, result.tzinfo) == (datetime.fromisoformat(instant), UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall_time", "problem"),
    [
        ("Europe/Berlin", "2027-03-28", "01:59", None),
        ("Europe/Berlin", "2027-03-28", "02:00", NoSuchTime),
        ("Europe/Berlin", "2027-03-28", "02:59", NoSuchTime),
        ("Europe/Berlin", "2027-03-28", "03:00", None),
        ("Europe/Berlin", "2027-10-31", "01:59", None),
        ("Europe/Berlin", "2027-10-31", "02:00", TimeComesTwice),
        ("Europe/Berlin", "2027-10-31", "02:59", TimeComesTwice),
        ("Europe/Berlin", "2027-10-31", "03:00", None),
        ("Australia/Lord_Howe", "2027-10-03", "02:15", NoSuchTime),
        ("Australia/Lord_Howe", "2027-04-04", "01:45", TimeComesTwice),
        ("America/St_Johns", "2027-11-07", "01:30", TimeComesTwice),
        ("Pacific/Apia", "2011-12-30", "12:00", NoSuchTime),
        ("Asia/Kathmandu", "2027-03-28", "02:30", None),
        ("UTC", "2027-03-28", "02:30", None),
    ],
)
def test_whether_clocks_show_a_time_once(zone, day, wall_time, problem):
    told = None
    try:
        check_wall_time(date.fromisoformat(day), time.fromisoformat(wall_time), zone)
    except (NoSuchTime, TimeComesTwice) as error:
        told = type(error)
    assert told is problem


@given(
    zone=st.sampled_from(place_zones()),
    day=st.dates(min_value=date(1990, 1, 1), max_value=date(2037, 12, 31)),
    wall_time=st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
)
# What was read off a clock that showed it for the second time: in the gap of spring it was taken to be before that.
@example(zone="Asia/Tomsk", day=date(2000, 3, 26), wall_time=time(2, fold=1))
def test_clocks_show_the_wall_time_or_skip_it(zone, day, wall_time):
    instant = instant_of(day, wall_time, zone)
    wanted, shown = datetime.combine(day, wall_time), instant.astimezone(ZoneInfo(zone))
    just_before = (instant - timedelta(days=2)).astimezone(ZoneInfo(zone))
    if shown.replace(tzinfo=None) == wanted:
        assert shown.fold == 0
    else:
        assert shown.replace(tzinfo=None) > wanted
        assert shown.utcoffset() > just_before.utcoffset()


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"])
@pytest.mark.parametrize("every_weeks", [1, 2, 5])
def test_what_repeats_keeps_its_wall_time_through_the_year(zone, every_weeks):
    days = list(repeating_days(date(2026, 1, 4), date(2027, 1, 3), every_weeks=every_weeks))
    local = [instant_of(day, time(18, 0), zone).astimezone(ZoneInfo(zone)) for day in days]
    assert [(moment.date(), moment.time(), moment.weekday()) for moment in local] == [
        (day, time(18, 0), 6) for day in days
    ]
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(weeks=every_weeks)}


def test_repeating_days_include_both_ends_and_may_be_none():
    days = repeating_days(date(2026, 11, 3), date(2026, 11, 17), every_weeks=1)
    assert list(days) == [date(2026, 11, 3), date(2026, 11, 10), date(2026, 11, 17)]
    assert list(repeating_days(date(2026, 11, 3), date(2026, 11, 2), every_weeks=1)) == []


@given(day=st.dates(max_value=date(9999, 12, 1)), weekday=st.integers(0, 6))
def test_the_first_weekday_is_within_a_week(day, weekday):
    found = first_weekday_from(day, weekday)
    assert found.weekday() == weekday
    assert timedelta() <= found - day < timedelta(weeks=1)


@pytest.mark.parametrize(
    ("name", "present"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Asia/Katmandu", "Asia/Kathmandu"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("Canada/Newfoundland", "America/St_Johns"),
        ("Australia/LHI", "Australia/Lord_Howe"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Zulu", "UTC"),
        # A zone of its own in the list of places, though the database links it to Berlin.
        ("Europe/Oslo", "Europe/Oslo"),
    ],
)
def test_old_names_become_present_ones(name, present):
    assert canonical_zone(name) == present


@pytest.mark.parametrize("month", range(1, 13))
def test_a_present_name_shows_the_same_clock_as_the_old_one(month):
    at = datetime(2026, month, 15, 12, tzinfo=UTC)
    differ = {
        name
        for name in zone_names()
        if at.astimezone(ZoneInfo(name)).utcoffset() != at.astimezone(ZoneInfo(canonical_zone(name))).utcoffset()
    }
    assert differ == set()


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "europe/berlin", "+02:00", "localtime", "../../etc/passwd", "Europe/Berlin\x00", "😀"]
)
def test_a_zone_that_does_not_exist_is_told(name):
    with pytest.raises(ValidationError) as failure:
        canonical_zone(name)
    assert failure.value.code == "unknown_zone"
    assert failure.value.messages == [f"There is no time zone called “{name}”. Choose the city nearest to you."]


def test_a_very_long_zone_is_told_in_short():
    with pytest.raises(ValidationError) as failure:
        canonical_zone("x" * 10_000)
    assert len(failure.value.messages[0]) < 150


def test_every_place_is_a_zone_and_stays_as_it_is():
    assert {canonical_zone(zone) for zone in place_zones()} == set(place_zones())
    assert {"UTC", "Asia/Kolkata", "Africa/Nairobi", "America/St_Johns", "Australia/Lord_Howe"} <= set(place_zones())


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        ("Asia/Kolkata", "Kolkata"),
        ("America/St_Johns", "St Johns"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_zones_are_called_by_their_city(zone, city):
    assert city_of(zone) == city


@pytest.mark.parametrize(
    ("zone", "on", "offset"),
    [
        ("UTC", "2026-07-01", "UTC+0"),
        ("Europe/Berlin", "2026-01-01", "UTC+1"),
        ("Europe/Berlin", "2026-07-01", "UTC+2"),
        ("Asia/Kathmandu", "2026-07-01", "UTC+5:45"),
        ("America/St_Johns", "2026-01-01", "UTC-3:30"),
        ("America/St_Johns", "2026-07-01", "UTC-2:30"),
        ("Australia/Lord_Howe", "2026-07-01", "UTC+10:30"),
        ("Pacific/Kiritimati", "2026-07-01", "UTC+14"),
    ],
)
def test_the_offset_at_an_instant(zone, on, offset):
    assert offset_of(zone, datetime.fromisoformat(f"{on}T12:00Z")) == offset
