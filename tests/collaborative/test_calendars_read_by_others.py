"""Every calendar over a year, read by two programs of others: exactly the sessions of the database.

Zones go by names that no program knows, so that each has to take our word for how the clocks go there.
"""

import re
from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
import time_machine
import vobject
from icalendar import Calendar

from collaborative.home.actions import give_calendar_address
from core.clock import instant_of
from reading_groups.models import ReadingGroup, Session
from tests.factories import EnrolmentFactory, MeetingFactory, MemberFactory, ReadingGroupFactory, SessionFactory

pytestmark = pytest.mark.django_db
# By an hour, by half an hour, by the government's word, and never. vobject has zones that were on UTC in winter for UTC
# itself unless it knows their names, so these are left to `tests/core/test_vtimezone.py`.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Cairo",
)
NUMBERS = count(1)


@pytest.fixture
def member():
    return MemberFactory(email="somebody@example.org")


@pytest.fixture
def groups(member, now) -> list[ReadingGroup]:
    """Groups that meet every week at an hour of their own clock, for a year; and in the nights of both changes."""
    groups = [ReadingGroupFactory(zone=zone, slug=zone.lower().replace("/", "-")) for zone in ZONES]
    sessions = []
    for n, group in enumerate(groups):
        EnrolmentFactory(group=group, member=member)
        for week in range(-12, 52):
            day = (now + timedelta(weeks=week, days=n)).date()
            at = instant_of(day, time(18, 30), group.zone)
            sessions.append(_session(group, at, minutes=75, is_cancelled=week % 9 == 5, revision=abs(week)))
        for change in _changes(group.zone, now):
            for minutes in (-95, -35, -5, 0, 25, 55):
                sessions.append(_session(group, change + timedelta(minutes=minutes), minutes=50))
    Session.objects.bulk_create(sessions)
    return groups


def _session(group: ReadingGroup, at: datetime, *, minutes: int, **fields: object) -> Session:
    ends_at = at + timedelta(minutes=minutes)
    return SessionFactory.build(group=group, starts_at=at, ends_at=ends_at, **fields)


def _changes(zone: str, now: datetime) -> list[datetime]:
    """The instants at which the clocks change, found hour by hour."""
    hours = [now - timedelta(days=80) + timedelta(hours=n) for n in range(24 * 430)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [hours[n] for n in range(1, len(hours)) if offsets[n] != offsets[n - 1]]


def by_recurring_ical_events(body: bytes) -> set[tuple]:
    calendar = Calendar.from_ical(body)
    found = recurring_ical_events.of(calendar, skip_bad_series=False).between(
        datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    )
    entries = [
        (
            str(e["UID"]),
            e["DTSTART"].dt.astimezone(UTC),
            e["DTEND"].dt.astimezone(UTC),
            int(e["SEQUENCE"]),
            str(e["STATUS"]),
        )
        for e in found
    ]
    assert len(set(entries)) == len(entries)
    return set(entries)


def by_vobject(body: bytes) -> set[tuple]:
    calendar = vobject.readOne(body.decode())
    entries = []
    for event in calendar.vevent_list:
        assert event.getrruleset() is None
        times = [value.value.astimezone(UTC) for value in (event.dtstart, event.dtend)]
        entries.append((event.uid.value, *times, int(event.sequence.value), event.status.value))
    assert len(set(entries)) == len(entries)
    return set(entries)


def expected(sessions) -> set[tuple]:
    return {
        (
            f"{session.key}@localhost",
            session.starts_at,
            session.ends_at,
            session.revision,
            "CANCELLED" if session.is_cancelled else "CONFIRMED",
        )
        for session in sessions
    }


@pytest.fixture(params=[by_recurring_ical_events, by_vobject])
def read(request, client):
    """What another program makes of an address at a moment."""

    def read(path: str, at: datetime) -> set[tuple]:
        with time_machine.travel(at, tick=False):
            body = client.get(path).content
        # Other names each time, as programs remember the zones that they have read.
        name = f"Somewhere/{next(NUMBERS)}/".encode()
        return request.param(re.sub(rb"TZID([:=])", rb"TZID\1" + name, body))

    return read


def test_a_members_calendar(read, member, groups, now):
    meeting = MeetingFactory(starts_at=now + timedelta(days=2), zone="Australia/Lord_Howe", participants=[member])
    found = read(f"/calendar/{give_calendar_address(actor=member, now=now).token}.ics", now)
    meetings = {(f"{meeting.key}@localhost", meeting.starts_at, meeting.ends_at, 0, "CONFIRMED")}
    assert found == expected(Session.objects.all()) | meetings
    assert len(found) > 5 * 64


def test_the_calendar_of_each_group(read, member, groups, now):
    token = give_calendar_address(actor=member, now=now).token
    for group in groups:
        sessions = expected(group.sessions.all())
        assert read(f"/groups/{group.slug}/calendar.ics", now) == sessions, group.zone
        assert read(f"/calendar/{token}/groups/{group.pk}.ics", now) == sessions, group.zone


def test_the_calendar_of_all_groups_twice_a_year(read, groups, now):
    seen = set()
    for at in (now, now + timedelta(days=180)):
        span = Session.objects.filter(starts_at__lt=at + timedelta(days=183), ends_at__gt=at - timedelta(days=7))
        found = read("/groups/calendar.ics", at)
        assert found == expected(span)
        seen |= found
    assert seen == expected(Session.objects.filter(ends_at__gt=now - timedelta(days=7)))


def test_each_session_as_a_file(read, groups, now):
    for session in Session.objects.select_related("group").order_by("?")[:40]:
        assert read(f"{session.get_absolute_url()}session.ics", now) == expected([session])
