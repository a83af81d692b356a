"""A member's week, told on Monday at eight by their own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collaborative.home.reminders import WEEKLY_DIGEST
from collaborative.models import Site
from members.models import TopicExperience
from notifications import actions
from notifications.models import Delivery, Preferences
from reading_groups.models import Enrolment
from tests.factories import (
    AwayFactory,
    EnrolmentFactory,
    MeetingFactory,
    MemberFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.notifications.conftest import Post
from tests.queries import exactly
from tests.smtp import mail_server

__all__ = ["mail_server"]

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Eight in the morning in Berlin.
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def somebody(**fields):
    return MemberFactory(**({"time_zone": "Europe/Berlin", "joined_at": LONG_AGO} | fields))


@pytest.fixture
def post() -> Post:
    return Post(MONDAY)


def walk(post, until, hours=6):
    """The clock's scans, every few hours, as if the site ran."""
    while post.now < until:
        actions.write_obligations(kinds=[WEEKLY_DIGEST], now=post.now)
        post.advance(hours=hours)


@pytest.mark.parametrize(
    ("zone", "utc_hours"),
    [
        # 18 and 25 October, 1 and 8 November: Berlin's clocks go back on the 25th, Los Angeles's on 1 November.
        ("Europe/Berlin", [6, 7, 7, 7]),
        ("America/Los_Angeles", [15, 15, 16, 16]),
        ("Asia/Kathmandu", [2.25, 2.25, 2.25, 2.25]),
    ],
)
def test_it_is_eight_on_monday_everywhere_whatever_the_clocks_do(zone, utc_hours):
    member = somebody(time_zone=zone)
    post = Post(datetime(2026, 10, 18, tzinfo=UTC))
    walk(post, datetime(2026, 11, 10, tzinfo=UTC))
    mondays = [datetime(2026, 10, 19, tzinfo=UTC) + timedelta(weeks=n) for n in range(4)]
    assert list(Delivery.objects.order_by("due_at").values_list("due_at", "occurrence", "member")) == [
        (monday + timedelta(hours=hours), f"2026-W{week}", member.pk)
        for monday, hours, week in zip(mondays, utc_hours, range(43, 47), strict=True)
    ]


def test_the_years_last_week_is_called_as_the_calendar_of_weeks_calls_it():
    somebody()
    walk(Post(datetime(2026, 12, 27, tzinfo=UTC)), datetime(2027, 1, 5, tzinfo=UTC))
    assert list(Delivery.objects.order_by("due_at").values_list("occurrence", flat=True)) == ["2026-W53", "2027-W01"]


def test_whoever_moves_across_the_world_is_not_told_twice():
    member = somebody(time_zone="Asia/Kathmandu")
    post = Post(MONDAY - timedelta(days=1))
    walk(post, MONDAY)
    member.time_zone = "America/Los_Angeles"
    member.save()
    walk(post, MONDAY + timedelta(days=1))
    assert Delivery.objects.count() == 1


def test_those_who_chose_what_others_have_by_default_are_told_beside_them():
    chosen, _other = somebody(), somebody()
    Preferences.objects.create(member=chosen)
    walk(Post(MONDAY - timedelta(days=1)), MONDAY)
    assert Delivery.objects.count() == 2


def test_whoever_joins_later_is_not_told_of_that_week():
    somebody(joined_at=MONDAY + timedelta(minutes=1))
    somebody(joined_at=LONG_AGO, is_active=False)
    walk(Post(MONDAY - timedelta(days=1)), MONDAY + timedelta(days=2))
    assert Delivery.objects.count() == 0


def sent(post, mail_server):
    post.scan()
    Delivery.objects.exclude(kind="weekly_digest").delete()
    post.send()
    return mail_server.messages


def test_a_week_in_one_mail_the_call_of_today_first(post, mail_server):
    topic = TopicFactory()
    member = somebody()
    TopicExperience.objects.create(member=member, topic=topic)
    today = SessionFactory(
        group=ReadingGroupFactory(title="Attention & friends", call_url="https://call.example.org/room", slug="a"),
        title="Is it all you need?",
        starts_at=MONDAY + timedelta(hours=8),
    )
    later = SessionFactory(group=ReadingGroupFactory(title="Symmetry", slug="s"), starts_at=MONDAY + timedelta(days=3))
    too_late = SessionFactory(group=ReadingGroupFactory(title="Far"), starts_at=MONDAY + timedelta(days=7))
    for session in (later, today, too_late):
        EnrolmentFactory(group=session.group, member=member)
    MeetingFactory(title="Project call", starts_at=MONDAY + timedelta(days=5), participants=[member])
    held = ReadingGroupFactory(title="Diffusion", slug="d")
    EnrolmentFactory(
        group=held, member=member, state=Enrolment.State.HELD, held_until=MONDAY + timedelta(days=1, hours=3)
    )
    ReadingGroupFactory(title="Full", topics=[topic], capacity=1, places_taken=1)
    ReadingGroupFactory(title="Something else")
    ReadingGroupFactory(title="Statistics, slowly", topics=[topic], slug="slowly", capacity=5, places_taken=2)
    [message] = sent(post, mail_server)
    text = message.get_body(preferencelist=("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(preferencelist=("html",)).get_content()
    assert message["Subject"] == "Today at 16:00: Is it all you need?"
    assert (
        text
        == """Join the call: https://call.example.org/room

Today at 16:00: Is it all you need?
Attention & friends

Mon 23 Nov, 16:00 in Berlin (UTC+1), your time. 15:00 in London.

What it is about: http://localhost:8000/groups/a/

Needs you:

- A place in “Diffusion” is held for you until Tue 24 Nov, 11:00.
  http://localhost:8000/groups/d/

Later this week:

- Thu 26 Nov, 08:00. Symmetry (07:00 in London)
  http://localhost:8000/groups/s/
"""
        + text.partition("/groups/s/\n")[2]
    )
    assert "Sat 28 Nov, 08:00. Project call" in text
    assert "“Statistics, slowly” has 3 of 5 places left, and is on a topic of yours." in text
    assert [word in text for word in ("Far", "Full", "Something else")] == [False] * 3
    assert html.index("Join the call") < html.index("Diffusion") < html.index("Symmetry") < html.index("slowly")


def test_a_quiet_week_is_not_written_about(post, mail_server):
    member = somebody()
    topic = TopicFactory()
    TopicExperience.objects.create(member=member, topic=topic)
    ReadingGroupFactory(topics=[topic])
    assert sent(post, mail_server) == []
    assert Delivery.objects.get().state == Delivery.State.SUPPRESSED


@pytest.mark.parametrize(("last_day", "mails"), [(date(2026, 11, 28), 1), (date(2026, 11, 29), 0)])
def test_a_week_spent_away_is_not_written_about(post, mail_server, last_day, mails):
    member = somebody()
    EnrolmentFactory(group=SessionFactory(starts_at=MONDAY + timedelta(days=6)).group, member=member)
    AwayFactory(member=member, starts_on=date(2026, 11, 20), ends_on=last_day)
    assert len(sent(post, mail_server)) == mails


def test_a_part_that_is_off_is_not_told_of(post, mail_server):
    member = somebody()
    EnrolmentFactory(group=SessionFactory(starts_at=MONDAY + timedelta(days=2)).group, member=member)
    Site.objects.create(pk=1, parts=["handbook"])
    assert sent(post, mail_server) == []


def test_a_week_without_a_call_today_begins_with_what_comes(post, mail_server):
    member = somebody(time_zone="")
    EnrolmentFactory(group=SessionFactory(title="BERT", starts_at=MONDAY + timedelta(days=2)).group, member=member)
    post.advance(hours=1)
    [message] = sent(post, mail_server)
    assert message["Subject"] == "Your week: Wed 25 Nov, 07:00, BERT"
    assert "<h1" in message.get_body(preferencelist=("html",)).get_content()


@pytest.mark.parametrize("rows", [2, 30])
def test_what_is_due_costs_the_same_for_any_number_of_members(rows):
    for n in range(rows):
        somebody(time_zone=["Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles"][n % 3])
    # The zones; the members.
    with exactly(2):
        due = list(WEEKLY_DIGEST.due(MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)))
    assert len(due) == rows
    assert [row.due_at for row in due] == sorted(row.due_at for row in due)


def wants(member, **fields):
    Preferences.objects.create(member=member, **fields)
    return member


def owed(start, days):
    """Whom a digest is due for, when by the clocks in Berlin, and for which occurrence."""
    found = WEEKLY_DIGEST.due(start, start + timedelta(days=days))
    return [(row.member_id, f"{row.due_at.astimezone(BERLIN):%a %H:%M}", row.occurrence) for row in found]


def test_the_day_and_the_hour_are_the_members_own():
    usual, chosen = somebody(), wants(somebody(), digest_weekday=2, digest_at=time(17))
    wants(somebody(), digest="never")
    assert owed(MONDAY, days=7) == [(usual.pk, "Mon 08:00", "2026-W48"), (chosen.pk, "Wed 17:00", "2026-W48")]


def test_a_daily_digest_is_due_every_day_by_the_clock_on_the_wall():
    member = wants(somebody(), digest="daily", digest_at=time(9))
    before_the_change = datetime(2026, 10, 24, 0, 0, tzinfo=UTC)
    assert owed(before_the_change, days=3) == [
        (member.pk, "Sat 09:00", "2026-10-24"),
        (member.pk, "Sun 09:00", "2026-10-25"),
        (member.pk, "Mon 09:00", "2026-10-26"),
    ]


def test_the_chosen_hour_wins_over_quiet_hours(post, mail_server):
    member = wants(somebody(), digest_at=time(6), quiet_from=time(22), quiet_until=time(9))
    SessionFactory(group=EnrolmentFactory(member=member).group, starts_at=MONDAY + timedelta(hours=30))
    post.now = MONDAY - timedelta(hours=2)
    post.scan(kinds=[WEEKLY_DIGEST])
    post.send()
    assert [message["To"] for message in mail_server.messages] == [member.email]
    assert Delivery.objects.get(kind="weekly_digest").state == "sent"
