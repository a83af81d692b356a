from datetime import timedelta

import pytest
from django.utils import timezone

from reading_groups.models import Rsvp, Session
from tests.api.problems import problem_of
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
SESSIONS = "/api/v1/groups/open/sessions/"
CALL = "https://meet.example.org/open"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="open", call_url=CALL, organizers=[MemberFactory()])


@pytest.fixture
def session(group):
    return SessionFactory(group=group, title="Edges", starts_at=timezone.now() + timedelta(days=3))


def send(program, address, content=None):
    return program.post(address, content or {}, content_type="application/json")


def test_sessions_are_told_and_the_call_only_inside(program, member, group, session):
    reading = ReadingFactory(group=group, session=session)
    RsvpFactory(session=session)
    SessionFactory(group=group, starts_at=timezone.now() - timedelta(days=3), title="Past")
    [told] = program.get(SESSIONS).json()["results"]
    assert (told["id"], told["title"], told["revision"], told["is_cancelled"]) == (session.pk, "Edges", 0, False)
    assert told["readings"] == [{"paper": reading.paper_id, "title": reading.paper.title, "part": ""}]
    assert [told[name] for name in ("call_link", "yes_count", "own_answer")] == [None, None, None]
    EnrolmentFactory(group=group, member=member)
    [told] = program.get(SESSIONS).json()["results"]
    assert [told[name] for name in ("call_link", "yes_count", "own_answer")] == [CALL, 1, None]
    assert [row["title"] for row in program.get(f"{SESSIONS}?past=1").json()["results"]] == ["Past"]


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_at_any_length(program, group, rows):
    for day in range(rows):
        session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=day + 1))
        ReadingFactory(group=group, session=session)
    # Token with its member; group with the reader's standing; how many; sessions; readings.
    with exactly(6):
        program.get(SESSIONS)


def test_whoever_has_a_place_says_whether_they_come(program, member, group, session):
    assert send(program, f"{SESSIONS}{session.pk}/rsvp/", {"answer": "yes"}).status_code == 404
    EnrolmentFactory(group=group, member=member)
    for _time in range(2):
        told = send(program, f"{SESSIONS}{session.pk}/rsvp/", {"answer": "maybe"}).json()
        assert (told["maybe_count"], told["own_answer"]) == (1, "maybe")
    assert problem_of(send(program, f"{SESSIONS}{session.pk}/rsvp/", {"answer": "?"})) == (400, "invalid")
    Session.objects.update(is_cancelled=True)
    assert problem_of(send(program, f"{SESSIONS}{session.pk}/rsvp/", {"answer": "no"})) == (409, "session_is_cancelled")
    assert Rsvp.objects.get().answer == "maybe"


def test_organizers_move_and_call_off(program, member, group, session):
    address = f"{SESSIONS}{session.pk}/"
    assert send(program, f"{address}move/", {}).status_code == 403
    group.organizers.add(member)
    day = (session.held_on + timedelta(days=1)).isoformat()
    told = send(program, f"{address}move/", {"held_on": day, "at": "15:00"}).json()
    assert (told["held_on"], told["revision"]) == (day, 1)
    SessionFactory(group=group, starts_at=Session.objects.get().starts_at + timedelta(hours=3))
    refused = send(program, f"{address}move/", {"held_on": day, "at": "17:30"})
    assert problem_of(refused) == (400, "invalid")
    assert "The group has a session at that time" in refused.json()["errors"]["at"][0]
    for _time in range(2):
        assert send(program, f"{address}cancel/").json()["revision"] == 2
    Session.objects.filter(pk=session.pk).update(starts_at=timezone.now() - timedelta(hours=1), is_cancelled=False)
    assert problem_of(send(program, f"{address}cancel/")) == (409, "session_has_started")


def test_organizers_add_a_session(program, member, group, session):
    assert send(program, SESSIONS, {}).status_code == 403
    group.organizers.add(member)
    day = (session.held_on + timedelta(days=7)).isoformat()
    added = send(program, SESSIONS, {"held_on": day, "at": "15:00", "title": "Cycles"})
    assert added.status_code == 201
    assert (added.json()["title"], added.json()["held_on"]) == ("Cycles", day)
    for wrong in ({"held_on": day, "at": "15:00"}, {"held_on": "soon"}, {}):
        assert problem_of(send(program, SESSIONS, wrong)) == (400, "invalid")
    assert Session.objects.count() == 2


def test_people_check_in_by_program(program, member, group, session):
    address = f"{SESSIONS}{session.pk}/check-in/"
    assert problem_of(send(program, address)) == (409, "not_in_group")
    EnrolmentFactory(group=group, member=member)
    assert problem_of(send(program, address)) == (409, "not_time_yet")
    Session.objects.update(starts_at=timezone.now() - timedelta(minutes=5), ends_at=timezone.now() + timedelta(hours=1))
    for _twice in range(2):
        assert send(program, address).status_code == 200
    assert member.attendances.count() == 1
    Session.objects.update(is_cancelled=True)
    assert problem_of(send(program, address)) == (409, "session_is_cancelled")
    Session.objects.update(is_cancelled=False, ends_at=timezone.now() - timedelta(minutes=1))
    assert problem_of(send(program, address)) == (409, "session_is_over")


def test_organizers_take_attendance_by_program(program, member, group, session):
    address = f"{SESSIONS}{session.pk}/attendance/"
    here, away = (EnrolmentFactory(group=group, member__name=name).member for name in ("Member A", "Member B"))
    assert program.get(address).status_code == send(program, address).status_code == 403
    group.organizers.add(member)
    assert problem_of(send(program, address, {"came": [here.pk]})) == (409, "not_time_yet")
    Session.objects.update(starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1))
    told = send(program, address, {"came": [here.pk], "not_came": [away.pk]}).json()
    assert [(row["name"], row["came"]) for row in told] == [("Member A", True), ("Member B", False)]
    assert program.get(address).json() == told
    assert problem_of(send(program, address, {"came": [MemberFactory().pk]})) == (409, "not_in_group")
    assert problem_of(send(program, address, {"came": ["x"]})) == (400, "invalid")
    assert list(session.attendances.values_list("member", flat=True)) == [here.pk]
