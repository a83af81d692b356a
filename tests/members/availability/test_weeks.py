"""Typical weeks: kept as wall time and zone, seen by nobody else, used as numbers in a fixed number of queries."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import numpy as np
import pytest
from django.db import IntegrityError

from members.availability import actions
from members.availability.algebra import SLOTS, slot_of
from members.availability.marks import EMPTY
from members.availability.models import TypicalWeek
from members.availability.overlap import away_in, common_times, shared_minutes, weeks_of
from tests.factories import AwayFactory, MemberFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def test_the_first_week_holds_from_this_monday_in_the_members_zone(now):
    member = MemberFactory(time_zone="Asia/Kolkata")
    week = actions.save_week(actor=member, marks=marks(tue="18-21:3"), now=now)
    assert (week.zone, week.valid_from, week.confirmed_at) == ("Asia/Kolkata", MONDAY, now)


def test_saving_again_changes_the_same_record_and_keeps_its_zone(now):
    member = MemberFactory(time_zone="Asia/Kolkata")
    first = actions.save_week(actor=member, marks=marks(tue="18-21:3"), now=now)
    member.time_zone = "Europe/Berlin"
    member.save()
    later = actions.save_week(actor=member, marks=marks(wed="18-21:3"), now=now + timedelta(weeks=3))
    assert (later.pk, later.zone, later.valid_from) == (first.pk, "Asia/Kolkata", MONDAY)
    assert TypicalWeek.objects.count() == 1


def test_where_it_is_monday_already_the_week_is_the_new_one(now):
    sunday_evening = datetime(2026, 11, 29, 20, 0, tzinfo=UTC)
    week = actions.save_week(actor=MemberFactory(time_zone="Asia/Kolkata"), marks="3" * 336, now=sunday_evening)
    assert week.valid_from == date(2026, 11, 30)


def test_a_week_without_any_mark_is_no_week_and_a_later_one_stays(now):
    week = TypicalWeekFactory(valid_from=date(2026, 9, 7))
    TypicalWeekFactory(member=week.member, valid_from=date(2026, 10, 5))
    coming = TypicalWeekFactory(member=week.member, valid_from=date(2027, 1, 4))
    other = TypicalWeekFactory()
    assert actions.save_week(actor=week.member, marks=EMPTY, now=now) is None
    # One without marks says that the later one does not hold yet.
    now_holds = TypicalWeek.objects.of(week.member).in_force(date(2026, 11, 24)).get()
    assert (now_holds.marks, now_holds.valid_from) == (EMPTY, MONDAY)
    assert set(TypicalWeek.objects.all()) == {now_holds, coming, other}
    actions.drop_later_week(actor=week.member, week_id=coming.pk, now=now)
    assert set(TypicalWeek.objects.all()) == {other}


def test_moving_to_another_zone_keeps_the_hours_on_the_clock(now):
    week = TypicalWeekFactory(zone="Europe/Berlin")
    moved = actions.move_week(actor=week.member, zone="Asia/Kolkata", now=now)
    assert (moved.pk, moved.zone, moved.marks) == (week.pk, "Asia/Kolkata", week.marks)
    assert actions.move_week(actor=MemberFactory(), zone="Asia/Kolkata", now=now) is None


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"marks": "4" + "0" * 335}, "typical_week_336_strengths"),
        ({"marks": "0" * 335}, "typical_week_336_strengths"),
        ({"valid_from": date(2026, 11, 24)}, "typical_week_from_a_monday"),
    ],
)
def test_the_database_refuses_what_is_no_week(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        TypicalWeekFactory(**fields)


def test_the_database_keeps_one_week_from_a_day():
    week = TypicalWeekFactory()
    with pytest.raises(IntegrityError, match="typical_week_once_from_a_day"):
        TypicalWeekFactory(member=week.member)


@pytest.mark.parametrize("count", [2, 20])
def test_weeks_of_any_number_cost_one_query_and_keep_their_order(count):
    members = [TypicalWeekFactory(zone=zone).member_id for zone in ["Asia/Kolkata", "Europe/Berlin"] * (count // 2)]
    nobody = MemberFactory().pk
    with exactly(1):
        found = weeks_of([*members, nobody], first_week=date(2026, 11, 25), weeks=3)
    assert (found.shape, found.dtype) == ((count + 1, 3, SLOTS), np.uint8)
    assert found[-1].max() == 0
    for row, hour, minute in ((0, 12, 30), (1, 17, 0)):
        start = slot_of(datetime(2026, 11, 24, hour, minute, tzinfo=UTC), first_week=MONDAY)
        assert np.flatnonzero(found[row, 0]).tolist() == list(range(start, start + 12))
    assert weeks_of([], first_week=MONDAY, weeks=3).shape == (0, 3, SLOTS)


def test_a_later_week_takes_over_at_midnight_of_its_place():
    week = TypicalWeekFactory(zone="Asia/Kolkata", marks="1" * 336, valid_from=date(2026, 11, 9))
    TypicalWeekFactory(member=week.member, zone="Asia/Kolkata", marks="3" * 336, valid_from=date(2026, 11, 30))
    [row] = weeks_of([week.member_id], first_week=date(2026, 11, 2), weeks=5)
    takes_over = slot_of(datetime(2026, 11, 29, 18, 30, tzinfo=UTC), first_week=date(2026, 11, 2))
    assert row.reshape(-1).tolist() == [1] * takes_over + [3] * (5 * SLOTS - takes_over)


def test_a_pairs_hours_before_and_after_the_clocks_change():
    """Nairobi has one time all year; what fits in October may not fit in November."""
    berlin = TypicalWeekFactory(zone="Europe/Berlin", marks=marks(tue="18-20:2"))
    nairobi = TypicalWeekFactory(zone="Africa/Nairobi", marks=marks(tue="18-21:2"))
    ids = [berlin.member_id, nairobi.member_id]
    for first_week, weeks, minutes in (
        (date(2026, 10, 12), 2, 120),
        (date(2026, 10, 26), 2, 60),
        (date(2026, 10, 12), 4, 60),
    ):
        array = weeks_of(ids, first_week=first_week, weeks=weeks)
        assert shared_minutes(array[:1], array[1:]).tolist() == [[minutes]]


def test_days_away_are_those_of_the_members_own_zone():
    member = MemberFactory(time_zone="Asia/Kathmandu")
    AwayFactory(member=member, starts_on=date(2026, 11, 24), ends_on=date(2026, 11, 24))
    AwayFactory(member=member, starts_on=date(2026, 12, 7), ends_on=date(2026, 12, 9))
    with exactly(1):
        [row] = away_in([member.pk], first_week=MONDAY, weeks=1)
    first = slot_of(datetime(2026, 11, 23, 18, 15, tzinfo=UTC), first_week=MONDAY)
    assert np.flatnonzero(row).tolist() == list(range(first, first + 96))


def test_common_times_are_offered_best_first_on_different_days(now):
    kolkata = TypicalWeekFactory(zone="Asia/Kolkata", marks=marks(wed="17-22:2", thu="20-22:3"))
    london = TypicalWeekFactory(
        member=MemberFactory(time_zone="Europe/London"),
        zone="Europe/London",
        marks=marks(wed="12.5-15:3", thu="12-17:3"),
    )
    ids = [kolkata.member_id, london.member_id]
    with exactly(2):
        found = common_times(ids, first_week=MONDAY, weeks=1, minutes=60, after=now)
    assert [(time.starts_at, time.strength) for time in found] == [
        (datetime(2026, 11, 26, 14, 30, tzinfo=UTC), 3),
        (datetime(2026, 11, 25, 12, 30, tzinfo=UTC), 2),
    ]


def test_common_times_leave_out_days_away_and_people_without_a_week(now):
    a = TypicalWeekFactory(marks=marks(wed="17-22:2", fri="17-22:2"))
    b = TypicalWeekFactory(marks=marks(wed="17-22:2", fri="17-22:2"))
    AwayFactory(member=b.member, starts_on=date(2026, 11, 25), ends_on=date(2026, 11, 26))
    [time] = common_times([a.member_id, b.member_id], first_week=MONDAY, weeks=1, minutes=60, after=now)
    assert time.starts_at == datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
    assert common_times([a.member_id, MemberFactory().pk], first_week=MONDAY, weeks=1, minutes=60) == []
    assert common_times([], first_week=MONDAY, weeks=1, minutes=60) == []


@pytest.mark.django_db(transaction=True)
def test_first_weeks_saved_at_once_leave_one(now):
    """Without a lock on the member, several would find nothing and all but one break on the constraint."""
    member = MemberFactory()
    saved = race(*[partial(actions.save_week, actor=member, marks=mark * 336, now=now) for mark in "12312312"])
    assert TypicalWeek.objects.get().marks in {week.marks for week in saved}
