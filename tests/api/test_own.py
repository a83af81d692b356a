"""What is one's own: agenda and tasks."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.api.problems import problem_of
from tests.factories import (
    BlockerFactory,
    EnrolmentFactory,
    MeetingFactory,
    MemberFactory,
    ProjectFactory,
    ReadingGroupFactory,
    SessionFactory,
    TaskFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
AGENDA, TASKS = "/api/v1/agenda/", "/api/v1/tasks/"


def titles(response) -> list[str]:
    assert response.status_code == 200
    rows = response.json()
    return [row["title"] for row in (rows["results"] if isinstance(rows, dict) else rows)]


def test_the_agenda_holds_ones_own_sessions_and_meetings(program, member, now):
    group = ReadingGroupFactory(slug="open", title="Attention", call_url="https://call.example.org/own")
    EnrolmentFactory(group=group, member=member)
    with time_machine.travel(now, tick=False):
        SessionFactory(group=group, title="Heads", starts_at=now + timedelta(days=1))
        SessionFactory(group=group, title="Called off", starts_at=now + timedelta(days=2), is_cancelled=True)
        SessionFactory(group=group, title="Far", starts_at=now + timedelta(days=70))
        SessionFactory(title="Of others", starts_at=now + timedelta(days=1))
        MeetingFactory(starts_at=now + timedelta(days=3), participants=[member])
        items = program.get(AGENDA).json()
        assert [item["kind"] for item in items] == ["session", "session", "meeting"]
        assert [item["is_cancelled"] for item in items] == [False, True, False]
        assert items[0] == {
            "uid": items[0]["uid"],
            "revision": 0,
            "kind": "session",
            "title": "Heads",
            "context": "Attention",
            "starts_at": "2026-11-25T12:00:00Z",
            "ends_at": items[0]["ends_at"],
            "zone": group.zone,
            "url": items[0]["url"],
            "call_url": "https://call.example.org/own",
            "is_cancelled": False,
        }
        assert items[0]["url"].startswith("http://testserver/groups/open/")
        # Between two instants; what comes without a zone is in UTC.
        span = {"start": "2027-01-20T00:00:00", "end": "2027-02-20T00:00:00+05:30"}
        assert titles(program.get(AGENDA, span)) == ["Far"]


@pytest.mark.parametrize(
    "span",
    [
        {"start": "soon"},
        {"start": "2026-11-24T12:00:00Z", "end": "2026-11-24T12:00:00Z"},
        {"start": "2026-11-24T12:00:00Z", "end": "2027-11-26T12:00:00Z"},
        {"start": "0001-01-01T00:00:00+14:00"},
        {"start": "9999-12-31T23:59:59Z"},
        {"end": "9999-12-31T23:59:59-14:00"},
        {"start": "2026-13-41T99:00:00Z"},
        {"start": "\0"},
    ],
)
def test_a_span_that_is_none_is_told_on_its_field(program, span):
    response = program.get(AGENDA, span)
    assert problem_of(response) == (400, "invalid")
    assert set(response.json()["errors"]) <= {"start", "end"}


def test_the_agenda_costs_the_same_at_any_length(program, member):
    group = ReadingGroupFactory()
    EnrolmentFactory(group=group, member=member)

    def make(count):
        for _ in range(count):
            start = timezone.now() + timedelta(hours=5 * (group.sessions.count() + 1))
            SessionFactory(group=group, starts_at=start)
            MeetingFactory(starts_at=start, participants=[member, MemberFactory()])

    make(3)
    # The token, and: the site, sessions, their readings, meetings, who takes part.
    with exactly(1 + 5):
        assert len(program.get(AGENDA).json()) == 6
    make(27)
    with exactly(1 + 5):
        assert len(program.get(AGENDA).json()) == 60


def test_tasks_are_ones_own_and_open_at_first(program, member):
    project = ProjectFactory(slug="probing", title="Probing", lead=member)
    late = TaskFactory(project=project, title="Freeze the corpus", owner=member, due_on=date(2026, 11, 20))
    TaskFactory(project=project, title="Some day", owner=member)
    TaskFactory(project=project, title="Soon", owner=member, due_on=date(2026, 11, 30), state="doing")
    TaskFactory(project=project, title="Done", owner=member, state="done")
    TaskFactory(project=project, title="Nobody's")
    TaskFactory(project=project, title="Somebody's", owner=MemberFactory())
    BlockerFactory(project=project, raiser=member, text="We do not agree.")
    response = program.get(TASKS)
    assert titles(response) == ["Freeze the corpus", "Soon", "Some day"]
    assert "We do not agree." not in response.text
    assert response.json()["results"][0] == {
        "id": late.pk,
        "title": "Freeze the corpus",
        "notes": "",
        "state": "todo",
        "due_on": "2026-11-20",
        "moved_at": late.moved_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "done_at": None,
        "project": {
            "slug": "probing",
            "url": "http://testserver/projects/probing/",
            "title": "Probing",
            "stage": "active",
        },
    }
    assert titles(program.get(TASKS, {"state": "done"})) == ["Done"]
    assert problem_of(program.get(TASKS, {"state": "lost"})) == (400, "invalid")


def test_tasks_cost_the_same_at_any_length(program, member):
    def make(count):
        for _ in range(count):
            TaskFactory(project=ProjectFactory(lead=member), owner=member, due_on=datetime(2026, 12, 1, tzinfo=UTC))

    make(3)
    # The token, and: the site, how many there are, the tasks with their projects.
    with exactly(1 + 3):
        assert len(titles(program.get(TASKS))) == 3
    make(37)
    with exactly(1 + 3):
        assert len(titles(program.get(TASKS))) == 40
