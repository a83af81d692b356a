"""What visitors, members and teams see of projects, in a fixed number of queries at any length."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from projects.models import Membership, Project, Task
from tests.factories import (
    BlockerFactory,
    CollectiveFactory,
    MemberFactory,
    MembershipFactory,
    OrganizerFactory,
    OutputFactory,
    ProjectFactory,
    ProposalFactory,
    TaskFactory,
    UpdateFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db


def full_project(size: int, **fields) -> Project:
    """With so many people, tasks in every column, updates, outputs and blockers that the team sees."""
    project = ProjectFactory(team=MemberFactory.create_batch(size), collective=CollectiveFactory(), **fields)
    people = [row.member for row in project.memberships.current()]
    for state in Task.State:
        for n in range(size):
            TaskFactory(project=project, state=state, owner=people[n % len(people)], due_on=date(2026, 12, 1))
    for week in range(size):
        UpdateFactory(project=project, author=people[0], week_on=date(2026, 11, 16) - timedelta(weeks=week))
    OutputFactory.create_batch(size, project=project)
    for _n in range(size):
        BlockerFactory(project=project, raiser=people[0], visibility="team", handlers=[people[1]])
    return project


@pytest.mark.parametrize("size", [2, 30])
def test_a_projects_page_costs_the_same_at_any_size(signed_in, size):
    lead = MemberFactory()
    project = full_project(size, lead=lead)
    OrganizerFactory.create_batch(size)
    # The site; who is an organizer; the project, its team; outputs, updates, blockers and those involved; the board,
    # what is done; who may be asked for help.
    client = signed_in(lead)
    with exactly(11, signed_in=True):
        response = client.get(project.get_absolute_url())
    assert response.status_code == 200
    assert response.context["columns"][3]["count"] == size
    assert len(response.context["columns"][3]["tasks"]) == min(size, 20)


@pytest.mark.parametrize("size", [2, 30])
def test_others_see_the_board_at_no_greater_cost(signed_in, size):
    project = full_project(size)
    client = signed_in(MemberFactory())
    with exactly(10, signed_in=True):
        page = client.get(project.get_absolute_url()).content.decode()
    assert "Send to review" not in page
    assert "Add a task" not in page


@pytest.mark.parametrize("size", [3, 12])
def test_the_list_costs_the_same_at_any_length(signed_in, size):
    for _n in range(size):
        ProjectFactory(team=MemberFactory.create_batch(2), collective=CollectiveFactory())
    # The site, the count, the page of projects, their teams.
    client = signed_in(MemberFactory())
    with exactly(6, signed_in=True):
        response = client.get("/projects/")
    assert response.content.count(b'class="row"') == size


def test_an_organizer_sees_how_many_proposals_wait(signed_in, organizer):
    client = signed_in(organizer)
    assert "Read the proposals" in client.get("/projects/").content.decode()
    ProposalFactory.create_batch(2)
    ProposalFactory(state="returned")
    assert "2 proposals wait" in client.get("/projects/").content.decode()
    assert "Your proposals" in signed_in(MemberFactory()).get("/projects/").content.decode()


@pytest.mark.parametrize("size", [3, 30])
def test_the_list_of_proposals_costs_the_same_at_any_length(signed_in, organizer, size):
    ProposalFactory.create_batch(size)
    # The site, and the proposals with their authors.
    client = signed_in(organizer)
    with exactly(4, signed_in=True):
        response = client.get("/projects/proposals/")
    assert len(response.context["proposals"]) == size


def test_visitors_see_what_is_public_and_no_names(client):
    lead = MemberFactory(name="Member Q")
    project = ProjectFactory(title="Seen by all", lead=lead, is_public=True)
    TaskFactory(project=project, title="A task of the team")
    UpdateFactory(project=project, author=lead, done="A word of the team")
    OutputFactory(project=project, title="Their code")
    hidden = ProjectFactory(title="Not seen by all")
    listed = client.get("/projects/").content.decode()
    assert ["Seen by all" in listed, "Not seen by all" in listed, "Member Q" in listed] == [True, False, False]
    page = client.get(project.get_absolute_url()).content.decode()
    assert [text in page for text in ("Their code", "Member Q", "A task of the team", "A word of the team")] == [
        True,
        False,
        False,
        False,
    ]
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_members_find_what_is_under_way_and_what_has_finished(signed_in):
    for stage in Project.Stage:
        ProjectFactory(title=f"A project that is {stage}", stage=stage)
    client = signed_in(MemberFactory())
    under_way = [project.stage for project in client.get("/projects/").context["page"]]
    finished = [project.stage for project in client.get("/projects/?show=finished").context["page"]]
    assert sorted(under_way) == sorted(Project.UNDER_WAY)
    assert sorted(finished) == sorted(Project.FINISHED)


@pytest.mark.parametrize("number", ["0", "2", "-1", "two", "99999999999999999999"])
def test_a_page_that_is_not_there_is_another_one(client, number):
    assert client.get("/projects/", {"page": number}).status_code == 200


def test_an_archived_project_is_seen_by_those_who_were_in_it_and_nothing_in_it_changes(signed_in, organizer):
    lead, gone = MemberFactory(), MemberFactory()
    project = ProjectFactory(lead=lead, stage="archived")
    MembershipFactory(project=project, member=gone, left_at=timezone.now())
    url = project.get_absolute_url()
    assert [signed_in(person).get(url).status_code for person in (lead, gone, organizer, MemberFactory())] == [
        200,
        200,
        200,
        404,
    ]
    response = signed_in(lead).post(f"{url}tasks/add/", {"title": "One more"}, follow=True)
    assert "archived" in response.content.decode()
    assert not project.tasks.exists()


def test_markup_is_shown_as_text_everywhere(signed_in):
    text = "<script>alert(1)</script>"
    lead = MemberFactory(name=text)
    project = ProjectFactory(title=text, summary=text, lead=lead)
    TaskFactory(project=project, title=text, owner=lead, due_on=timezone.localdate(), notes=text)
    UpdateFactory(project=project, author=lead, done=text, next=text, in_the_way=text)
    OutputFactory(project=project, title=text)
    blocker = BlockerFactory(project=project, raiser=lead, text=text, handlers=[MemberFactory(name=text)])
    client, url = signed_in(lead), project.get_absolute_url()
    pages = [url, "/projects/", f"{url}edit/", f"{url}team/", f"{url}tasks/{project.tasks.get().pk}/", "/me/"]
    for page in [*pages, blocker.get_absolute_url()]:
        response = client.get(page)
        assert response.status_code == 200
        assert text not in response.content.decode(), page


def test_only_the_last_updates_are_shown_until_all_are_asked_for(signed_in):
    project = full_project(20)
    client = signed_in(MemberFactory())
    assert len(client.get(project.get_absolute_url()).context["earlier_updates"]) == 8
    assert len(client.get(f"{project.get_absolute_url()}?updates=all").context["earlier_updates"]) == 20


def test_the_dashboard_shows_ones_own_tasks_of_the_week(signed_in):
    member, today = MemberFactory(time_zone="UTC"), timezone.localdate()
    project = ProjectFactory(lead=member)

    def task(title, days, **fields):
        TaskFactory(
            **({"project": project, "owner": member} | fields), title=title, due_on=today + timedelta(days=days)
        )

    task("Late", -3)
    task("Tomorrow", 1)
    task("Much later", 30)
    task("Done", 1, state="done")
    task("Of another", 1, owner=MemberFactory())
    task("In a paused project", 1, project=ProjectFactory(lead=member, stage="paused"))
    response = signed_in(member).get("/me/")
    assert [task.title for task in response.context["tasks_due"]] == ["Late", "Tomorrow"]
    page = response.content.decode()
    assert "Due tomorrow" in page
    assert "Was due on" in page


def test_a_team_has_one_lead_by_the_database():
    project = ProjectFactory()
    with pytest.raises(IntegrityError, match="one_lead"), transaction.atomic():
        MembershipFactory(project=project, role=Membership.Role.LEAD)
    with pytest.raises(IntegrityError, match="no_lead_has_left"), transaction.atomic():
        project.memberships.update(left_at=timezone.now())


def test_signed_out_people_are_asked_to_sign_in_before_they_propose():
    assert Client().get("/projects/propose/").headers["Location"] == "/accounts/login/?next=/projects/propose/"
