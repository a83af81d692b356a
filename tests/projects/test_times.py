"""The best times for a team, and the meeting that is made from one of them."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from members.availability.models import Meeting
from tests.factories import MemberFactory, ProjectFactory, TypicalWeekFactory
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def project(client, now):
    with time_machine.travel(now, tick=False):
        people = [MemberFactory(time_zone=zone) for zone in ("Asia/Kolkata", "Europe/Berlin", "Africa/Nairobi")]
        for member, hours in zip(people, ("20-24:2", "15-18:3", "17-21:2"), strict=True):
            TypicalWeekFactory(
                member=member, zone=member.time_zone, valid_from=date(2026, 1, 5), marks=marks(thu=hours)
            )
        client.force_login(people[0], backend=BACKEND)
        yield ProjectFactory(slug="probing", lead=people[0], team=people[1:])


def test_a_meeting_is_made_from_a_best_time_once(client, project):
    page = client.get("/projects/probing/best-times/")
    html = page.content.decode()
    best = page.context["cards"][0].best
    # 20:00 in Kolkata, 15:30 in Berlin, 17:30 in Nairobi.
    assert best.starts_at == datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
    assert "All 3 can" in html
    assert "Thu 26 Nov, 20:00 your time" in html
    sent = {"starts_at": "2026-11-26T14:30:00+00:00", "minutes": "60"}
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in html
    for _twice in range(2):
        response = client.post("/projects/probing/best-times/meet/", sent)
    meeting = Meeting.objects.get()
    assert response.url == meeting.get_absolute_url()
    assert (meeting.title, meeting.about, meeting.participants.count()) == (project.title, project.key, 3)
    assert (meeting.starts_at, meeting.ends_at) == (best.starts_at, best.ends_at)


@pytest.mark.parametrize(
    "starts_at", ["", "x", "2026-11-26T15:00:00", "2020-01-01T10:00:00+00:00", "9999-12-31T23:59:00Z"]
)
def test_no_meeting_is_made_at_nonsense(client, project, starts_at):
    response = client.post("/projects/probing/best-times/meet/", {"starts_at": starts_at, "minutes": "60"})
    assert response.url == "/projects/probing/best-times/"
    assert not Meeting.objects.exists()


def test_an_archived_project_does_not_meet(client, project):
    project.stage = "archived"
    project.save()
    assert client.get("/projects/probing/best-times/").status_code == 302
    client.post("/projects/probing/best-times/meet/", {"starts_at": "2026-11-26T15:00:00Z", "minutes": "60"})
    assert not Meeting.objects.exists()


def test_a_pair_is_told_why_nothing_is_counted(client, project):
    project.memberships.order_by("-pk").first().delete()
    assert "2 people here have marked a typical week." in client.get("/projects/probing/best-times/").content.decode()


def test_the_page_takes_as_many_queries_for_any_team(client, project):
    # The site's name, the viewer's role, the project, its team, weeks, zones, days away, past meetings.
    with exactly(8, signed_in=True):
        client.get("/projects/probing/best-times/")
