"""A member leaves, or changes their zone, address or wishes, between scheduling and sending: the mail is for whoever
they are now. Beside each, what somebody would get if it were asked when the message is scheduled.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from collaborative.home.actions import delete_account
from collaborative.home.kinds import BY_KEY
from collaborative.home.reminders import WEEKLY_DIGEST, WeeklyDigest
from members.models import Member
from notifications import actions
from notifications.kinds import Guest
from notifications.mail import Outbox
from notifications.models import Delivery
from notifications.preferences import Wish, save_preferences
from reading_groups import actions as group_actions
from reading_groups.reminders import SESSION_TOMORROW
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.notifications.conftest import Post
from tests.notifications.test_preferences import when

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(post, session_in) -> Delivery:
    """A reminder that is due, and not sent yet."""
    session_in(24)
    post.scan()
    return Delivery.objects.get()


def send_with(post: Post, kind: type) -> None:
    actions.send_due(kinds={SESSION_TOMORROW.key: kind()}, frame=post.frame, clock=post.clock)


class AsScheduled(type(SESSION_TOMORROW)):
    """Believes what was true when the message was scheduled."""

    def still_wanted(self, delivery, now):
        return True


def leave(member: Member, delivery: Delivery, post: Post) -> None:
    group_actions.leave_group(actor=member, group_id=member.enrolments.get().group_id, now=post.now)


def test_whoever_leaves_the_group_is_left_alone(post, owed, mail_server):
    leave(owed.member, owed, post)
    post.send()
    assert mail_server.messages == []


def test_unless_it_was_asked_when_scheduled(post, owed, mail_server):
    leave(owed.member, owed, post)
    send_with(post, AsScheduled)
    assert mail_server.recipients() == {owed.member.email: 1}


def test_whoever_leaves_the_site_is_left_alone(post, owed, mail_server):
    delete_account(actor=owed.member, now=post.now)
    post.send()
    assert mail_server.messages == []


def test_unless_what_is_owed_stays_and_its_address_was_kept(post, owed, mail_server, monkeypatch):
    class KeepsTheAddress(AsScheduled):
        address = owed.member.email

        def reader(self, delivery):
            return Guest(email=self.address)

    address = owed.member.email
    monkeypatch.setattr("collaborative.home.actions.stop_deliveries", lambda **about: 0)
    delete_account(actor=owed.member, now=post.now)
    send_with(post, KeepsTheAddress)
    assert mail_server.recipients() == {address: 1}


def move_to_berlin(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin", email="new@example.org")


def test_whoever_moves_reads_the_hour_of_their_new_zone(post, owed, mail_server):
    move_to_berlin(owed.member)
    post.send()
    [message] = mail_server.messages
    assert message["To"] == "new@example.org"
    text = message.get_body(preferencelist=("plain",)).get_content()
    assert "13:00 in Berlin" in text
    assert "Kolkata" not in text


def test_unless_it_was_written_when_scheduled(post, owed, mail_server):
    reader = owed.member
    with Outbox(post.frame) as outbox:
        words = outbox.words(delivery=owed, kind=SESSION_TOMORROW, reader=reader, now=post.now)
        move_to_berlin(owed.member)
        outbox.send(delivery=owed, reader=reader, words=words)
    [message] = mail_server.messages
    assert message["To"] != "new@example.org"
    assert "17:30 in Kolkata" in message.get_body(preferencelist=("plain",)).get_content()


def want_none(member: Member) -> None:
    save_preferences(member_id=member.pk, when=when(), channels={SESSION_TOMORROW.key: "none"})


def test_whoever_no_longer_wants_it_does_not_get_it(post, owed, mail_server):
    want_none(owed.member)
    post.send()
    assert mail_server.messages == []


def test_unless_they_were_asked_when_it_was_scheduled(post, owed, mail_server, monkeypatch):
    want_none(owed.member)
    monkeypatch.setattr(actions, "wish_of", lambda *about, **more: Wish())
    post.send()
    assert mail_server.recipients() == {owed.member.email: 1}


# A digest, whose reader moves across the world in the night before it ------------------------------------------------


def move_on_a_sunday(kind: WeeklyDigest) -> None:
    """Ticks from Sunday on, in the middle of which somebody moves from Kathmandu to Los Angeles."""
    member = MemberFactory(time_zone="Asia/Kathmandu", joined_at=datetime(2020, 1, 1, tzinfo=UTC))
    group = ReadingGroupFactory(presenters_wanted=0)
    EnrolmentFactory(group=group, member=member)
    SessionFactory(group=group, starts_at=datetime(2026, 11, 26, 12, tzinfo=UTC))
    post = Post(datetime(2026, 11, 22, 6, tzinfo=UTC))
    for hour in range(48):
        if hour == 12:
            Member.objects.filter(pk=member.pk).update(time_zone="America/Los_Angeles")
        actions.write_obligations(kinds=[kind], now=post.now)
        actions.send_due(kinds=BY_KEY | {kind.key: kind}, frame=post.frame, clock=post.clock)
        post.now += timedelta(hours=1)


def test_whoever_moves_gets_one_digest_of_the_week(mail_server):
    move_on_a_sunday(WEEKLY_DIGEST)
    assert len(mail_server.messages) == 1


def test_unless_the_digest_was_named_by_its_instant(mail_server):
    class NamedByInstant(WeeklyDigest):
        def waits_until(self, delivery, now):
            return None

        def still_wanted(self, delivery, now):
            return True

        def due(self, start, end):
            for obligation in super().due(start, end):
                yield replace(obligation, occurrence=f"{obligation.due_at:%Y-%m-%dT%H:%MZ}")

    move_on_a_sunday(NamedByInstant())
    assert len(mail_server.messages) == 2
