"""What the database refuses, should an action or somebody at a console ever try."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.db.models import F, ProtectedError

from reading_groups.models import Enrolment, Paper, ReadingGroup, Session
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

State = Enrolment.State
AT = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"places_taken": 3}, "group_not_overbooked"),
        ({"capacity": 0, "places_limit": 0}, "group_has_capacity"),
        ({"capacity": 3}, "group_limit_from_capacity"),
        # A limit above the capacity stands only for people who have those places.
        ({"places_limit": 3}, "group_limit_is_needed"),
        ({"places_limit": 4, "places_taken": 3}, "group_limit_is_needed"),
        ({"weekday": 7}, "group_weekday"),
        ({"weekday": -1}, "group_weekday"),
        ({"places_taken": -1}, "places_taken_check"),
    ],
)
def test_a_group_is_never_overbooked(change, constraint):
    group = ReadingGroupFactory(capacity=2)
    with pytest.raises(IntegrityError, match=constraint):
        ReadingGroup.objects.filter(pk=group.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"places_taken": 2}, {"capacity": 1, "places_taken": 2}, {"weekday": None}, {"weekday": 6}]
)
def test_what_actions_do_is_not_refused(change):
    group = ReadingGroupFactory(capacity=2)
    assert ReadingGroup.objects.filter(pk=group.pk).update(**change) == 1


LIVE = [State.WAITLISTED, State.HELD, State.ENROLLED]


@pytest.mark.parametrize("first", LIVE)
@pytest.mark.parametrize("second", LIVE)
def test_a_member_has_one_live_enrolment_in_a_group(first, second):
    group, member = ReadingGroupFactory(), MemberFactory()
    EnrolmentFactory(group=group, member=member, state=first)
    with pytest.raises(IntegrityError, match="one_live_enrolment"):
        EnrolmentFactory(group=group, member=member, state=second)


def test_those_that_are_over_are_any_number_and_other_groups_are_no_matter():
    group, member = ReadingGroupFactory(), MemberFactory()
    for state in (State.LEFT, State.LEFT, State.COMPLETED, State.ENROLLED):
        EnrolmentFactory(group=group, member=member, state=state)
    EnrolmentFactory(member=member)
    assert member.enrolments.count() == 5


@pytest.mark.parametrize(
    ("state", "times", "constraint"),
    [
        (State.HELD, {"held_until": None}, "only_holds_run_out"),
        *[(state, {"held_until": AT}, "only_holds_run_out") for state in State if state != State.HELD],
        (State.LEFT, {"left_at": None}, "left_has_a_time"),
        *[(state, {"left_at": AT}, "left_has_a_time") for state in State if state != State.LEFT],
    ],
)
def test_an_enrolment_has_the_times_of_its_state(state, times, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        EnrolmentFactory(state=state, **times)


@pytest.mark.parametrize("ends_at", [AT, AT - timedelta(minutes=1)])
def test_a_session_ends_after_it_starts(ends_at):
    with pytest.raises(IntegrityError, match="session_ends_after_start"):
        SessionFactory(starts_at=AT, ends_at=ends_at)


@pytest.mark.parametrize("times", [{"starts_at": AT, "ends_at": None}, {"starts_at": None, "ends_at": AT}])
def test_a_session_has_both_its_times_or_neither(times):
    with pytest.raises(IntegrityError, match="session_ends_after_start"):
        SessionFactory(held_on=AT.date(), **times)


def test_a_group_meets_once_at_a_time_but_on_any_number_of_days_without_one():
    group = ReadingGroupFactory()
    for _ in range(2):
        SessionFactory(group=group, starts_at=None, ends_at=None, held_on=AT.date())
    SessionFactory(group=group, starts_at=AT)
    SessionFactory(starts_at=AT)
    with pytest.raises(IntegrityError, match="session_once_at_a_time"):
        SessionFactory(group=group, starts_at=AT, ends_at=AT + timedelta(hours=3))


@pytest.mark.parametrize(("field", "constraint"), [("arxiv_id", "paper_arxiv_once"), ("doi", "paper_doi_once")])
def test_an_identifier_belongs_to_one_paper_and_none_to_any_number(field, constraint):
    PaperFactory()
    PaperFactory()
    PaperFactory(**{field: "10.1000/1"})
    with pytest.raises(IntegrityError, match=constraint):
        PaperFactory(**{field: "10.1000/1"})


@pytest.mark.parametrize("in_session", [True, False])
def test_a_paper_is_on_a_list_once_per_session_and_part(in_session):
    group, paper = ReadingGroupFactory(), PaperFactory()
    place = {"group": group, "paper": paper, "session": SessionFactory(group=group) if in_session else None}
    ReadingFactory(**place)
    ReadingFactory(**place, part="Chapter 2")
    with pytest.raises(IntegrityError, match="reading_once"):
        ReadingFactory(**place)


def test_what_people_did_is_not_deleted_with_an_account_and_papers_not_while_they_are_read():
    enrolment, reading = EnrolmentFactory(), ReadingFactory()
    with pytest.raises(ProtectedError):
        enrolment.member.delete()
    with pytest.raises(ProtectedError):
        reading.paper.delete()


def test_a_deleted_group_takes_its_own_rows_along_and_leaves_papers_and_people():
    reading = ReadingFactory()
    group = reading.group
    enrolment = EnrolmentFactory(group=group)
    SessionFactory(group=group)
    group.delete()
    assert (Enrolment.objects.count(), Session.objects.count(), Paper.objects.count()) == (0, 0, 1)
    assert list(type(enrolment.member).objects.all()) == [enrolment.member]


def test_a_limit_follows_the_places_down_in_one_statement():
    group = ReadingGroupFactory(capacity=2)
    ReadingGroup.objects.filter(pk=group.pk).update(capacity=1, places_taken=2)
    change = {"places_taken": F("places_taken") - 1, "places_limit": F("places_limit") - 1}
    assert ReadingGroup.objects.filter(pk=group.pk).update(**change) == 1
