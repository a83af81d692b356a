"""One session as members in four places see it, in the weeks in which clocks change: pages, mails, feeds."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from collaborative.home.actions import give_calendar_address
from collaborative.home.kinds import BY_KEY, KINDS, frame
from notifications.actions import send_due, write_obligations
from reading_groups.models import Enrolment
from tests.clients import client_of
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.pages import text_of

pytestmark = pytest.mark.django_db
PLACES = ["Asia/Kolkata", "Europe/Berlin", "America/New_York", "Africa/Nairobi"]

# Tuesdays at 18:00 in Berlin: the instant, and what clocks show in Kolkata, Berlin, New York and Nairobi.
SESSIONS = [
    # Before Europe's clocks go back, after that, and after those of New York have followed.
    (datetime(2026, 10, 20, 16, 0, tzinfo=UTC), ["21:30", "18:00", "12:00", "19:00"]),
    (datetime(2026, 10, 27, 17, 0, tzinfo=UTC), ["22:30", "18:00", "13:00", "20:00"]),
    (datetime(2026, 11, 3, 17, 0, tzinfo=UTC), ["22:30", "18:00", "12:00", "20:00"]),
    # New York goes forward first, in March, then Europe.
    (datetime(2027, 3, 9, 17, 0, tzinfo=UTC), ["22:30", "18:00", "12:00", "20:00"]),
    (datetime(2027, 3, 16, 17, 0, tzinfo=UTC), ["22:30", "18:00", "13:00", "20:00"]),
    (datetime(2027, 3, 30, 16, 0, tzinfo=UTC), ["21:30", "18:00", "12:00", "19:00"]),
]


@pytest.mark.parametrize(
    ("starts_at", "clocks"), SESSIONS, ids=lambda value: f"{value:%b-%d}" if hasattr(value, "year") else ""
)
def test_everybody_sees_the_session_on_their_own_clock(starts_at, clocks):
    day = f"{starts_at:%a} {starts_at.day} {starts_at:%b}"
    with time_machine.travel(starts_at - timedelta(days=1), tick=False):
        group = ReadingGroupFactory(slug="attention", zone="Europe/Berlin", weekday=1)
        session = SessionFactory(group=group, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
        members = [MemberFactory(time_zone=zone, name=f"Member {n}") for n, zone in enumerate(PLACES)]
        for member in members:
            EnrolmentFactory(group=group, member=member, state=Enrolment.State.ENROLLED)
        mail.outbox.clear()
        write_obligations(kinds=KINDS, now=timezone.now())
        send_due(kinds=BY_KEY, frame=frame(), clock=timezone.now)
        mails = {message.to[0]: message for message in mail.outbox if str(session.pk) in message.body}
        for member, clock in zip(members, clocks, strict=True):
            client = client_of(member)
            shown = f"{day}, {clock}"
            for path in ("/me/", "/groups/attention/", session.get_absolute_url()):
                response = client.get(path)
                assert response.status_code == 200
                page = text_of(response)
                assert shown in page or (clock in page and day in page), (member.time_zone, path)
                assert f'datetime="{starts_at:%Y-%m-%dT%H:%M}' in client.get(path).content.decode(), path
            assert f"{shown} in" in mails[member.email].body, member.time_zone
            address = give_calendar_address(actor=member, now=timezone.now())
            feed = icalendar.Calendar.from_ical(Client().get(f"/calendar/{address.token}.ics").content)
            [event] = [event for event in feed.walk("VEVENT") if event["DTSTART"].dt == starts_at]
            assert event["DTEND"].dt == starts_at + timedelta(hours=1)
