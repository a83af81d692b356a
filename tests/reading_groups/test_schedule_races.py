"""Organizers at one session at once, each with a connection of their own."""

import threading
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.actions import attending, sessions
from reading_groups.models import Attendance, Rsvp, Session
from tests.factories import EnrolmentFactory, MemberFactory, SessionFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 12, 9)


def moving(session, at, now):
    moment = actions.Moment(held_on=DAY, at=at, minutes=75)
    actor = MemberFactory()
    return lambda: actions.move_session(actor=actor, session_id=session.pk, moment=moment, now=now).pk


def two_sessions(now):
    first = SessionFactory(starts_at=now + timedelta(days=3))
    return first, SessionFactory(group=first.group, starts_at=now + timedelta(days=4))


@pytest.mark.parametrize("run", range(5))
def test_of_two_sessions_that_move_to_one_time_one_gets_there(now, run):
    first, second = two_sessions(now)
    got = race(moving(first, time(15, 0), now), moving(second, time(15, 30), now), refusals=actions.SessionIsThere)
    assert len({first.pk, second.pk} & set(got)) == 1
    assert actions.SessionIsThere in got
    assert Session.objects.filter(held_on=DAY).count() == 1


def unlocked(barrier):
    """As the action reads a session, but without the lock; all have read before any goes on."""

    def read(session_id):
        session = Session.objects.select_related("group").get(pk=session_id)
        barrier.wait()
        return session

    return read


def test_without_the_lock_the_same_race_puts_two_at_one_time(now, monkeypatch):
    """The control. The times overlap without being the same, which the database alone would let through."""
    first, second = two_sessions(now)
    monkeypatch.setattr(sessions, "lock_session", unlocked(threading.Barrier(2)))
    checked, check = threading.Barrier(2), sessions._check_free

    def check_and_wait(session):
        check(session)
        checked.wait()

    monkeypatch.setattr(sessions, "_check_free", check_and_wait)
    race(moving(first, time(15, 0), now), moving(second, time(15, 30), now), refusals=actions.SessionIsThere)
    assert Session.objects.filter(held_on=DAY).count() == 2


@pytest.mark.parametrize("run", range(3))
def test_one_session_that_many_move_counts_each_move(now, run):
    session = SessionFactory(starts_at=now + timedelta(days=3))
    EnrolmentFactory(group=session.group)
    race(*[moving(session, time(hour, 0), now) for hour in range(8, 14)])
    session.refresh_from_db()
    assert session.revision == 6
    told = Delivery.objects.filter(kind="session_changed")
    assert set(told.values_list("occurrence", flat=True)) == {f"revision {n} moved" for n in range(1, 7)}


def test_without_the_lock_moves_are_lost_in_the_count(now, monkeypatch):
    session = SessionFactory(starts_at=now + timedelta(days=3))
    monkeypatch.setattr(sessions, "lock_session", unlocked(threading.Barrier(6)))
    race(*[moving(session, time(hour, 0), now) for hour in range(8, 14)])
    session.refresh_from_db()
    assert session.revision == 1


@pytest.mark.parametrize("run", range(3))
def test_nobody_comes_to_a_time_that_is_gone(now, run):
    session = SessionFactory(starts_at=now + timedelta(days=3))
    member = EnrolmentFactory(group=session.group).member
    move, order = moving(session, time(15, 0), now), []

    def moves():
        with transaction.atomic():
            move()
            order.append("moved")

    def answers():
        with transaction.atomic():
            actions.answer_rsvp(actor=member, session_id=session.pk, answer="yes", now=now)
            order.append("answered")

    race(moves, answers)
    # An answer that was there before the move went with it; one that came after it is to the new time.
    assert Rsvp.objects.exists() == (order[-1] == "answered")


@pytest.mark.parametrize("run", range(3))
def test_whoever_leaves_at_that_moment_has_said_nothing(now, run):
    session = SessionFactory(starts_at=now + timedelta(days=3))
    member = EnrolmentFactory(group=session.group).member
    race(
        lambda: actions.answer_rsvp(actor=member, session_id=session.pk, answer="yes", now=now),
        lambda: actions.leave_group(actor=member, group_id=session.group_id, now=now),
        refusals=actions.NotInGroup,
    )
    assert not Rsvp.objects.exists()


def attendance_race(now):
    session = SessionFactory(starts_at=now - timedelta(minutes=30))
    members = [EnrolmentFactory(group=session.group).member for _ in range(8)]
    organizers = MemberFactory(), MemberFactory()
    came = [{member.pk for member in part} for part in (members[:6], members[2:])]
    return members, [
        lambda organizer=organizer, ids=ids: (
            actions.take_attendance(actor=organizer, session_id=session.pk, came=ids, now=now).pk
        )
        for organizer, ids in zip(organizers, came, strict=True)
    ]


@pytest.mark.parametrize("run", range(5))
def test_two_organizers_who_take_attendance_at_once_lose_nothing(now, run):
    members, works = attendance_race(now)
    session = Session.objects.get()
    checking_in = lambda: actions.check_in(actor=members[7], session_id=session.pk, now=now).pk  # noqa: E731
    race(*works, checking_in)
    assert Attendance.objects.count() == 8
    assert Session.objects.get().attendance_taken_at == now


def test_without_the_lock_one_of_them_is_refused_by_the_database(now, monkeypatch):
    """The control: both have read who is there before either writes."""
    _members, works = attendance_race(now)
    all_have_read, checked = threading.Barrier(2), attending.can_have_come

    def read(session_id):
        return Session.objects.get(pk=session_id)

    def wait_and_check(session):
        all_have_read.wait()
        return checked(session)

    monkeypatch.setattr(attending, "_lock", read)
    monkeypatch.setattr(attending, "can_have_come", wait_and_check)
    assert IntegrityError in race(*works, refusals=IntegrityError)
