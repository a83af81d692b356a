"""What members want: which messages, where, and at which hours by their own clocks."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from collaborative.home.kinds import BY_KEY
from notifications.models import Delivery, Preferences
from notifications.preferences import (
    When,
    choices_of,
    end_of_quiet,
    preferences_of,
    read_notices,
    save_preferences,
    stop_mails,
    stop_path,
)
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory
from tests.notifications.conftest import delivery_to

pytestmark = pytest.mark.django_db
NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}


def when(**fields) -> When:
    return When(
        **{"quiet_from": None, "quiet_until": None, "digest": "weekly", "digest_weekday": 0, "digest_at": time(8)}
        | fields
    )


def wants(member, *, channels=None, **fields) -> None:
    save_preferences(member_id=member.pk, when=when(**fields), channels=channels or {})


def outcome(delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


@pytest.mark.parametrize(
    ("channel", "mails", "closed", "is_shown"),
    [
        ("", 1, ("sent", ""), True),
        ("site", 0, ("suppressed", "shown on the site only"), True),
        ("none", 0, ("suppressed", "not wanted by the member"), False),
    ],
)
def test_each_kind_comes_as_it_is_wanted(post, session_in, mail_server, channel, mails, closed, is_shown):
    session = session_in(24)
    member = session.group.enrolments.get().member
    post.scan()
    # What is in the ledger already follows as well.
    wants(member, channels={"session_tomorrow": channel, "presenting_soon": "none"})
    post.send()
    delivery = delivery_to(member)
    assert (len(mail_server.messages), outcome(delivery)) == (mails, closed)
    notices = Delivery.objects.notices().filter(member=member)
    assert [(notice.notice_path, bool(notice.notice)) for notice in notices] == (
        [(session.group.get_absolute_url(), True)] if is_shown else []
    )


def test_another_members_wish_is_theirs(post, session_in, mail_server):
    group = session_in(24, members=2).group
    silent, other = (enrolment.member for enrolment in group.enrolments.order_by("pk"))
    wants(silent, channels={"session_tomorrow": "none"})
    post.scan()
    post.send()
    assert [message["To"] for message in mail_server.messages] == [other.email]


def held_until(post, hours: float, group=None):
    group = group or ReadingGroupFactory()
    held = EnrolmentFactory(group=group, state="held", held_until=post.now + timedelta(hours=hours))
    BY_KEY["place_offered"].record(held, now=post.now)
    return held


def test_what_waits_for_an_answer_is_mailed_whatever_is_chosen(post, mail_server):
    held = held_until(post, hours=40)
    wants(held.member, channels={"place_offered": "none"})
    post.send()
    assert len(mail_server.messages) == 1


# Quiet hours


@pytest.mark.parametrize(
    ("zone", "moment", "end"),
    [
        ("Europe/Berlin", datetime(2026, 11, 24, 20, 59, tzinfo=UTC), None),
        ("Europe/Berlin", datetime(2026, 11, 24, 21, 0, tzinfo=UTC), datetime(2026, 11, 25, 6, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 25, 5, 59, tzinfo=UTC), datetime(2026, 11, 25, 6, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 25, 6, 0, tzinfo=UTC), None),
        # The nights in which clocks change are an hour longer or shorter.
        ("Europe/Berlin", datetime(2026, 10, 24, 21, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2027, 3, 27, 22, 0, tzinfo=UTC), datetime(2027, 3, 28, 5, 0, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 11, 24, 16, 15, tzinfo=UTC), datetime(2026, 11, 25, 1, 15, tzinfo=UTC)),
        ("", datetime(2026, 11, 24, 23, 0, tzinfo=UTC), datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_end_by_the_clock_of_the_member(settings, zone, moment, end):
    settings.TIME_ZONE = "UTC"
    assert end_of_quiet(moment, zone=zone, preferences=Preferences(**NIGHT)) == end


def test_quiet_hours_may_lie_within_a_day_or_be_none():
    noon = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    lunch = Preferences(quiet_from=time(12), quiet_until=time(13))
    assert end_of_quiet(noon, zone="UTC", preferences=lunch) == noon + timedelta(minutes=30)
    assert end_of_quiet(noon + timedelta(minutes=30), zone="UTC", preferences=lunch) is None
    assert end_of_quiet(noon, zone="UTC", preferences=Preferences(quiet_from=None, quiet_until=None)) is None


def test_by_default_nights_are_quiet(settings):
    settings.QUIET_HOURS = (time(22), time(7))
    own = preferences_of(MemberFactory().pk)
    assert (own.pk, own.quiet_from, own.quiet_until) == (None, time(22), time(7))


def test_what_falls_into_the_night_comes_in_the_morning(post, session_in, mail_server):
    """Noon in London is half past five in the afternoon in Kolkata; the reminder falls due at half past ten."""
    session = session_in(29)
    member = session.group.enrolments.get().member
    wants(member, **NIGHT)
    post.scan()
    post.advance(hours=5)
    post.send()
    delivery = delivery_to(member)
    assert (outcome(delivery), delivery.attempts) == (("due", "quiet hours"), 0)
    post.advance(hours=8, minutes=29)
    assert post.send() == 0
    post.advance(minutes=1)
    post.send()
    assert (outcome(delivery), delivery.attempts, len(mail_server.messages)) == (("sent", ""), 1, 1)


def test_what_would_be_too_late_in_the_morning_is_only_shown(post, session_in, mail_server):
    session = session_in(24)
    member = session.group.enrolments.get().member
    wants(member, quiet_from=time(17), quiet_until=time(16))
    post.scan()
    post.send()
    assert outcome(delivery_to(member)) == ("suppressed", "quiet hours until it was too late")
    assert Delivery.objects.notices().filter(member=member).count() == 1
    assert mail_server.messages == []


def test_what_cannot_wait_comes_at_once_where_it_would_be_too_late(post, mail_server):
    soon, later = held_until(post, hours=2), held_until(post, hours=40)
    for held in (soon, later):
        wants(held.member, quiet_from=time(17), quiet_until=time(7))
    post.send()
    assert [message["To"] for message in mail_server.messages] == [soon.member.email]
    assert outcome(delivery_to(later.member)) == ("due", "quiet hours")


def test_quiet_hours_begin_and_end_at_different_hours():
    member = MemberFactory()
    for hours in ({"quiet_from": time(7)}, {"quiet_from": time(7), "quiet_until": time(7)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            wants(member, **hours)


# Stopping


def test_every_optional_mail_says_how_to_stop_its_kind(post, session_in, mail_server, settings, client):
    settings.BASE_URL = "https://reading.example.org"
    session = session_in(24)
    member = session.group.enrolments.get().member
    post.scan()
    post.send()
    message = mail_server.messages[0]
    address = message["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://reading.example.org/mails/stop/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = address.removeprefix("https://reading.example.org")
    # Looking changes nothing: programs open links in mails to check them.
    assert client.get(path).status_code == 200
    assert choices_of(member.pk) == {}
    client.handler.enforce_csrf_checks = True
    for _press in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert choices_of(member.pk) == {"session_tomorrow": "site"}


def test_a_mail_that_is_always_sent_has_no_such_button(post, mail_server):
    held_until(post, hours=40)
    post.send()
    assert mail_server.messages[0]["List-Unsubscribe"] is None


def test_stopping_keeps_what_was_chosen_and_ends_the_digest():
    member = MemberFactory()
    wants(member, channels={"session_tomorrow": "none"})
    stop_mails(member_id=member.pk, kind="session_tomorrow", is_digest=False)
    stop_mails(member_id=member.pk, kind="weekly_digest", is_digest=True)
    assert choices_of(member.pk) == {"session_tomorrow": "none"}
    assert preferences_of(member.pk).digest == "never"


@pytest.mark.parametrize("kind", ["place_offered", "no_such_kind"])
def test_a_link_stops_what_may_be_stopped_alone(client, kind):
    assert client.get(stop_path(member_id=MemberFactory().pk, kind=kind)).status_code == 404
    former = MemberFactory(is_active=False)
    assert client.post(stop_path(member_id=former.pk, kind="session_tomorrow")).status_code == 404


def test_reading_is_said_once(post, session_in, mail_server):
    member = session_in(24).group.enrolments.get().member
    post.scan()
    post.send()
    assert [read_notices(member_id=member.pk, now=post.now) for _press in range(2)] == [1, 0]
    assert read_notices(member_id=MemberFactory().pk, now=post.now) == 0
