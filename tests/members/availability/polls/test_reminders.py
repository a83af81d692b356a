"""Who is told of a poll, who is reminded, and what the mails say."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core import mail

from collaborative.home.kinds import BY_KEY, KINDS, frame
from members.availability.polls import actions
from members.availability.polls.times import Slot
from notifications.actions import send_due, write_obligations
from tests.factories import AwayFactory, BallotFactory, GuestBallotFactory, MemberFactory, PollFactory

pytestmark = pytest.mark.django_db
OPENED = datetime(2026, 11, 24, 12, tzinfo=UTC)
CLOSES = OPENED + timedelta(days=3)
SLOTS = [Slot(starts_at=OPENED + timedelta(days=5, hours=3)), Slot(starts_at=OPENED + timedelta(days=6, hours=3))]


@pytest.fixture
def poll():
    return PollFactory(title="A first talk", opened_at=OPENED, closes_at=CLOSES, slots=SLOTS)


def tick(now) -> dict:
    """What one turn of both clocks sends, by recipient."""
    mail.outbox.clear()
    write_obligations(kinds=KINDS, now=now)
    send_due(kinds=BY_KEY, frame=frame(), clock=lambda: now)
    return {message.to[0]: message for message in mail.outbox}


def test_only_those_who_have_not_answered_and_are_there_are_reminded(poll):
    late = BallotFactory(poll=poll, member__time_zone="Asia/Kolkata", member__email="late@example.org")
    BallotFactory(poll=poll, marks="20")
    away = BallotFactory(poll=poll)
    day = (CLOSES - timedelta(days=1)).date()
    AwayFactory(member=away.member, starts_on=day - timedelta(days=1), ends_on=day + timedelta(days=1))
    BallotFactory(poll=poll, member__is_active=False)
    GuestBallotFactory(poll=poll, email="guest@example.org")
    assert tick(CLOSES - timedelta(hours=24, minutes=1)) == {}
    sent = tick(CLOSES - timedelta(hours=24))
    assert sorted(sent) == ["guest@example.org", "late@example.org"]
    assert sent["late@example.org"].subject == "Answers until Fri 27 Nov, 17:30: A first talk"
    assert f"/polls/{poll.pk}/" in sent["late@example.org"].body
    assert "/polls/my-answer/" in sent["guest@example.org"].body
    assert "Open your week" not in sent["guest@example.org"].body
    assert tick(CLOSES - timedelta(hours=23)) == {}
    assert late.member.deliveries.filter(kind="poll_reminder").count() == 1


def test_a_reminder_follows_the_deadline(poll):
    BallotFactory(poll=poll, member__email="late@example.org")
    write_obligations(kinds=KINDS, now=CLOSES - timedelta(hours=30))
    later = CLOSES + timedelta(days=1)
    actions.change_poll(poll_id=poll.pk, closes_at=later, guests_limit=0, now=CLOSES - timedelta(hours=26))
    assert tick(CLOSES - timedelta(hours=24)) == {}
    assert list(tick(later - timedelta(hours=24))) == ["late@example.org"]


def test_at_the_deadline_everybody_gets_the_result_on_their_own_clock(poll):
    BallotFactory(poll=poll, marks="20", member__time_zone="Asia/Kolkata", member__email="kolkata@example.org")
    BallotFactory(poll=poll, marks="22", member__time_zone="America/New_York", member__email="york@example.org")
    BallotFactory(poll=poll, marks="12", member__email="third@example.org")
    sent = tick(CLOSES)
    assert sorted(sent) == ["kolkata@example.org", "third@example.org", "york@example.org"]
    body = sent["kolkata@example.org"].body
    assert "3 of 3 have answered." in body
    assert "- Sun 29 Nov, 20:30: 2 yes, 1 if needed, 0 no\n- Mon 30 Nov, 20:30: 2 yes, 0 if needed, 1 no" in body
    assert "- Sun 29 Nov, 10:00: 2 yes, 1 if needed, 0 no" in sent["york@example.org"].body
    assert tick(CLOSES + timedelta(minutes=1)) == {}


def test_closing_by_hand_tells_at_once_and_not_again_at_the_deadline(poll):
    organizer = MemberFactory()
    BallotFactory(poll=poll, marks="20", member__email="one@example.org")
    write_obligations(kinds=KINDS, now=CLOSES - timedelta(hours=20))
    now = CLOSES - timedelta(hours=10)
    actions.close_poll(actor=organizer, poll_id=poll.pk, now=now)
    body = tick(now)["one@example.org"].body
    # With fewer than three answers there are no numbers.
    assert ("- Sun 29 Nov" in body, "yes" in body) == (True, False)
    assert tick(CLOSES) == {}


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Asia/Kolkata", "Tuesday, 22:30"), ("America/New_York", "Tuesday, 12:00"), ("Africa/Nairobi", "Tuesday, 20:00")],
)
def test_a_weekly_time_is_told_on_every_clock(zone, told):
    slots = [Slot(weekday=1, at=time(18))]
    poll = PollFactory(opened_at=OPENED, closes_at=CLOSES, slots=slots, is_weekly=True, zone="Europe/Berlin")
    BallotFactory(poll=poll, marks="2", member__time_zone=zone, member__email="one@example.org")
    assert told in tick(CLOSES)["one@example.org"].body


def test_who_is_asked_is_told_when_it_opens_and_what_it_shows():
    actor = MemberFactory()
    other = MemberFactory(email="other@example.org", time_zone="Asia/Kolkata")
    fields = {"zone": "Europe/Berlin", "minutes": 60, "slots": SLOTS, "is_free": False, "closes_at": CLOSES}
    actions.open_poll(actor=actor, title="A talk", people=[other], now=OPENED, key=uuid4(), **fields)
    sent = tick(OPENED)
    assert list(sent) == ["other@example.org"]
    assert sent["other@example.org"].subject == "When can you meet? A talk"
    assert "until Fri 27 Nov, 17:30 in Kolkata (UTC+5:30), your time" in sent["other@example.org"].body
    assert "Nobody sees who answered what." in sent["other@example.org"].body
