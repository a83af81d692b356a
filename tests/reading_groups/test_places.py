"""Places: given once, never above the capacity, passed on in order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import MemberFactory, ReadingGroupFactory, SessionFactory

State = Enrolment.State


def states(group):
    return list(group.enrolments.order_by("joined_at", "id").values_list("state", flat=True))


@pytest.mark.django_db
def test_a_free_place_is_given_at_once(now):
    group, member = ReadingGroupFactory(capacity=1), MemberFactory()
    enrolment = actions.join_group(actor=member, group_id=group.pk, now=now)
    group.refresh_from_db()
    assert (enrolment.state, enrolment.enrolled_at, group.places_taken) == (State.ENROLLED, now, 1)


@pytest.mark.django_db
def test_joining_twice_changes_nothing(now):
    group, member = ReadingGroupFactory(capacity=5), MemberFactory()
    first = actions.join_group(actor=member, group_id=group.pk, now=now)
    second = actions.join_group(actor=member, group_id=group.pk, now=now + timedelta(seconds=1))
    group.refresh_from_db()
    assert (second.pk, group.places_taken, group.enrolments.count()) == (first.pk, 1, 1)


def race(count, work):
    """Run `work(index)` in that many threads that start together, each with a connection of its own."""
    start = threading.Barrier(count)

    def run(index):
        start.wait()
        try:
            return work(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(5))
def test_sixty_race_for_ten_places(now, run):
    group = ReadingGroupFactory(capacity=10)
    members = [MemberFactory() for _ in range(60)]
    race(
        60,
        lambda index: actions.join_group(
            actor=members[index], group_id=group.pk, now=now + timedelta(milliseconds=index)
        ),
    )
    group.refresh_from_db()
    assert group.places_taken == 10
    assert group.enrolments.filter(state=State.ENROLLED).count() == 10
    line = list(group.enrolments.in_line().values_list("joined_at", "id"))
    assert len(line) == 50
    assert line == sorted(line)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_overbooks(now):
    """The control: read, decide, write, as the action does, but without locking the group's row."""
    group = ReadingGroupFactory(capacity=10)
    members = [MemberFactory() for _ in range(60)]
    all_have_read = threading.Barrier(60)

    def join_unlocked(index):
        seen = ReadingGroup.objects.get(pk=group.pk)
        all_have_read.wait()
        if not seen.is_full:
            Enrolment.objects.create(group=seen, member=members[index], state=State.ENROLLED, joined_at=now)

    race(60, join_unlocked)
    assert group.enrolments.filter(state=State.ENROLLED).count() == 60


@pytest.mark.django_db
def test_the_database_refuses_what_no_action_does(now):
    group, member = ReadingGroupFactory(capacity=1), MemberFactory()
    with pytest.raises(IntegrityError, match="group_not_overbooked"):
        ReadingGroup.objects.filter(pk=group.pk).update(places_taken=2)
    del member
