"""What happens to a member between two instants."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import FieldFetchBlocked

from core.agenda import AgendaItem
from reading_groups.agenda import items_for, loaded, title_of
from reading_groups.models import Enrolment, ReadingGroup, Session
from tests.factories import (
    CollectiveFactory,
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

START, END = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 8, tzinfo=UTC)


@pytest.fixture
def group():
    return ReadingGroupFactory(
        title="Group A",
        slug="group-a",
        zone="Asia/Kathmandu",
        call_url="https://meet.example.org/a",
        collective=CollectiveFactory(),
    )


@pytest.fixture
def member(group):
    return EnrolmentFactory(group=group).member


def starts(items):
    return [item.starts_at for item in items]


def test_a_session_is_an_item_with_all_that_renderings_need(group, member):
    session = SessionFactory(group=group, title="First", starts_at=START + timedelta(hours=15), revision=2)
    assert items_for(member, START, END) == [
        AgendaItem(
            uid=f"reading_groups.session:{session.pk}",
            revision=2,
            changed_at=session.changed_at,
            kind="session",
            title="First",
            context="Group A",
            starts_at=START + timedelta(hours=15),
            ends_at=START + timedelta(hours=16, minutes=15),
            zone="Asia/Kathmandu",
            url="/groups/group-a/",
            call_url="https://meet.example.org/a",
            is_cancelled=False,
            needs_answer=False,
        )
    ]


def test_what_is_on_at_either_end_belongs_and_what_only_touches_does_not(group, member):
    minutes = timedelta(minutes=75)
    ended, on_at_start, first, last, after = (
        SessionFactory(group=group, starts_at=starts_at).starts_at
        for starts_at in (
            START - minutes,
            START - minutes + timedelta(minutes=1),
            START + minutes,
            END - timedelta(minutes=1),
            END,
        )
    )
    found = starts(items_for(member, START, END))
    assert found == [on_at_start, first, last]
    assert {ended, after}.isdisjoint(found)


def test_items_come_in_order_over_all_groups(group, member):
    other = EnrolmentFactory(member=member).group
    for hours, where in [(30, group), (10, other), (20, group), (40, other)]:
        SessionFactory(group=where, starts_at=START + timedelta(hours=hours))
    assert starts(items_for(member, START, END)) == [START + timedelta(hours=hours) for hours in (10, 20, 30, 40)]


@pytest.mark.parametrize("state", Enrolment.State)
def test_only_those_with_a_place_have_the_sessions(group, state):
    member = EnrolmentFactory(group=group, state=state).member
    SessionFactory(group=group, starts_at=START)
    assert bool(items_for(member, START, END)) == (state == Enrolment.State.ENROLLED)
    assert items_for(MemberFactory(), START, END) == []


def test_cancelled_sessions_are_left_out_unless_asked_for(group, member):
    SessionFactory(group=group, starts_at=START, is_cancelled=True)
    assert items_for(member, START, END) == []
    assert [item.is_cancelled for item in items_for(member, START, END, include_cancelled=True)] == [True]


def test_a_session_without_a_time_is_no_item_yet(group, member):
    SessionFactory(group=group, starts_at=None, ends_at=None, held_on=date(2026, 12, 2))
    assert items_for(member, START, END) == []


def test_an_item_is_called_by_its_title_else_by_what_is_read_else_by_its_group(group, member):
    sessions = [SessionFactory(group=group, starts_at=START + timedelta(days=day)) for day in range(4)]
    later, first = PaperFactory(title="Paper later"), PaperFactory(title="Paper first")
    ReadingFactory(group=group, session=sessions[1], paper=later, position=2)
    ReadingFactory(group=group, session=sessions[1], paper=first, position=1)
    ReadingFactory(group=group, session=sessions[2], paper=first, part="Chapter 3")
    ReadingFactory(group=group, session=sessions[3], paper=first)
    Session.objects.filter(pk=sessions[3].pk).update(title="A talk")
    assert [item.title for item in items_for(member, START, END)] == ["Group A", "Paper first", "Chapter 3", "A talk"]


@pytest.mark.parametrize("count", [3, 30])
def test_two_queries_however_many_sessions(member, count, django_assert_num_queries):
    for number in range(count):
        group = EnrolmentFactory(member=member, group=ReadingGroupFactory()).group
        session = SessionFactory(group=group, starts_at=START + timedelta(hours=number))
        ReadingFactory(group=group, session=session)
    # Sessions with their groups; readings with their papers.
    with django_assert_num_queries(2):
        assert len(items_for(member, START, END)) == count


def test_what_a_session_has_not_loaded_is_refused_rather_than_fetched_for_each(group):
    ReadingFactory(group=group, session=SessionFactory(group=group))
    (session,) = loaded(Session.objects.all())
    assert title_of(session) == session.readings.all()[0].paper.title
    with pytest.raises(FieldFetchBlocked):
        _ = session.readings.all()[0].group
    with pytest.raises(FieldFetchBlocked):
        _ = session.group.collective


def test_groups_that_are_over_show_nothing_more(group, member):
    SessionFactory(group=group, starts_at=START)
    group.enrolments.update(state=Enrolment.State.COMPLETED)
    ReadingGroup.objects.filter(pk=group.pk).update(state=ReadingGroup.State.COMPLETED, places_taken=0)
    assert items_for(member, START, END) == []


def test_whoever_runs_a_group_is_at_its_sessions_with_a_place_or_without(group, member):
    organizer = MemberFactory()
    group.organizers.set([organizer, member])
    session = SessionFactory(group=group, title="First", starts_at=START)
    SessionFactory(title="Elsewhere", starts_at=START)
    for person in (organizer, member):
        assert [(item.uid, item.title) for item in items_for(person, START, END)] == [(session.key, "First")]
