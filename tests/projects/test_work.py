"""What a team does: tasks, updates, outputs, stages, and who is in it. One step after another, as the pages send it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from projects import actions
from projects.models import Membership, Project, Task, Update
from tests.factories import MemberFactory, MembershipFactory, OutputFactory, ProjectFactory, TaskFactory

pytestmark = pytest.mark.django_db

State, Role = Task.State, Membership.Role


@pytest.fixture
def lead():
    return MemberFactory(name="Member A")


@pytest.fixture
def mate():
    return MemberFactory(name="Member B")


@pytest.fixture
def project(lead, mate):
    return ProjectFactory(slug="probing", lead=lead, team=[mate])


@pytest.fixture
def client(signed_in, lead):
    return signed_in(lead)


def roles(project):
    return {row.member: row.role for row in project.memberships.current()}


def told(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# Tasks


def test_a_task_goes_over_the_board_and_back(client, project, mate):
    due_on = timezone.localdate() + timedelta(days=3)
    data = {"title": "Freeze the corpus", "owner": mate.pk, "due_on": due_on.isoformat(), "notes": "All of it."}
    for _click in range(2):
        client.post("/projects/probing/tasks/add/", data)
    task = project.tasks.get()
    assert (task.state, task.owner, task.due_on) == (State.TODO, mate, due_on)
    steps = ["todo:doing", "doing:review", "review:doing", "doing:review", "review:done", "done:todo"]
    for step in steps:
        client.post(f"/projects/probing/tasks/{task.pk}/move/", {"move": step})
        task.refresh_from_db()
        assert task.state == step.partition(":")[2]
        assert (task.done_at is not None) == (task.state == State.DONE)


@pytest.mark.parametrize("move", ["", "todo", "todo:done", "todo:nonsense", "doing:review", ":", "todo:todo:x"])
def test_a_move_that_is_none_changes_nothing_and_is_told(client, project, move):
    task = TaskFactory(project=project)
    response = client.post(f"/projects/probing/tasks/{task.pk}/move/", {"move": move}, follow=True)
    assert "meanwhile" in told(response)
    task.refresh_from_db()
    assert task.state == State.TODO


def test_a_click_on_an_old_page_does_not_undo_what_another_did(client, project, now):
    task = TaskFactory(project=project, state=State.DOING)
    actions.move_task(project_id=project.pk, task_id=task.pk, seen="doing", to="review", now=now)
    response = client.post(f"/projects/probing/tasks/{task.pk}/move/", {"move": "doing:todo"}, follow=True)
    assert "Somebody else has moved this task" in told(response)
    # The same button twice is one move.
    response = client.post(f"/projects/probing/tasks/{task.pk}/move/", {"move": "doing:review"}, follow=True)
    assert "In review" in told(response)


def test_a_task_of_nobody_is_taken_once(client, project, lead, mate):
    task = TaskFactory(project=project)
    for _click in range(2):
        client.post(f"/projects/probing/tasks/{task.pk}/take/")
    task.refresh_from_db()
    assert task.owner == lead
    with pytest.raises(actions.TaskHasMoved):
        actions.take_task(actor=mate, project_id=project.pk, task_id=task.pk)


def test_a_task_is_handed_over_with_its_notes(client, project, lead, mate):
    task = TaskFactory(project=project, owner=lead, notes="See the first run.", state=State.DOING)
    page = client.get(f"/projects/probing/tasks/{task.pk}/")
    data = {
        name: field.value() or "" for name, field in zip(page.context["form"].fields, page.context["form"], strict=True)
    }
    client.post(f"/projects/probing/tasks/{task.pk}/", data | {"owner": mate.pk})
    task.refresh_from_db()
    assert (task.owner, task.notes, task.state) == (mate, "See the first run.", State.DOING)


def test_a_task_is_not_handed_to_somebody_who_has_left(client, project, mate, now):
    task = TaskFactory(project=project)
    actions.leave_team(project_id=project.pk, member=mate, now=now)
    response = client.post(f"/projects/probing/tasks/{task.pk}/", {"title": "Typed", "owner": mate.pk})
    assert response.status_code == 422
    assert "not in the team" in response.content.decode()
    with pytest.raises(actions.NotInTeam):
        actions.change_task(project_id=project.pk, task_id=task.pk, title="Typed", notes="", owner=mate, due_on=None)


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        ("2020-01-01", "That day is over"),
        ("3026-01-01", "more than three years away"),
        ("tomorrow", "as in 2026-11-30"),
        ("2026-02-30", "as in 2026-11-30"),
        ("0000-00-00", "as in 2026-11-30"),
        ("99999999999999", "as in 2026-11-30"),
    ],
)
def test_a_day_that_cannot_be_comes_back_with_all_that_was_typed(client, project, due_on, words):
    data = {"title": "Typed with care", "due_on": due_on, "notes": "And these notes"}
    response = client.post("/projects/probing/tasks/add/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert [text in page for text in (words, "Typed with care", "And these notes")] == [True, True, True]
    assert not project.tasks.exists()


def test_a_late_task_is_changed_without_a_new_date(client, project):
    yesterday = timezone.localdate() - timedelta(days=1)
    task = TaskFactory(project=project, due_on=yesterday)
    data = {"title": "A better title", "due_on": yesterday.isoformat()}
    assert client.post(f"/projects/probing/tasks/{task.pk}/", data).status_code == 302
    task.refresh_from_db()
    assert (task.title, task.due_on) == ("A better title", yesterday)


def test_a_task_of_another_project_is_not_reached_through_this_one(client, project):
    other = TaskFactory()
    assert client.get(f"/projects/probing/tasks/{other.pk}/").status_code == 404
    client.post(f"/projects/probing/tasks/{other.pk}/move/", {"move": "todo:doing"})
    other.refresh_from_db()
    assert other.state == State.TODO


@pytest.mark.parametrize(
    ("address", "data"),
    [
        ("tasks/add/", {"title": "x" * 10_000}),
        ("tasks/add/", {"title": "\u200b"}),
        ("tasks/add/", {"title": "Fine", "notes": "x" * 10_000}),
        ("tasks/add/", {"title": "Fine", "owner": "nonsense"}),
        ("updates/post/", {"done": "x" * 10_000}),
        ("updates/post/", {"done": "Fine", "next": "x" * 10_000}),
        ("outputs/add/", {"kind": "paper", "title": "x" * 10_000, "year": "2026"}),
        ("outputs/add/", {"kind": "paper", "title": "Fine", "year": "12026"}),
        ("outputs/add/", {"kind": "paper", "title": "Fine", "year": "2026", "url": "javascript:alert(1)"}),
        ("outputs/add/", {"kind": "nonsense", "title": "Fine", "year": "2026"}),
        ("blockers/raise/", {"kind": "delay", "visibility": "team", "text": "x" * 10_000}),
    ],
)
def test_what_cannot_be_saved_is_told_and_kept_on_the_page(client, project, address, data):
    response = client.post(f"/projects/probing/{address}", data)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Nothing was saved yet" in page
    assert all(value in page for value in data.values() if value not in {"\u200b", "nonsense"})


# The word of a week


def test_an_update_is_written_once_a_week_and_changed_by_its_author(client, signed_in, project, mate):
    client.post("/projects/probing/updates/post/", {"done": "Froze the corpus", "next": "Train"})
    client.post("/projects/probing/updates/post/", {"done": "Froze it all", "next": ""})
    update = project.updates.get()
    assert (update.done, update.next) == ("Froze it all", "")
    assert update.week_on.weekday() == 0
    response = signed_in(mate).post("/projects/probing/updates/post/", {"done": "My own words"})
    page = response.content.decode()
    assert response.status_code == 422
    # Both texts are there; nothing is lost.
    assert "Froze it all" in page
    assert "My own words" in page
    assert project.updates.count() == 1


def test_a_week_begins_on_monday_on_the_writers_clock(project):
    sunday_evening_in_utc = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    for zone, monday in (("Europe/London", "2026-11-16"), ("Asia/Kolkata", "2026-11-23")):
        member = MembershipFactory(project=project, member__time_zone=zone).member
        words = {"done": "Something", "next": "", "in_the_way": ""}
        actions.post_update(actor=member, project_id=project.pk, **words, now=sunday_evening_in_utc)
        assert Update.objects.get(author=member).week_on.isoformat() == monday


# Outputs and stages


def test_an_output_is_added_once_and_taken_back(client, project):
    data = {"kind": "negative", "title": "They do not agree", "url": "", "year": "2026"}
    for _click in range(2):
        assert client.post("/projects/probing/outputs/add/", data).status_code == 302
    output = project.outputs.get()
    assert client.post("/projects/probing/outputs/add/", data | {"year": "2025"}).status_code == 422
    client.post(f"/projects/probing/outputs/{OutputFactory().pk}/remove/")
    client.post(f"/projects/probing/outputs/{output.pk}/remove/")
    client.post(f"/projects/probing/outputs/{output.pk}/remove/")
    assert not project.outputs.exists()


def test_a_project_moves_along_its_stages_and_nowhere_else(client, project):
    for stage, moves in (("published", False), ("writing", True), ("writing", True), ("submitted", True), ("", False)):
        response = client.post("/projects/probing/stage/", {"stage": stage}, follow=True)
        assert ("is now" in told(response)) == moves
    project.refresh_from_db()
    assert project.stage == "submitted"


def test_the_page_is_edited_and_its_address_stays(client, project):
    data = {"title": "A <new> title", "summary": "Said again", "is_public": "on"}
    assert client.post("/projects/probing/edit/", data).headers["Location"] == "/projects/probing/"
    project.refresh_from_db()
    assert (project.title, project.title_key, project.is_public) == ("A <new> title", "a <new> title", True)
    response = client.post("/projects/probing/edit/", {"title": "", "summary": "x" * 10_001})
    assert response.status_code == 422
    assert "A &lt;new&gt; title" in response.content.decode()


# The team


def test_somebody_is_found_by_name_taken_in_and_taken_out(client, project, lead, mate):
    newcomer = MemberFactory(name="Member Ç")
    found = client.get("/projects/probing/team/", {"q": "member c"}).context["found"]
    assert found == [newcomer]
    for role in ("contributor", "contributor", "advisor"):
        client.post("/projects/probing/team/add/", {"member": newcomer.pk, "role": role})
    assert roles(project) == {lead: Role.LEAD, mate: Role.CONTRIBUTOR, newcomer: Role.ADVISOR}
    TaskFactory(project=project, owner=newcomer)
    done = TaskFactory(project=project, owner=newcomer, state=State.DONE)
    response = client.post("/projects/probing/team/remove/", {"member": newcomer.pk}, follow=True)
    assert "1 task is nobody's now" in told(response)
    assert newcomer not in roles(project)
    done.refresh_from_db()
    assert done.owner == newcomer


def test_a_lead_who_leaves_hands_over_first(client, signed_in, project, lead, mate):
    response = client.post("/projects/probing/team/leave/", follow=True)
    assert "Hand it over to somebody first" in told(response)
    for address, data in (("remove", {}), ("add", {"role": "advisor"})):
        response = client.post(f"/projects/probing/team/{address}/", data | {"member": lead.pk}, follow=True)
        assert "Hand over the lead first" in told(response)
    assert roles(project)[lead] == Role.LEAD
    client.post("/projects/probing/team/lead/", {"member": mate.pk})
    assert roles(project) == {lead: Role.CONTRIBUTOR, mate: Role.LEAD}
    assert client.post("/projects/probing/team/leave/").status_code == 302
    assert roles(project) == {mate: Role.LEAD}


def test_the_lead_is_not_handed_to_somebody_who_left(client, project, lead, mate, now):
    actions.leave_team(project_id=project.pk, member=mate, now=now)
    response = client.post("/projects/probing/team/lead/", {"member": mate.pk}, follow=True)
    assert "They have left the team" in told(response)
    assert roles(project) == {lead: Role.LEAD}


def test_whoever_led_before_cannot_hand_over_once_more(project, lead, mate):
    third = MembershipFactory(project=project).member
    actions.hand_over_lead(actor=lead, project_id=project.pk, member=mate)
    with pytest.raises(actions.NotTheLead):
        actions.hand_over_lead(actor=lead, project_id=project.pk, member=third)


@pytest.mark.parametrize("member", ["", "nonsense", "0", "999999", "9" * 30, "²"])
@pytest.mark.parametrize("address", ["add", "remove", "lead"])
def test_nobody_is_nobody(client, project, address, member):
    data = {"member": member, "role": "contributor"}
    assert client.post(f"/projects/probing/team/{address}/", data).status_code == 404


def test_a_role_that_is_none_is_told(client, project):
    data = {"member": MemberFactory().pk, "role": "lead"}
    response = client.post("/projects/probing/team/add/", data, follow=True)
    assert "contributor or advisor" in told(response)
    assert len(roles(project)) == 2


def test_a_member_who_came_back_keeps_both_times(project, mate, now):
    actions.leave_team(project_id=project.pk, member=mate, now=now)
    actions.add_member(project_id=project.pk, member=mate, role=Role.ADVISOR, now=now + timedelta(days=1))
    assert list(project.memberships.filter(member=mate).order_by("pk").values_list("role", "left_at")) == [
        (Role.CONTRIBUTOR, now),
        (Role.ADVISOR, None),
    ]


def test_members_who_are_not_in_the_team_change_nothing(signed_in, project):
    client = signed_in(MemberFactory())
    task = TaskFactory(project=project)
    before = list(Project.objects.values()), list(Task.objects.values()), list(Membership.objects.values())
    for address in ("tasks/add/", f"tasks/{task.pk}/move/", "team/add/", "stage/", "updates/post/", "blockers/raise/"):
        data = {"title": "Mine", "move": "todo:doing", "stage": "writing", "done": "Mine"}
        assert client.post(f"/projects/probing/{address}", data).status_code == 403
    assert before == (list(Project.objects.values()), list(Task.objects.values()), list(Membership.objects.values()))
