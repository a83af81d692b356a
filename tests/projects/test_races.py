"""Two people at one board at once, each with a connection of their own."""

from functools import partial

import pytest

from projects import actions
from projects.models import Membership, Project, Task
from tests.factories import MemberFactory, OrganizerFactory, ProjectFactory, ProposalFactory, TaskFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)

Role = Membership.Role


@pytest.mark.parametrize("run", range(3))
def test_two_hand_overs_at_once_leave_one_lead(run):
    lead, first, second = MemberFactory.create_batch(3)
    project = ProjectFactory(lead=lead, team=[first, second])
    hand_over = partial(actions.hand_over_lead, actor=lead, project_id=project.pk)
    outcomes = race(*[partial(hand_over, member=member) for member in (first, second)], refusals=actions.NotTheLead)
    assert outcomes.count(actions.NotTheLead) == 1
    assert project.memberships.current().filter(role=Role.LEAD).get().member in {first, second}


@pytest.mark.parametrize("run", range(3))
def test_a_hand_over_to_somebody_who_leaves_at_that_moment_leaves_one_lead(run, now):
    lead, successor = MemberFactory.create_batch(2)
    project = ProjectFactory(lead=lead, team=[successor])
    handed_over, left = race(
        partial(actions.hand_over_lead, actor=lead, project_id=project.pk, member=successor),
        partial(actions.leave_team, project_id=project.pk, member=successor, now=now),
        refusals=(actions.LeadHandsOverFirst, actions.NotInTeam),
    )
    assert (handed_over is actions.NotInTeam) != (left is actions.LeadHandsOverFirst)
    assert project.memberships.current().filter(role=Role.LEAD).count() == 1


@pytest.mark.parametrize("run", range(3))
def test_two_moves_of_one_task_are_one_and_the_other_is_told(run, now):
    task = TaskFactory(state=Task.State.DOING)
    move = partial(actions.move_task, project_id=task.project_id, task_id=task.pk, seen="doing", now=now)
    outcomes = race(*[partial(move, to=to) for to in ("review", "todo")], refusals=actions.TaskHasMoved)
    assert outcomes.count(actions.TaskHasMoved) == 1
    task.refresh_from_db()
    assert task.state == ("todo" if outcomes[0] is actions.TaskHasMoved else "review")


@pytest.mark.parametrize("run", range(3))
def test_a_task_is_taken_by_one(run):
    people = MemberFactory.create_batch(4)
    project = ProjectFactory(team=people)
    task = TaskFactory(project=project)
    take = partial(actions.take_task, project_id=project.pk, task_id=task.pk)
    outcomes = race(*[partial(take, actor=member) for member in people], refusals=actions.TaskHasMoved)
    assert outcomes.count(actions.TaskHasMoved) == 3
    assert outcomes[people.index(Task.objects.get().owner)] == task


@pytest.mark.parametrize("run", range(3))
def test_two_updates_of_one_week_are_one(run, now):
    people = MemberFactory.create_batch(3)
    project = ProjectFactory(team=people)
    post = partial(actions.post_update, project_id=project.pk, done="Something", next="", in_the_way="", now=now)
    outcomes = race(*[partial(post, actor=member) for member in people], refusals=actions.UpdateIsThere)
    assert outcomes.count(actions.UpdateIsThere) == 2


@pytest.mark.parametrize("run", range(3))
def test_a_proposal_accepted_and_returned_at_once_has_one_answer(run, now):
    proposal, organizers = ProposalFactory(), OrganizerFactory.create_batch(2)
    what = {"proposal_id": proposal.pk, "now": now}
    outcomes = race(
        partial(actions.accept_proposal, actor=organizers[0], **what),
        partial(actions.return_proposal, actor=organizers[1], reasons="Not yet", **what),
        refusals=actions.AlreadyDecided,
    )
    assert outcomes.count(actions.AlreadyDecided) == 1
    assert Project.objects.count() == (0 if outcomes[0] is actions.AlreadyDecided else 1)
