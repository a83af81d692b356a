"""Who may do what with a project: one table of roles and stages, and the lists that must agree with it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from projects.models import Project, Proposal
from tests.factories import MemberFactory, MembershipFactory, OrganizerFactory, ProjectFactory, ProposalFactory

pytestmark = pytest.mark.django_db

ROLES = {
    "visitor": lambda project: AnonymousUser(),
    "member": lambda project: MemberFactory(),
    "inactive": lambda project: MemberFactory(is_active=False),
    "lead": lambda project: project.memberships.get(role="lead").member,
    "contributor": lambda project: MembershipFactory(project=project).member,
    "advisor": lambda project: MembershipFactory(project=project, role="advisor").member,
    "left": lambda project: MembershipFactory(project=project, left_at=project.began_at).member,
    "organizer": lambda project: OrganizerFactory(),
    "staff": lambda project: MemberFactory(is_staff=True),
    "superuser": lambda project: MemberFactory(is_superuser=True),
}
BELONGING = {"lead", "contributor", "advisor", "left", "organizer", "superuser"}
SIGNED_IN = set(ROLES) - {"visitor", "inactive"}
WORKS = {"lead", "contributor", "advisor", "superuser"}
LEADS = {"lead", "organizer", "superuser"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_public", [True, False])
@pytest.mark.parametrize("stage", Project.Stage)
def test_what_one_may_see_is_what_the_list_shows(role, stage, is_public):
    project = ProjectFactory(stage=stage, is_public=is_public)
    viewer = ROLES[role](project)
    sees = BELONGING if stage == "archived" else SIGNED_IN | ({"visitor"} if is_public else set())
    assert viewer.has_perm("projects.view_project", project) == (role in sees)
    assert (project in Project.objects.visible_to(viewer)) == (role in sees)


@pytest.mark.parametrize("role", ROLES)
def test_what_one_may_do(role):
    project = ProjectFactory()
    viewer = ROLES[role](project)
    loaded = Project.objects.with_team().get()
    for one in (project, loaded):
        assert viewer.has_perm("projects.work_on_project", one) == (role in WORKS)
        assert viewer.has_perm("projects.lead_project", one) == (role in LEADS)
    assert viewer.has_perm("projects.decide_proposal") == (role in {"organizer", "superuser"})
    assert viewer.has_perm("projects.propose_project") == (role in SIGNED_IN)


@pytest.mark.parametrize("state", Proposal.State)
def test_proposals_are_seen_by_their_authors_and_organizers(state):
    proposal = ProposalFactory(state=state)
    viewers = {
        "visitor": AnonymousUser(),
        "member": MemberFactory(),
        "author": proposal.author,
        "organizer": OrganizerFactory(),
        "superuser": MemberFactory(is_superuser=True),
    }
    for role, viewer in viewers.items():
        sees = role in {"author", "organizer", "superuser"}
        assert viewer.has_perm("projects.view_proposal", proposal) == sees, role
        assert (proposal in Proposal.objects.visible_to(viewer)) == sees, role
