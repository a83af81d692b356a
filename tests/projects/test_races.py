"""Two people at one board at once, each with a connection of their own."""

import pytest

from projects import actions
from projects.models import Membership, Project, Task
from tests.factories import MemberFactory, OrganizerFactory, ProjectFactory, ProposalFactory, TaskFactory
from tests.reading_groups.test_places_races import race

pytestmark = pytest.mark.django_db(transaction=True)

Role = Membership.Role


def outcome(action, **what):
    """What to run: the name of the failure, or nothing."""

    def run():
        try:
            action(**what)
        except Exception as error:
            return type(error).__name__
        return ""

    return run


@pytest.mark.parametrize("run", range(3))
def test_two_hand_overs_at_once_leave_one_lead(run):
    lead, first, second = MemberFactory.create_batch(3)
    project = ProjectFactory(lead=lead, team=[first, second])
    what = {"actor": lead, "project_id": project.pk}
    outcomes = race(*[outcome(actions.hand_over_lead, **what, member=member) for member in (first, second)])
    assert sorted(outcomes) == ["", "NotTheLead"]
    assert project.memberships.current().filter(role=Role.LEAD).get().member in {first, second}


@pytest.mark.parametrize("run", range(3))
def test_a_hand_over_to_somebody_who_leaves_at_that_moment_leaves_one_lead(run, now):
    lead, successor = MemberFactory.create_batch(2)
    project = ProjectFactory(lead=lead, team=[successor])
    outcomes = race(
        outcome(actions.hand_over_lead, actor=lead, project_id=project.pk, member=successor),
        outcome(actions.leave_team, project_id=project.pk, member=successor, now=now),
    )
    assert outcomes in (["", "LeadHandsOverFirst"], ["NotInTeam", ""])
    assert project.memberships.current().filter(role=Role.LEAD).count() == 1


@pytest.mark.parametrize("run", range(3))
def test_two_moves_of_one_task_are_one_and_the_other_is_told(run, now):
    task = TaskFactory(state=Task.State.DOING)
    what = {"project_id": task.project_id, "task_id": task.pk, "seen": "doing", "now": now}
    outcomes = race(*[outcome(actions.move_task, **what, to=to) for to in ("review", "todo")])
    assert sorted(outcomes) == ["", "TaskHasMoved"]
    task.refresh_from_db()
    assert task.state == ["review", "todo"][outcomes.index("")]


@pytest.mark.parametrize("run", range(3))
def test_a_task_is_taken_by_one(run):
    people = MemberFactory.create_batch(4)
    project = ProjectFactory(team=people)
    task = TaskFactory(project=project)
    what = {"project_id": project.pk, "task_id": task.pk}
    outcomes = race(*[outcome(actions.take_task, actor=member, **what) for member in people])
    assert sorted(outcomes) == ["", *["TaskHasMoved"] * 3]
    task.refresh_from_db()
    assert task.owner == people[outcomes.index("")]


@pytest.mark.parametrize("run", range(3))
def test_two_updates_of_one_week_are_one(run, now):
    people = MemberFactory.create_batch(3)
    project = ProjectFactory(team=people)
    what = {"project_id": project.pk, "done": "Something", "next": "", "in_the_way": "", "now": now}
    outcomes = race(*[outcome(actions.post_update, actor=member, **what) for member in people])
    assert sorted(outcomes) == ["", "UpdateIsThere", "UpdateIsThere"]


@pytest.mark.parametrize("run", range(3))
def test_a_proposal_accepted_and_returned_at_once_has_one_answer(run, now):
    proposal, organizers = ProposalFactory(), OrganizerFactory.create_batch(2)
    what = {"proposal_id": proposal.pk, "now": now}
    outcomes = race(
        outcome(actions.accept_proposal, actor=organizers[0], **what),
        outcome(actions.return_proposal, actor=organizers[1], reasons="Not yet", **what),
    )
    assert sorted(outcomes) == ["", "AlreadyDecided"]
    assert Project.objects.count() == (1 if outcomes[0] == "" else 0)
