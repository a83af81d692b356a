"""The calendar that other programs subscribe to, read back by a program of somebody else's."""

from datetime import UTC, datetime, time, timedelta

import pytest
import recurring_ical_events
import time_machine
from django.utils import timezone
from icalendar import Calendar

from collaborative.home.actions import give_calendar_address, renew_calendar_address
from collaborative.home.models import CalendarToken
from reading_groups.actions import Moment, cancel_session, move_session
from reading_groups.models import Session
from tests.factories import EnrolmentFactory, MeetingFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.queries import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(now):
    return MemberFactory(name="Member A", email="somebody@example.org")


@pytest.fixture
def feed(member, now) -> str:
    return f"/calendar/{give_calendar_address(actor=member, now=now).token}.ics"


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as clock:
        yield clock


def events(client, feed) -> list:
    calendar = Calendar.from_ical(client.get(feed).content)
    return recurring_ical_events.of(calendar, skip_bad_series=False).between(
        datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    )


def test_it_holds_exactly_the_sessions_of_the_database(client, member, feed, now):
    """Through both changes of the clocks, of groups in zones that change by an hour, by half an hour, and never."""
    zones = ("Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")
    for zone in zones:
        group = ReadingGroupFactory(zone=zone)
        EnrolmentFactory(group=group, member=member)
        for week in range(-8, 40):
            SessionFactory(group=group, starts_at=now + timedelta(weeks=week, hours=3))
    SessionFactory(starts_at=now)  # of a group of others
    expected = {
        (f"{session.key}@localhost", session.starts_at, session.ends_at, session.revision)
        for session in Session.objects.filter(group__enrolments__member=member)
    }
    found = [(str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, e.get("SEQUENCE")) for e in events(client, feed)]
    assert len(found) == 5 * 48
    assert set(found) == expected


def test_an_entry_says_what_and_where(client, member, feed, settings):
    settings.BASE_URL = "https://reading.example.org"
    group = ReadingGroupFactory(title="Two papers, a month; or more", slug="two", call_url="https://call.example.org/x")
    EnrolmentFactory(group=group, member=member)
    session = SessionFactory(group=group, title="Attention – is it all; we need? " * 3)
    [event] = events(client, feed)
    assert str(event["SUMMARY"]) == ("Attention – is it all; we need? " * 3).strip()
    assert str(event["DESCRIPTION"]) == "Two papers, a month; or more"
    assert (str(event["URL"]), str(event["STATUS"])) == ("https://reading.example.org/groups/two/", "CONFIRMED")
    # The call is its place; its own holds before the group's, and what is called off has none.
    assert str(event["LOCATION"]) == "https://call.example.org/x"
    Session.objects.update(call_url="https://call.example.org/y")
    assert str(events(client, feed)[0]["LOCATION"]) == "https://call.example.org/y"
    cancel_session(actor=member, session_id=session.pk, now=timezone.now())
    assert "LOCATION" not in events(client, feed)[0]
    assert str(event["UID"]).endswith("@reading.example.org")


def test_what_moves_keeps_its_uid_and_what_is_cancelled_stays_and_says_so(client, member, feed, now):
    session = SessionFactory()
    EnrolmentFactory(group=session.group, member=member)
    [before] = events(client, feed)
    moment = Moment(held_on=session.held_on + timedelta(days=1), at=time(15, 0))
    move_session(actor=member, session_id=session.pk, moment=moment, now=now)
    [moved] = events(client, feed)
    cancel_session(actor=member, session_id=session.pk, now=now)
    [cancelled] = events(client, feed)
    assert before["UID"] == moved["UID"] == cancelled["UID"]
    assert [e.get("SEQUENCE") for e in (before, moved, cancelled)] == [0, 1, 2]
    assert [str(e["STATUS"]) for e in (before, moved, cancelled)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_it_tells_nothing_about_people(client, member, feed, now):
    other = MemberFactory(name="Member B", email="other@example.org")
    MeetingFactory(
        title="How it goes",
        starts_at=now + timedelta(days=2),
        participants=[member, other],
        call_url="https://call.example.org/x",
    )
    text = client.get(feed).content.decode()
    assert "SUMMARY:How it goes" in text
    assert [word in text for word in ("Member A", "Member B", "@example.org", "call.example.org")] == [False] * 4


def test_a_program_that_has_it_already_is_told_so(client, member, feed, clock):
    session = SessionFactory()
    EnrolmentFactory(group=session.group, member=member)
    first = client.get(feed)
    clock.shift(timedelta(hours=5))
    assert client.get(feed).content == first.content
    by_tag = client.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(feed, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_tag.status_code, by_time.status_code, by_tag.content) == (304, 304, b"")
    cancel_session(actor=member, session_id=session.pk, now=timezone.now())
    by_tag = client.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    by_time = client.get(feed, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (by_tag.status_code, by_time.status_code) == (200, 200)
    assert by_tag.headers["Last-Modified"] == "Tue, 24 Nov 2026 17:00:00 GMT"


def test_lines_are_as_long_as_the_format_allows_and_end_as_it_says(client, member, feed):
    EnrolmentFactory(group=SessionFactory(title="ż" * 300).group, member=member)
    lines = client.get(feed).content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert (lines[0], lines[-2:]) == (b"BEGIN:VCALENDAR", [b"END:VCALENDAR", b""])
    assert not any(b"\n" in line for line in lines)


@pytest.mark.parametrize("rows", [1, 12])
def test_it_costs_the_same_at_any_length(client, member, feed, now, rows):
    for n in range(rows):
        EnrolmentFactory(group=SessionFactory().group, member=member)
        MeetingFactory(starts_at=now + timedelta(days=2, hours=n), participants=[member])
    client.get(feed)
    # The address and its member; sessions and readings; meetings and participants; the site.
    with exactly(6):
        client.get(feed)


def test_getting_an_address_twice_is_getting_it_once_and_a_new_one_ends_the_old(client, member, clock):
    client.force_login(member)
    assert "Get the address" in client.get("/me/calendar/").text
    client.post("/me/calendar/", {"action": "get"})
    first = CalendarToken.objects.get().token
    client.post("/me/calendar/", {"action": "get"})
    assert CalendarToken.objects.get().token == first
    assert f"/calendar/{first}.ics" in client.get("/me/calendar/").text
    client.post("/me/calendar/", {"action": "renew"})
    second = CalendarToken.objects.get().token
    assert [client.get(f"/calendar/{token}.ics").status_code for token in (first, second)] == [404, 200]
    client.post("/me/calendar/", {"action": "stop"})
    assert client.get(f"/calendar/{second}.ics").status_code == 404
    assert len(second) >= 43


def test_whoever_may_not_sign_in_has_no_calendar(client, member, feed):
    member.is_active = False
    member.save()
    assert client.get(feed).status_code == 404


def test_a_renewed_address_is_not_the_one_before(member, feed, now):
    assert renew_calendar_address(actor=member, now=now).token not in feed
