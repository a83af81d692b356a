"""Saving groups and planning their sessions."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import EnrolmentFactory, ReadingGroupFactory, SessionFactory

pytestmark = pytest.mark.django_db

State, GroupState = Enrolment.State, ReadingGroup.State


def states(group):
    return list(group.enrolments.order_by("joined_at", "id").values_list("state", flat=True))


# Saving


def test_a_new_group_has_the_places_of_its_capacity(now):
    group = actions.save_group(group=ReadingGroup(title="Group A", slug="group-a", zone="UTC", capacity=5), now=now)
    group.refresh_from_db()
    assert (group.state, group.places_taken, group.places_limit, group.title_key) == (GroupState.DRAFT, 0, 5, "group a")


def test_saving_does_not_undo_what_happened_to_the_places_meanwhile(now):
    """The form was loaded before two people joined."""
    group = ReadingGroupFactory(capacity=2)
    stale = ReadingGroup.objects.get(pk=group.pk)
    for _ in range(2):
        EnrolmentFactory(group=group)
    stale.title = "A better title"
    saved = actions.save_group(group=stale, now=now)
    group.refresh_from_db()
    assert (group.title, group.places_taken, group.places_limit) == ("A better title", 2, 2)
    assert (saved.places_taken, saved.places_limit) == (2, 2)


@pytest.mark.parametrize(("capacity", "limit"), [(1, 3), (3, 3), (5, 5)])
def test_saving_changes_the_capacity_as_the_action_does(now, capacity, limit):
    group = ReadingGroupFactory(capacity=3)
    for _ in range(3):
        EnrolmentFactory(group=group)
    group.capacity = capacity
    actions.save_group(group=group, now=now)
    group.refresh_from_db()
    assert (group.capacity, group.places_taken, group.places_limit) == (capacity, 3, limit)


def test_saving_offers_the_new_places_with_the_new_hold(now):
    group = ReadingGroupFactory(capacity=1)
    EnrolmentFactory(group=group)
    waiting = [EnrolmentFactory(group=group, state=State.WAITLISTED) for _ in range(2)]
    group.capacity, group.hold_hours = 2, 6
    actions.save_group(group=group, now=now)
    waiting[0].refresh_from_db()
    assert (waiting[0].state, waiting[0].held_until) == (State.HELD, now + timedelta(hours=6))
    assert states(group) == [State.ENROLLED, State.HELD, State.WAITLISTED]
    assert Delivery.objects.count() == 1


def test_a_group_that_grows_as_it_ends_gives_nobody_a_place(now):
    group = ReadingGroupFactory(capacity=1, hold_hours=0, state=GroupState.RUNNING)
    EnrolmentFactory(group=group)
    EnrolmentFactory(group=group, state=State.WAITLISTED)
    group.capacity, group.state = 2, GroupState.COMPLETED
    actions.save_group(group=group, now=now)
    assert states(group) == [State.COMPLETED, State.LEFT]
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(("capacity", "offered"), [(1, 1), (2, 2)])
def test_a_draft_that_opens_offers_the_places_of_its_new_capacity(now, capacity, offered):
    group = ReadingGroupFactory(state=GroupState.DRAFT, capacity=3 - capacity)
    for _ in range(3):
        EnrolmentFactory(group=group, state=State.WAITLISTED)
    group.capacity, group.state = capacity, GroupState.OPEN
    actions.save_group(group=group, now=now)
    assert states(group).count(State.HELD) == Delivery.objects.count() == offered
    group.refresh_from_db()
    assert (group.places_taken, group.places_limit) == (offered, capacity)


def test_saving_keeps_the_rules_of_states_and_then_changes_nothing(now):
    group = ReadingGroupFactory(state=GroupState.COMPLETED, title="Group A")
    group.state, group.title = GroupState.OPEN, "Group B"
    with pytest.raises(actions.CannotChangeState):
        actions.save_group(group=group, now=now)
    group.refresh_from_db()
    assert (group.state, group.title) == (GroupState.COMPLETED, "Group A")


def test_saving_a_group_that_was_deleted_meanwhile_is_told(now):
    group = ReadingGroupFactory()
    ReadingGroup.objects.filter(pk=group.pk).delete()
    with pytest.raises(ReadingGroup.DoesNotExist):
        actions.save_group(group=group, now=now)
    assert not ReadingGroup.objects.exists()


# Sessions


@pytest.mark.parametrize(
    ("zone", "first", "last", "instants"),
    [
        ("Europe/Berlin", "2026-03-20", "2026-04-05", ["03-22T17:00", "03-29T16:00", "04-05T16:00"]),
        ("Europe/Berlin", "2026-10-18", "2026-11-01", ["10-18T16:00", "10-25T17:00", "11-01T17:00"]),
        ("America/St_Johns", "2026-03-01", "2026-03-14", ["03-01T21:30", "03-08T20:30"]),
        ("America/St_Johns", "2026-10-25", "2026-11-07", ["10-25T20:30", "11-01T21:30"]),
        ("Australia/Lord_Howe", "2026-03-29", "2026-04-11", ["03-29T07:00", "04-05T07:30"]),
        ("Australia/Lord_Howe", "2026-09-27", "2026-10-10", ["09-27T07:30", "10-04T07:00"]),
        ("Asia/Kathmandu", "2026-03-22", "2026-04-04", ["03-22T12:15", "03-29T12:15"]),
    ],
)
def test_sundays_at_six_stay_at_six_when_clocks_change(zone, first, last, instants):
    group = ReadingGroupFactory(zone=zone, weekday=6, starts_at_time=time(18, 0), duration_minutes=90)
    sessions = actions.plan_sessions(group=group, first_on=date.fromisoformat(first), last_on=date.fromisoformat(last))
    assert [session.starts_at for session in sessions] == [
        datetime.fromisoformat(f"2026-{instant}Z") for instant in instants
    ]
    for session in sessions:
        local = session.starts_at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (session.held_on, time(18, 0))
        assert session.ends_at - session.starts_at == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("first", "instant", "shown"),
    [("2026-03-29", "2026-03-29T01:30Z", time(3, 30)), ("2026-10-25", "2026-10-25T00:30Z", time(2, 30))],
)
def test_at_half_past_two_on_the_night_itself_there_is_one_session_all_the_same(first, instant, shown):
    group = ReadingGroupFactory(zone="Europe/Berlin", weekday=6, starts_at_time=time(2, 30))
    day = date.fromisoformat(first)
    (session,) = actions.plan_sessions(group=group, first_on=day, last_on=day)
    assert (session.starts_at, session.held_on) == (datetime.fromisoformat(instant), day)
    assert session.starts_at.astimezone(ZoneInfo("Europe/Berlin")).time() == shown


def test_every_other_week_counts_from_the_first(now):
    group = ReadingGroupFactory(zone="UTC", weekday=1, starts_at_time=time(9, 0), every_weeks=2)
    sessions = actions.plan_sessions(group=group, first_on=date(2026, 11, 25), last_on=date(2026, 12, 31))
    assert [session.held_on for session in sessions] == [date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 29)]


def test_planning_again_keeps_what_stands_and_adds_what_is_missing():
    group = ReadingGroupFactory(zone="UTC", weekday=1, starts_at_time=time(9, 0))
    other = ReadingGroupFactory(zone="UTC", weekday=1, starts_at_time=time(9, 0))
    planned = actions.plan_sessions(group=group, first_on=date(2026, 12, 1), last_on=date(2026, 12, 8))
    group.sessions.filter(pk=planned[0].pk).update(title="A talk", is_cancelled=True)
    own = SessionFactory(group=group, starts_at=datetime(2026, 12, 3, 9, 0, tzinfo=UTC))
    again = actions.plan_sessions(group=group, first_on=date(2026, 12, 1), last_on=date(2026, 12, 15))
    assert [session.pk for session in again[:2]] == [session.pk for session in planned]
    assert [session.held_on for session in again] == [date(2026, 12, day) for day in (1, 8, 15)]
    assert (again[0].title, again[0].is_cancelled) == ("A talk", True)
    assert group.sessions.count() == 4
    assert group.sessions.filter(pk=own.pk).exists()
    assert not other.sessions.exists()


def test_no_day_is_no_session():
    group = ReadingGroupFactory(weekday=1)
    assert actions.plan_sessions(group=group, first_on=date(2026, 12, 2), last_on=date(2026, 12, 7)) == []
