"""Many people at one group at once, each with a connection of their own."""

import random
import threading
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import transaction

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.actions import places
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.tasks import pass_on_expired_holds
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

State = Enrolment.State


class Joining:
    """Somebody who joins, and notes it while the group's row is still locked: `granted` is the order of the lock."""

    def __init__(self, group, now, granted):
        self.group, self.now, self.granted, self.member = group, now, granted, MemberFactory()

    def __call__(self):
        with transaction.atomic():
            enrolment = actions.join_group(actor=self.member, group_id=self.group.pk, now=self.now)
            self.granted.append(self.member.pk)
        return enrolment.state


def line(group):
    return list(group.enrolments.in_line().values_list("member", flat=True))


def with_state(group, *states):
    return set(group.enrolments.filter(state__in=states).values_list("member", flat=True))


@pytest.mark.parametrize("run", range(5))
def test_of_sixty_who_race_for_ten_places_ten_get_one_and_fifty_wait_in_order(now, run):
    """In order means: as the lock was granted, even though their clocks, here shuffled, say otherwise."""
    group, granted = ReadingGroupFactory(capacity=10), []
    clocks = [now + timedelta(milliseconds=index) for index in range(60)]
    random.Random(run).shuffle(clocks)
    states = race(*[Joining(group, clock, granted) for clock in clocks])
    group.refresh_from_db()
    assert (states.count(State.ENROLLED), states.count(State.WAITLISTED)) == (10, 50)
    assert (group.places_taken, group.places_limit) == (10, 10)
    assert with_state(group, State.ENROLLED) == set(granted[:10])
    assert line(group) == granted[10:]


def test_without_the_lock_the_same_race_overbooks(now, monkeypatch):
    """The control: the same action, but it reads the group's row without locking it."""
    group = ReadingGroupFactory(capacity=10)
    all_have_read = threading.Barrier(60)

    def read_group(group_id):
        seen = ReadingGroup.objects.get(pk=group_id)
        all_have_read.wait()
        return seen

    monkeypatch.setattr(places, "lock_group", read_group)
    states = race(*[Joining(group, now, []) for _ in range(60)])
    assert states == [State.ENROLLED] * 60


def test_twenty_clicks_of_one_person_take_one_place(now):
    group, member = ReadingGroupFactory(capacity=10), MemberFactory()
    race(*[partial(actions.join_group, actor=member, group_id=group.pk, now=now)] * 20)
    group.refresh_from_db()
    assert (group.places_taken, group.enrolments.count()) == (1, 1)


@pytest.mark.parametrize("run", range(3))
def test_a_place_left_while_others_join_goes_to_the_first_who_waited(now, run):
    group, granted = ReadingGroupFactory(capacity=5), []
    enrolled = [EnrolmentFactory(group=group).member for _ in range(5)]
    waiting = [EnrolmentFactory(group=group, state=State.WAITLISTED).member.pk for _ in range(3)]
    joining = [Joining(group, now, granted) for _ in range(25)]

    def leave():
        return actions.leave_group(actor=enrolled[0], group_id=group.pk, now=now).state

    states = race(*joining[:12], leave, *joining[12:])
    group.refresh_from_db()
    assert (states.count(State.WAITLISTED), states.count(State.LEFT)) == (25, 1)
    assert with_state(group, State.ENROLLED) == {member.pk for member in enrolled[1:]}
    assert with_state(group, State.HELD) == {waiting[0]}
    assert line(group) == waiting[1:] + granted
    assert group.places_taken == 5


@pytest.mark.parametrize("run", range(3))
def test_when_everybody_leaves_at_once_each_place_is_offered_once(now, run):
    group = ReadingGroupFactory(capacity=8)
    enrolled = [EnrolmentFactory(group=group).member for _ in range(8)]
    waiting = [EnrolmentFactory(group=group, state=State.WAITLISTED).member.pk for _ in range(10)]
    race(*[partial(actions.leave_group, actor=member, group_id=group.pk, now=now) for member in enrolled])
    group.refresh_from_db()
    assert with_state(group, State.HELD) == set(waiting[:8])
    assert (line(group), group.places_taken) == (waiting[8:], 8)
    assert sorted(Delivery.objects.values_list("member", flat=True)) == sorted(waiting[:8])


@pytest.mark.parametrize("run", range(3))
def test_ticks_at_once_pass_on_a_hold_once(now, run):
    group = ReadingGroupFactory(capacity=1)
    late = EnrolmentFactory(group=group, state=State.HELD, held_until=now)
    waiting = [EnrolmentFactory(group=group, state=State.WAITLISTED).member.pk for _ in range(3)]
    with time_machine.travel(now, tick=False):
        passed_on = race(*[pass_on_expired_holds] * 6)
    assert sorted(passed_on) == [0, 0, 0, 0, 0, 1]
    assert with_state(group, State.LEFT) == {late.member.pk}
    assert with_state(group, State.HELD) == {waiting[0]}
    assert line(group) == waiting[1:]
    assert list(Delivery.objects.values_list("member", flat=True)) == waiting[:1]


@pytest.mark.parametrize("run", range(3))
def test_a_late_click_and_the_tick_agree_on_who_is_next(now, run):
    group = ReadingGroupFactory(capacity=1)
    late = EnrolmentFactory(group=group, state=State.HELD, held_until=now).member
    waiting = [EnrolmentFactory(group=group, state=State.WAITLISTED).member.pk for _ in range(2)]
    race(
        lambda: actions.join_group(actor=late, group_id=group.pk, now=now),
        lambda: actions.pass_on_holds(group_id=group.pk, now=now),
    )
    assert with_state(group, State.HELD) == {waiting[0]}
    assert line(group) == [waiting[1], late.pk]


def test_fewer_places_while_people_join_are_never_overbooked(now):
    group, granted = ReadingGroupFactory(capacity=20), []
    joining = [Joining(group, now, granted) for _ in range(30)]

    def shrink():
        actions.set_capacity(group_id=group.pk, capacity=3, now=now)
        granted.append(None)

    race(*joining[:15], shrink, *joining[15:])
    group.refresh_from_db()
    before = granted.index(None)
    # Those who came before the change have a place, the others only as long as it left some.
    assert group.places_taken == max(min(before, 20), 3) == len(with_state(group, State.ENROLLED))
    assert group.places_limit == max(group.places_taken, 3)
