"""Writing to a group's people, summaries and small groups, by programs."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from reading_groups.models import GroupMessage, Seat, Split, Summary
from tests.api.problems import problem_of
from tests.factories import (
    EnrolmentFactory,
    GroupMessageFactory,
    MemberFactory,
    PresentationFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
GROUP = "/api/v1/groups/open/"
WORDS = {"audience": "all", "subject": "Thursday", "text": "Bring the **proofs**."}


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(member):
    """The program is its organizer's."""
    return ReadingGroupFactory(slug="open", organizers=[member])


@pytest.fixture
def session(group, now):
    return SessionFactory(group=group, starts_at=now + timedelta(days=1))


def send(program, path, data=None, method="post"):
    return getattr(program, method)(f"{GROUP}{path}", data or {}, content_type="application/json")


def test_a_message_is_written_once_read_and_undone(program, program_of, group, noon, now):
    reader = program_of(EnrolmentFactory(group=group).member)
    assert problem_of(send(reader, "messages/", WORDS)) == (403, "permission_denied")
    key = str(uuid4())
    first, second = (send(program, "messages/", WORDS | {"key": key}) for _ in range(2))
    assert (first.status_code, second.status_code, GroupMessage.objects.count()) == (201, 201, 1)
    told = first.json()
    assert (told["subject"], told["held_until"], told["sent_at"]) == ("Thursday", "2026-11-24T12:10:00Z", None)
    assert [len(who.get(f"{GROUP}messages/").json()) for who in (program, reader)] == [1, 0]
    undo = f"messages/{told['id']}/undo/"
    assert problem_of(send(reader, undo)) == (403, "permission_denied")
    assert send(program, undo).json()["undone_at"] == "2026-11-24T12:00:00Z"
    assert send(program, undo).status_code == 200
    later = send(program, "messages/", WORDS).json()["id"]
    noon.move_to(now + timedelta(minutes=10))
    assert problem_of(send(program, f"messages/{later}/undo/")) == (409, "too_late_to_undo")
    assert send(program, "messages/999999999999999999/undo/").status_code == 404


def test_messages_that_are_refused(program, group, session, member):
    assert problem_of(send(program, "messages/", WORDS)) == (409, "nobody_to_write_to")
    EnrolmentFactory(group=group)
    for changes, field in (
        ({"audience": "nobody"}, "audience"),
        ({"audience": "presenters"}, "session"),
        ({"session": session.pk}, "session"),
        ({"audience": "presenters", "session": SessionFactory().pk}, "session"),
        ({"audience": "presenters", "session": 10**30}, "session"),
        ({"subject": "\u200b"}, "subject"),
        ({"subject": "x" * 141}, "subject"),
        ({"text": " "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": "$\\foo{$"}, "text"),
        ({"key": "no key"}, "key"),
    ):
        told = send(program, "messages/", WORDS | changes)
        assert (problem_of(told), list(told.json()["errors"])) == ((400, "invalid"), [field]), changes
    for number in range(6):
        GroupMessageFactory(group=group, author=member, subject=f"{number}")
    assert problem_of(send(program, "messages/", WORDS)) == (409, "too_many_messages")


def test_a_summary_is_written_by_a_presenter_and_not_over_what_they_have_not_seen(program, program_of, session):
    presenter = program_of(PresentationFactory(session=session).member)
    reader = program_of(EnrolmentFactory(group=session.group).member)
    path = f"sessions/{session.pk}/summary/"
    nothing = {"text": "", "revision": 0, "written_by": "", "written_at": None}
    assert reader.get(GROUP + path).json() == nothing
    assert problem_of(send(reader, path, {"text": "Mine.", "base": 0}, "put")) == (403, "permission_denied")
    assert send(presenter, path, {"text": "We agreed.", "base": 0}, "put").json()["revision"] == 1
    assert problem_of(send(program, path, {"text": "Mine.", "base": 0}, "put")) == (409, "summary_was_changed")
    assert problem_of(send(program, path, {"text": "$\\foo{$", "base": 1}, "put")) == (400, "invalid")
    assert problem_of(send(program, path, {}, "put")) == (400, "invalid")
    assert send(program, path, {"text": "", "base": 1}, "put").json()["text"] == ""
    assert Summary.objects.get().revision == 2
    assert program_of(MemberFactory()).get(GROUP + path).status_code == 403


def test_small_groups_are_drawn_and_told(program, program_of, group, session):
    path = f"sessions/{session.pk}/small-groups/"
    assert program.get(GROUP + path).json() == {"revision": 0, "groups": []}
    assert problem_of(send(program, path, {"size": 3, "base": 0})) == (409, "too_few_to_split")
    members = [EnrolmentFactory(group=group).member for _ in range(6)]
    told = send(program, path, {"size": 3, "base": 0}).json()
    assert (told["revision"], [len(row["members"]) for row in told["groups"]]) == (1, [3, 3])
    own = program_of(members[0]).get(GROUP + path).json()["groups"]
    assert [row["number"] for row in own] == [Seat.objects.get(member=members[0]).number]
    assert problem_of(send(program, path, {"size": 3, "base": 0})) == (409, "split_was_changed")
    assert problem_of(send(program, path, {"size": 1, "base": 1})) == (400, "invalid")
    assert problem_of(send(program_of(members[0]), path, {"size": 3, "base": 1})) == (403, "permission_denied")
    for fields, code in (
        ({"is_cancelled": True}, "session_is_cancelled"),
        ({"held_on": "2020-01-01"}, "session_is_over"),
    ):
        other = SessionFactory(group=group, **{"starts_at": None, "ends_at": None, "held_on": "2026-12-09"} | fields)
        refused = send(program, f"sessions/{other.pk}/small-groups/", {"size": 3, "base": 0})
        assert problem_of(refused) == (409, code)
    assert Split.objects.count() == 1


@pytest.mark.parametrize("size", [2, 30])
def test_messages_cost_the_same_at_any_length(program, group, size):
    for _ in range(size):
        GroupMessageFactory(group=group)
    # Site, whose token it is, group, messages.
    with exactly(4):
        assert len(program.get(f"{GROUP}messages/").json()) == size
