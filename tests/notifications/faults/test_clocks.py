"""Clocks go forward and back, at two, at midnight, by half an hour: whoever has chosen an hour is written to at it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from collaborative.home.reminders import WEEKLY_DIGEST, WeeklyDigest
from collaborative.home.weeks import Wish
from members.models import Member
from notifications import actions
from notifications.models import Delivery
from notifications.preferences import save_preferences
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.notifications.conftest import Post
from tests.notifications.test_preferences import when

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# Some of these times do not exist on the day of one change, or come twice on that of another.
READERS = [
    ("Europe/Berlin", time(2, 30)),
    ("Europe/Berlin", time(8)),
    ("America/New_York", time(1, 30)),
    ("America/New_York", time(2, 30)),
    ("America/St_Johns", time(8)),
    ("America/Santiago", time(0)),
    ("Australia/Lord_Howe", time(1, 45)),
    ("Asia/Kathmandu", time(8)),
]
CHANGES = {
    date(2026, 9, 6): "America/Santiago",
    date(2026, 10, 4): "Australia/Lord_Howe",
    date(2026, 10, 25): "Europe/Berlin",
    date(2026, 11, 1): "America/New_York America/St_Johns",
    date(2027, 3, 14): "America/New_York America/St_Johns",
    date(2027, 3, 28): "Europe/Berlin",
    date(2027, 4, 4): "America/Santiago Australia/Lord_Howe",
}
TICK = timedelta(hours=3)


def as_clocks_show(day: date, at: time, zone: str) -> datetime:
    """The first minute of the day at which clocks there have shown that time, found by looking at each of them.

    A time that is skipped counts as shown as long after the change as it lies in the gap.
    """
    minute = datetime.combine(day, time(0), UTC) - timedelta(hours=26)
    clock = [(minute + timedelta(minutes=n)) for n in range(4 * 24 * 60)]
    local = [moment.astimezone(ZoneInfo(zone)) for moment in clock]
    wanted = datetime.combine(day, at)
    for moment, shown in zip(clock, local, strict=True):
        if shown.replace(tzinfo=None) == wanted:
            return moment
    gap = next(
        n for n in range(1, len(clock)) if local[n - 1].replace(tzinfo=None) < wanted < local[n].replace(tzinfo=None)
    )
    before = local[gap - 1].replace(tzinfo=None) + timedelta(minutes=1)
    return clock[gap] + (wanted - before)


def pass_over(change: date) -> tuple[list[Member], list[date]]:
    """Four days of ticks around a change, with readers who want their digest every day; who, and which days."""
    members = []
    group = ReadingGroupFactory(capacity=len(READERS), presenters_wanted=0)
    for zone, at in READERS:
        members.append(MemberFactory(time_zone=zone, joined_at=LONG_AGO))
        save_preferences(member_id=members[-1].pk, when=when(digest="daily", digest_at=at), channels={})
        EnrolmentFactory(group=group, member=members[-1])
    SessionFactory(group=group, starts_at=datetime.combine(change + timedelta(days=5), time(12), UTC))
    post = Post(datetime.combine(change - timedelta(days=2), time(0), UTC))
    end = datetime.combine(change + timedelta(days=2), time(0), UTC)
    while post.now < end:
        # As two beats would.
        actions.write_obligations(kinds=[WEEKLY_DIGEST], now=post.now)
        actions.write_obligations(kinds=[WEEKLY_DIGEST], now=post.now)
        post.send()
        post.now += TICK
    # The first and the last day are not whole everywhere.
    return members, [change + timedelta(days=n) for n in range(-1, 2)]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_each_gets_one_message_a_day_at_their_hour(mail_server, change):
    members, days = pass_over(change)
    for member, (zone, at) in zip(members, READERS, strict=True):
        rows = Delivery.objects.filter(member=member, occurrence__in=[str(day) for day in days])
        due = {row.occurrence: row.due_at for row in rows}
        assert due == {str(day): as_clocks_show(day, at, zone) for day in days}, zone
        assert all(row.state == "sent" and timedelta(0) <= row.sent_at - row.due_at < TICK for row in rows), zone
    assert set(mail_server.ids().values()) == {1}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_with_days_of_twenty_four_hours_the_hour_is_wrong(mail_server, monkeypatch, change):
    """The control: the offset of the first day holds for all days, and nobody looks at the clock when sending."""
    began = datetime.combine(change - timedelta(days=2), time(0), UTC)

    def days(wish: Wish, start: datetime, end: datetime) -> Iterator[tuple[datetime, date]]:
        offset = began.astimezone(ZoneInfo(wish.zone)).utcoffset()
        assert offset is not None
        assert wish.at is not None
        day = start.date() - timedelta(days=1)
        while (due_at := datetime.combine(day, wish.at, UTC) - offset) < end:
            if due_at >= start:
                yield due_at, day
            day += timedelta(days=1)

    monkeypatch.setattr(Wish, "days", days)
    monkeypatch.setattr(WeeklyDigest, "waits_until", lambda *about: None)
    members, days_around = pass_over(change)
    late = Counter()
    for member, (zone, at) in zip(members, READERS, strict=True):
        for row in Delivery.objects.filter(member=member, occurrence__in=[str(day) for day in days_around]):
            late[zone] += row.due_at != as_clocks_show(date.fromisoformat(row.occurrence), at, zone)
    assert {zone for zone, days in late.items() if days} == set(CHANGES[change].split())
