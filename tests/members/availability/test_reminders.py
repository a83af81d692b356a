"""What is sent about meetings, to whom and when, in words that can be read."""

from datetime import timedelta

import pytest
from django.core import mail

from collaborative.home.kinds import BY_KEY, KINDS, frame
from members.availability import actions
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from tests.factories import MeetingFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return [
        MemberFactory(name="Member A", time_zone="Asia/Kolkata"),
        MemberFactory(name="Member B", time_zone="Europe/Berlin"),
    ]


@pytest.fixture
def meeting(pair):
    """Thursday 26 November 2026, 15:00 to 16:00 in London."""
    return MeetingFactory(title="First meeting", participants=pair, call_url="https://meet.example.org/room")


def tick(now) -> list:
    """What one turn of both clocks sends."""
    mail.outbox.clear()
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=frame(), clock=lambda: now)
    return sorted(mail.outbox, key=lambda message: message.to)


def test_a_day_before_everybody_is_reminded_on_their_own_clock(meeting, pair):
    day_before = meeting.starts_at - timedelta(hours=24)
    assert tick(day_before - timedelta(minutes=1)) == []
    first, second = tick(day_before)
    assert first.subject == "Thu 26 Nov, 20:30: First meeting"
    assert "Thu 26 Nov, 20:30 in Kolkata (UTC+5:30), your time. 15:00 in London." in first.body
    assert "With Member B" in first.body
    assert "https://meet.example.org/room" in first.body
    assert f"/me/availability/meetings/{meeting.pk}/" in first.body
    assert second.subject == "Thu 26 Nov, 16:00: First meeting"
    assert tick(day_before + timedelta(minutes=1)) == []


def test_a_reminder_follows_a_meeting_that_moves(meeting, pair):
    day_before = meeting.starts_at - timedelta(hours=24)
    write_obligations(kinds=KINDS, now=day_before - timedelta(hours=30))
    later = {"starts_at": meeting.starts_at + timedelta(days=2), "ends_at": meeting.ends_at + timedelta(days=2)}
    actions.move_meeting(actor=pair[0], meeting_id=meeting.pk, now=day_before - timedelta(hours=20), **later)
    [moved] = tick(day_before)
    assert (moved.to, moved.subject) == ([pair[1].email], "Moved: First meeting, Sat 28 Nov, 16:00")
    assert len(tick(day_before + timedelta(days=2))) == 2


def test_no_reminder_of_what_is_cancelled_or_of_who_left(meeting, pair):
    day_before = meeting.starts_at - timedelta(hours=24)
    write_obligations(kinds=KINDS, now=day_before - timedelta(hours=1))
    meeting.participants.remove(pair[0])
    [only] = tick(day_before)
    assert only.to == [pair[1].email]
    other = MeetingFactory(starts_at=meeting.starts_at + timedelta(days=7), participants=pair)
    write_obligations(kinds=KINDS, now=other.starts_at - timedelta(hours=26))
    actions.cancel_meeting(actor=pair[0], meeting_id=other.pk, now=other.starts_at - timedelta(hours=25))
    [cancelled] = tick(other.starts_at - timedelta(hours=24))
    assert cancelled.subject.startswith("Cancelled: ")


def test_who_has_just_been_told_is_not_reminded_as_well(pair, now):
    actions.plan_meeting(
        actor=pair[0],
        title="Soon",
        starts_at=now + timedelta(hours=5),
        ends_at=now + timedelta(hours=6),
        zone="Europe/Berlin",
        participants=pair,
        now=now,
    )
    [planned] = tick(now)
    assert (planned.to, planned.subject) == ([pair[1].email], "Planned: Soon, Tue 24 Nov, 18:00")
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("state", ["planned", "moved", "cancelled"])
def test_a_change_says_what_happened_and_what_to_do(pair, now, state):
    meeting = actions.plan_meeting(
        actor=pair[0],
        title="R&D <plan>",
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=1),
        zone="Europe/Berlin",
        participants=pair,
        call_url="https://meet.example.org/room",
        now=now,
    )
    if state == "moved":
        starts_at = meeting.starts_at + timedelta(hours=3)
        actions.move_meeting(
            actor=pair[0], meeting_id=meeting.pk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), now=now
        )
    if state == "cancelled":
        actions.cancel_meeting(actor=pair[0], meeting_id=meeting.pk, now=now)
    [message] = tick(now)
    words = {
        "planned": "“R&D <plan>” is planned for this time:",
        "moved": "“R&D <plan>” has a new time:",
        "cancelled": "“R&D <plan>” is cancelled. It was to be at this time:",
    }
    html = message.alternatives[0].content
    assert words[state] in message.body
    assert message.subject.startswith(f"{state.capitalize()}: R&D <plan>, ")
    assert "R&amp;D &lt;plan&gt;" in html
    assert ("https://meet.example.org/room" in message.body) == (state != "cancelled")
    assert ("https://meet.example.org/room" in html) == (state != "cancelled")


def test_a_change_is_told_once_per_revision_and_only_while_it_is_true(pair, now):
    meeting = MeetingFactory(participants=pair)
    for hours in (1, 2):
        starts_at = meeting.starts_at + timedelta(hours=hours)
        actions.move_meeting(
            actor=pair[0], meeting_id=meeting.pk, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), now=now
        )
    [message] = tick(now)
    assert message.subject.endswith("Thu 26 Nov, 18:00")
    states = Delivery.objects.filter(kind="meeting_changed").order_by("id").values_list("state", flat=True)
    assert list(states) == [Delivery.State.SUPPRESSED, Delivery.State.SENT]
