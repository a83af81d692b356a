"""Places: given once, never above the capacity, passed on in order."""

from datetime import timedelta

import pytest
import time_machine

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.tasks import pass_on_expired_holds
from tests.factories import EnrolmentFactory, MemberFactory, PresentationFactory, ReadingGroupFactory, SessionFactory

pytestmark = pytest.mark.django_db

State, GroupState = Enrolment.State, ReadingGroup.State
HOUR = timedelta(hours=1)


def join(group, member, now):
    return actions.join_group(actor=member, group_id=group.pk, now=now)


def leave(group, member, now):
    return actions.leave_group(actor=member, group_id=group.pk, now=now)


def fill(group, now, waiting=0):
    """People with all the places, and others in line behind them, in the order they came."""
    members = [MemberFactory() for _ in range(group.capacity + waiting)]
    for minutes, member in enumerate(members):
        join(group, member, now - timedelta(days=1) + timedelta(minutes=minutes))
    return members[: group.capacity], members[group.capacity :]


def state_of(group, member):
    """The state of the member's latest enrolment."""
    return group.enrolments.filter(member=member).order_by("id").last().state


def line(group):
    return [enrolment.member for enrolment in group.enrolments.in_line()]


def places(group):
    group.refresh_from_db()
    return group.places_taken, group.places_limit


def offered(group):
    """Who has been offered a place by mail, in the order of the mails."""
    rows = Delivery.objects.filter(kind="place_offered").order_by("id").select_related("member")
    ids = {enrolment.key for enrolment in group.enrolments.all()}
    return [delivery.member for delivery in rows if delivery.object_key in ids]


# Joining


def test_a_free_place_is_given_at_once(now):
    group, member = ReadingGroupFactory(capacity=1), MemberFactory()
    enrolment = join(group, member, now)
    assert (enrolment.state, enrolment.joined_at, enrolment.enrolled_at) == (State.ENROLLED, now, now)
    assert places(group) == (1, 1)
    assert offered(group) == []


def test_a_running_group_takes_members_too(now):
    group = ReadingGroupFactory(state=GroupState.RUNNING)
    assert join(group, MemberFactory(), now).state == State.ENROLLED


def test_joining_twice_changes_nothing(now):
    group = ReadingGroupFactory(capacity=1)
    for member, state in [(MemberFactory(), State.ENROLLED), (MemberFactory(), State.WAITLISTED)]:
        first = join(group, member, now)
        again = join(group, member, now + HOUR)
        assert (again.pk, again.state, again.joined_at) == (first.pk, state, first.joined_at)
    assert (places(group), group.enrolments.count()) == ((1, 1), 2)


def test_a_full_group_has_a_line_in_the_order_people_came(now):
    group = ReadingGroupFactory(capacity=2)
    _enrolled, waiting = fill(group, now, waiting=3)
    assert line(group) == waiting
    assert places(group) == (2, 2)


def test_nobody_gets_in_line_ahead_of_those_who_stand_there_whatever_their_clock_says(now):
    group, first, second, third = ReadingGroupFactory(capacity=1), MemberFactory(), MemberFactory(), MemberFactory()
    fill(group, now)
    join(group, first, now)
    join(group, second, now - HOUR)
    join(group, third, now + HOUR)
    assert line(group) == [first, second, third]


@pytest.mark.parametrize("state", [GroupState.DRAFT, GroupState.COMPLETED, GroupState.ARCHIVED])
def test_a_closed_group_takes_nobody(now, state):
    group = ReadingGroupFactory(state=state)
    with pytest.raises(actions.GroupIsClosed):
        join(group, MemberFactory(), now)
    assert (places(group), group.enrolments.count()) == ((0, 12), 0)


def test_a_group_deleted_meanwhile_is_told(now):
    group, member = ReadingGroupFactory(), MemberFactory()
    ReadingGroup.objects.filter(pk=group.pk).delete()
    for action in (actions.join_group, actions.leave_group):
        with pytest.raises(ReadingGroup.DoesNotExist):
            action(actor=member, group_id=group.pk, now=now)
    with pytest.raises(ReadingGroup.DoesNotExist):
        actions.pass_on_holds(group_id=group.pk, now=now)


# Leaving


def test_leaving_frees_a_place_for_the_first_in_line(now):
    group = ReadingGroupFactory(capacity=2, hold_hours=24)
    (stays, leaves), (first, second) = fill(group, now, waiting=2)
    left = leave(group, leaves, now)
    assert (left.state, left.left_at) == (State.LEFT, now)
    held = group.enrolments.get(member=first)
    assert (held.state, held.held_until, held.enrolled_at) == (State.HELD, now + 24 * HOUR, None)
    assert [state_of(group, member) for member in (stays, second)] == [State.ENROLLED, State.WAITLISTED]
    assert places(group) == (2, 2)
    assert offered(group) == [first]


def test_the_offer_is_owed_with_the_hold_and_useless_after_it(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first,) = fill(group, now, waiting=1)
    leave(group, leaves, now)
    delivery = Delivery.objects.get(kind="place_offered")
    assert (delivery.member, delivery.due_at, delivery.expires_at) == (first, now, now + 48 * HOUR)


def test_leaving_the_line_frees_no_place(now):
    group = ReadingGroupFactory(capacity=1)
    _enrolled, (first, second, third) = fill(group, now, waiting=3)
    leave(group, second, now)
    assert (line(group), places(group), offered(group)) == ([first, third], (1, 1), [])


def test_a_place_that_nobody_waits_for_is_free(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), _nobody = fill(group, now)
    leave(group, leaves, now)
    assert places(group) == (0, 1)
    assert join(group, MemberFactory(), now).state == State.ENROLLED


def test_somebody_who_left_can_join_again_at_the_end(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first, second) = fill(group, now, waiting=2)
    leave(group, leaves, now)
    join(group, leaves, now)
    assert (state_of(group, first), line(group)) == (State.HELD, [second, leaves])
    assert group.enrolments.filter(member=leaves).count() == 2


def test_who_is_not_in_the_group_cannot_leave(now):
    group, member, gone = ReadingGroupFactory(), MemberFactory(), MemberFactory()
    join(group, gone, now)
    leave(group, gone, now)
    for somebody in (member, gone):
        with pytest.raises(actions.NotInGroup):
            leave(group, somebody, now)
    assert places(group) == (0, 12)


def test_who_completed_a_group_cannot_leave_it(now):
    group, member = ReadingGroupFactory(state=GroupState.RUNNING), MemberFactory()
    join(group, member, now)
    actions.set_state(group_id=group.pk, state=GroupState.COMPLETED, now=now)
    with pytest.raises(actions.NotInGroup):
        leave(group, member, now)
    assert state_of(group, member) == State.COMPLETED


# Holds


@pytest.fixture
def held(now):
    """A running group with one place, which is held for 48 hours for the first of three in line."""
    group = ReadingGroupFactory(capacity=1, state=GroupState.RUNNING)
    (leaves,), waiting = fill(group, now, waiting=3)
    leave(group, leaves, now)
    return group, waiting


def test_joining_accepts_the_place_that_is_held(held, now):
    group, (first, second, third) = held
    enrolment = join(group, first, now + 47 * HOUR)
    assert (enrolment.state, enrolment.held_until, enrolment.enrolled_at) == (State.ENROLLED, None, now + 47 * HOUR)
    assert (places(group), line(group), offered(group)) == ((1, 1), [second, third], [first])


def test_a_place_that_is_held_is_not_free_for_others(held, now):
    group, (_first, second, third) = held
    late = MemberFactory()
    assert join(group, late, now).state == State.WAITLISTED
    assert line(group) == [second, third, late]


def test_leaving_declines_the_place_and_it_goes_to_the_next(held, now):
    group, (first, second, third) = held
    leave(group, first, now + HOUR)
    assert (state_of(group, first), state_of(group, second)) == (State.LEFT, State.HELD)
    assert group.enrolments.get(member=second).held_until == now + 49 * HOUR
    assert (places(group), line(group), offered(group)) == ((1, 1), [third], [first, second])


def test_the_tick_passes_on_a_hold_that_has_run_out(held, now):
    group, (first, second, third) = held
    with time_machine.travel(now + 48 * HOUR - timedelta(seconds=1), tick=False):
        assert pass_on_expired_holds() == 0
    assert state_of(group, first) == State.HELD
    end = now + 48 * HOUR
    with time_machine.travel(end, tick=False):
        assert pass_on_expired_holds() == 1
        assert pass_on_expired_holds() == 0
    assert (state_of(group, first), group.enrolments.get(member=first).left_at) == (State.LEFT, end)
    assert group.enrolments.get(member=second).held_until == end + 48 * HOUR
    assert (places(group), line(group), offered(group)) == ((1, 1), [third], [first, second])


def test_a_hold_that_nobody_takes_up_goes_through_the_whole_line_and_then_is_free(held, now):
    group, waiting = held
    for days in (2, 4, 6):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            assert pass_on_expired_holds() == 1
    assert ([state_of(group, member) for member in waiting], places(group)) == ([State.LEFT] * 3, (0, 1))
    assert offered(group) == waiting


def test_the_tick_tolerates_words_that_a_later_version_sends(held, now):
    with time_machine.travel(now + 48 * HOUR, tick=False):
        assert pass_on_expired_holds(since="yesterday") == 1


def test_one_tick_passes_on_the_holds_of_every_group(now):
    groups = [ReadingGroupFactory(capacity=2) for _ in range(3)]
    for group in groups:
        leaving, _waiting = fill(group, now, waiting=4)
        for member in leaving:
            leave(group, member, now)
    with time_machine.travel(now + 48 * HOUR, tick=False):
        assert pass_on_expired_holds() == 6
    for group in groups:
        states = list(group.enrolments.order_by("joined_at", "id").values_list("state", flat=True))
        assert states == [State.LEFT] * 4 + [State.HELD] * 2
        assert places(group) == (2, 2)


def test_whose_hold_has_run_out_joins_anew_at_the_end_of_the_line(held, now):
    """Before the tick comes by: being late is the same whether or not it has."""
    group, (first, second, third) = held
    enrolment = join(group, first, now + 48 * HOUR)
    assert enrolment.state == State.WAITLISTED
    assert state_of(group, second) == State.HELD
    assert (line(group), offered(group)) == ([third, first], [first, second])


def test_whose_hold_has_run_out_gets_the_place_if_nobody_else_waits(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first,) = fill(group, now, waiting=1)
    leave(group, leaves, now)
    enrolment = join(group, first, now + 48 * HOUR)
    assert (enrolment.state, enrolment.enrolled_at, places(group)) == (State.ENROLLED, now + 48 * HOUR, (1, 1))
    assert group.enrolments.filter(member=first).count() == 2


def test_anybody_who_joins_passes_on_the_holds_that_have_run_out(held, now):
    group, (_first, second, third) = held
    late = MemberFactory()
    assert join(group, late, now + 48 * HOUR).state == State.WAITLISTED
    assert (state_of(group, second), line(group)) == (State.HELD, [third, late])


def test_without_a_hold_the_first_in_line_gets_the_place_at_once(now):
    group = ReadingGroupFactory(capacity=1, hold_hours=0)
    (leaves,), (first, second) = fill(group, now, waiting=2)
    leave(group, leaves, now)
    enrolment = group.enrolments.get(member=first)
    assert (enrolment.state, enrolment.enrolled_at, enrolment.held_until) == (State.ENROLLED, now, None)
    assert (places(group), line(group), offered(group)) == ((1, 1), [second], [first])
    assert Delivery.objects.get(kind="place_offered").expires_at is None


def test_a_hold_never_outlasts_the_start_of_the_next_session(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first,) = fill(group, now, waiting=1)
    for hours in (-30, 20, 30):
        SessionFactory(group=group, starts_at=now + hours * HOUR)
    leave(group, leaves, now)
    assert group.enrolments.get(member=first).held_until == now + 20 * HOUR


@pytest.mark.parametrize(
    ("what", "session"),
    [
        ("a cancelled one", {"starts_at": 20 * HOUR, "is_cancelled": True}),
        ("one that is on", {"starts_at": -HOUR / 2}),
        ("one that starts this instant", {"starts_at": 0 * HOUR}),
        ("one after the hold", {"starts_at": 49 * HOUR}),
        ("one without a time", {"starts_at": None, "ends_at": None}),
    ],
)
def test_other_sessions_do_not_shorten_a_hold(now, what, session):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first,) = fill(group, now, waiting=1)
    starts_at = session["starts_at"]
    times = session | {"starts_at": None if starts_at is None else now + starts_at, "held_on": now.date()}
    SessionFactory(group=group, **times)
    SessionFactory(starts_at=now + HOUR)
    leave(group, leaves, now)
    assert group.enrolments.get(member=first).held_until == now + 48 * HOUR


def test_a_hold_given_during_a_session_lasts_to_the_one_after(held, now):
    group, (_first, second, _third) = held
    SessionFactory(group=group, starts_at=now + 48 * HOUR)
    SessionFactory(group=group, starts_at=now + 60 * HOUR)
    actions.pass_on_holds(group_id=group.pk, now=now + 48 * HOUR)
    assert group.enrolments.get(member=second).held_until == now + 60 * HOUR


# Capacity


def set_capacity(group, capacity, now):
    return actions.set_capacity(group_id=group.pk, capacity=capacity, now=now)


def test_nobody_loses_a_place_when_there_are_fewer(now):
    group = ReadingGroupFactory(capacity=4)
    enrolled, (first,) = fill(group, now, waiting=1)
    set_capacity(group, 2, now)
    assert [state_of(group, member) for member in enrolled] == [State.ENROLLED] * 4
    assert places(group) == (4, 4)
    for taken, limit, member in [(3, 3, enrolled[0]), (2, 2, enrolled[1])]:
        leave(group, member, now)
        assert places(group) == (taken, limit)
        assert line(group) == [first]
    leave(group, enrolled[2], now)
    assert (state_of(group, first), places(group)) == (State.HELD, (2, 2))


def test_a_smaller_group_is_full_for_those_who_come(now):
    group = ReadingGroupFactory(capacity=3)
    fill(group, now)
    set_capacity(group, 1, now)
    assert join(group, MemberFactory(), now).state == State.WAITLISTED


def test_a_hold_outlives_a_smaller_capacity_and_is_not_passed_on(held, now):
    group, (first, second, _third) = held
    set_capacity(group, 2, now)
    set_capacity(group, 1, now)
    assert (state_of(group, first), state_of(group, second), places(group)) == (State.HELD, State.HELD, (2, 2))
    leave(group, first, now)
    assert (places(group), group.enrolments.in_line().count()) == ((1, 1), 1)


def test_new_places_are_offered_in_order(now):
    group = ReadingGroupFactory(capacity=1)
    _enrolled, (first, second, third) = fill(group, now, waiting=3)
    set_capacity(group, 3, now)
    assert (line(group), offered(group), places(group)) == ([third], [first, second], (3, 3))


def test_more_places_than_people_who_wait_stay_free(now):
    group = ReadingGroupFactory(capacity=1, hold_hours=0)
    fill(group, now, waiting=1)
    set_capacity(group, 5, now)
    assert (line(group), places(group)) == ([], (2, 5))


def test_places_given_back_after_a_cut_are_offered_only_up_to_the_new_capacity(now):
    group = ReadingGroupFactory(capacity=4)
    fill(group, now, waiting=4)
    set_capacity(group, 2, now)
    set_capacity(group, 5, now)
    assert (places(group), group.enrolments.in_line().count()) == ((5, 5), 3)


def test_the_same_capacity_changes_nothing(held, now):
    group, waiting = held
    set_capacity(group, 1, now)
    assert (places(group), offered(group)) == ((1, 1), waiting[:1])


# People who cannot sign in


def deactivate(*members):
    for member in members:
        member.is_active = False
        member.save()


@pytest.mark.parametrize(("hold_hours", "given"), [(48, State.HELD), (0, State.ENROLLED)])
def test_a_freed_place_passes_by_those_who_cannot_sign_in(now, hold_hours, given):
    group = ReadingGroupFactory(capacity=1, hold_hours=hold_hours)
    (leaves,), (gone, first) = fill(group, now, waiting=2)
    deactivate(gone)
    leave(group, leaves, now)
    assert [state_of(group, member) for member in (gone, first)] == [State.WAITLISTED, given]
    assert offered(group) == [first]


def test_a_place_stays_free_where_only_those_wait_who_cannot_sign_in(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (gone,) = fill(group, now, waiting=1)
    deactivate(gone)
    leave(group, leaves, now)
    assert (state_of(group, gone), places(group), offered(group)) == (State.WAITLISTED, (0, 1), [])
    assert join(group, MemberFactory(), now).state == State.ENROLLED


def test_a_hold_that_has_run_out_and_new_places_pass_them_by_as_well(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (held, gone, first, second) = fill(group, now, waiting=4)
    leave(group, leaves, now)
    deactivate(gone)
    assert actions.pass_on_holds(group_id=group.pk, now=now + 49 * HOUR) == 1
    set_capacity(group, 3, now + 50 * HOUR)
    assert offered(group) == [held, first, second]
    assert state_of(group, gone) == State.WAITLISTED


def test_those_who_cannot_sign_in_are_not_counted_in_line_and_keep_their_position(now):
    group = ReadingGroupFactory(capacity=1)
    _enrolled, (gone, first) = fill(group, now, waiting=2)
    deactivate(gone)
    assert line(group) == [first]
    assert ReadingGroup.objects.with_waiting().get(pk=group.pk).waiting == 1
    gone.is_active = True
    gone.save()
    assert line(group) == [gone, first]


def test_whoever_can_sign_in_again_is_offered_the_place_that_stayed_free(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (gone,) = fill(group, now, waiting=1)
    deactivate(gone)
    leave(group, leaves, now)
    gone.is_active = True
    gone.save()
    comes_later = MemberFactory()
    assert join(group, comes_later, now + HOUR).state == State.WAITLISTED
    assert (state_of(group, gone), offered(group)) == (State.HELD, [gone])


def test_the_tick_offers_it_too(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (gone,) = fill(group, now, waiting=1)
    deactivate(gone)
    leave(group, leaves, now)
    with time_machine.travel(now + HOUR, tick=False):
        pass_on_expired_holds()
        assert offered(group) == []
        gone.is_active = True
        gone.save()
        pass_on_expired_holds()
    assert (state_of(group, gone), offered(group)) == (State.HELD, [gone])


# States


def set_state(group, state, now):
    return actions.set_state(group_id=group.pk, state=state, now=now)


def test_when_a_group_completes_those_with_a_place_have_completed_it_and_the_others_leave(now):
    group = ReadingGroupFactory(capacity=2, state=GroupState.RUNNING)
    (stays, leaves), (first, second) = fill(group, now, waiting=2)
    leave(group, leaves, now)
    set_state(group, GroupState.COMPLETED, now + HOUR)
    assert [state_of(group, member) for member in (stays, leaves, first, second)] == [
        State.COMPLETED,
        State.LEFT,
        State.LEFT,
        State.LEFT,
    ]
    assert (
        list(group.enrolments.filter(member__in=[first, second]).values_list("held_until", "left_at"))
        == [(None, now + HOUR)] * 2
    )
    assert places(group) == (0, 2)
    assert offered(group) == [first]


@pytest.mark.parametrize("state", [GroupState.OPEN, GroupState.RUNNING])
def test_when_a_group_is_archived_before_it_completes_nobody_has_completed_it(now, state):
    group = ReadingGroupFactory(capacity=2, state=state)
    (stays, leaves), (first, second) = fill(group, now, waiting=2)
    leave(group, leaves, now)
    set_state(group, GroupState.ARCHIVED, now + HOUR)
    assert [state_of(group, member) for member in (stays, leaves, first, second)] == [State.LEFT] * 4
    ended = group.enrolments.exclude(member=leaves).values_list("held_until", "left_at")
    assert list(ended) == [(None, now + HOUR)] * 3
    assert (places(group), offered(group)) == ((0, 2), [first])


def test_an_open_group_is_completed_by_its_people_only_once_it_has_met(now):
    never, met = ReadingGroupFactory(), ReadingGroupFactory()
    SessionFactory(group=never, starts_at=now + HOUR)
    SessionFactory(group=met, starts_at=now - 3 * HOUR)
    member = MemberFactory()
    for group in (never, met):
        join(group, member, now - 24 * HOUR)
        set_state(group, GroupState.COMPLETED, now)
    assert (state_of(never, member), state_of(met, member)) == (State.LEFT, State.COMPLETED)


def test_nobody_presents_in_a_group_that_was_archived_before_it_ended(now):
    group, member = ReadingGroupFactory(), MemberFactory()
    join(group, member, now - 24 * HOUR)
    past, _coming = (
        PresentationFactory(member=member, session__group=group, session__starts_at=starts_at)
        for starts_at in (now - 3 * HOUR, now + HOUR)
    )
    set_state(group, GroupState.ARCHIVED, now)
    assert list(member.presentations.all()) == [past]


def test_a_group_that_ends_below_its_numbers_ends_with_its_capacity(now):
    group = ReadingGroupFactory(capacity=3, state=GroupState.RUNNING)
    fill(group, now)
    set_capacity(group, 1, now)
    set_state(group, GroupState.COMPLETED, now)
    assert places(group) == (0, 1)


def test_what_was_completed_stays_completed_when_the_group_is_archived(now):
    group, member = ReadingGroupFactory(state=GroupState.RUNNING), MemberFactory()
    join(group, member, now)
    set_state(group, GroupState.COMPLETED, now)
    set_state(group, GroupState.ARCHIVED, now)
    assert state_of(group, member) == State.COMPLETED


def test_a_draft_offers_no_places_until_it_opens_again(now):
    group = ReadingGroupFactory(capacity=1)
    (leaves,), (first,) = fill(group, now, waiting=1)
    set_state(group, GroupState.DRAFT, now)
    leave(group, leaves, now)
    assert (state_of(group, first), places(group)) == (State.WAITLISTED, (0, 1))
    set_state(group, GroupState.OPEN, now)
    assert (state_of(group, first), places(group)) == (State.HELD, (1, 1))


ALLOWED = {
    ("draft", "open"),
    ("draft", "archived"),
    ("open", "draft"),
    ("open", "running"),
    ("open", "completed"),
    ("open", "archived"),
    ("running", "open"),
    ("running", "completed"),
    ("running", "archived"),
    ("open", "paused"),
    ("running", "paused"),
    ("paused", "open"),
    ("paused", "running"),
    ("paused", "completed"),
    ("paused", "archived"),
    ("completed", "archived"),
}


@pytest.mark.parametrize("old", GroupState)
@pytest.mark.parametrize("new", [*GroupState, "asleep"])
def test_a_group_moves_along_and_its_books_stay_closed(now, old, new):
    group = ReadingGroupFactory(state=old)
    if old == new or (old, new) in ALLOWED:
        assert set_state(group, new, now).state == new
    else:
        with pytest.raises(actions.CannotChangeState):
            set_state(group, new, now)
        group.refresh_from_db()
        assert group.state == old


# History


def test_every_change_of_an_enrolment_is_kept(held, now):
    group, (first, *_others) = held
    join(group, first, now)
    actions.set_state(group_id=group.pk, state=GroupState.COMPLETED, now=now)
    events = group.enrolments.get(member=first).events.order_by("pgh_id")
    assert list(events.values_list("pgh_label", "state")) == [
        ("insert", State.WAITLISTED),
        ("update", State.HELD),
        ("update", State.ENROLLED),
        ("update", State.COMPLETED),
    ]


def test_history_is_written_by_the_database_whatever_way_the_row_was_changed(now):
    enrolment = EnrolmentFactory()
    Enrolment.objects.filter(pk=enrolment.pk).update(state=State.LEFT, left_at=now)
    Enrolment.objects.filter(pk=enrolment.pk).update(state=State.LEFT)
    events = enrolment.events.order_by("pgh_id")
    assert list(events.values_list("state", "left_at")) == [(State.ENROLLED, None), (State.LEFT, now)]
