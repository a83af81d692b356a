"""Who may do what. The lists of projects and proposals say the same as their permissions; tests compare them.

Blockers have no permission of that kind, since superusers have every permission: `Blocker.objects.visible_to` alone
decides who reads one, and the actions decide who answers and closes it.
"""

import rules

from members.models import Member
from members.rules import is_organizer
from projects.models import Membership, Project, Proposal
from reading_groups.models import Idea


def own_membership(viewer: Member, project: Project) -> Membership | None:
    """The viewer's present part in the team; without a query where the team was loaded with the project."""
    if not viewer.is_authenticated:
        return None
    team = project.__dict__.get("team")
    if team is None:
        return project.memberships.current().filter(member=viewer.pk).first()
    return next((membership for membership in team if membership.member_id == viewer.pk), None)


@rules.predicate
def is_one(viewer: Member, thing: Project | Proposal | None) -> bool:
    # The admin asks without one, about all of them at once; that is a right of staff, granted one by one.
    return thing is not None


@rules.predicate
def is_in_team(viewer: Member, project: Project) -> bool:
    return viewer.is_active and own_membership(viewer, project) is not None


@rules.predicate
def is_lead(viewer: Member, project: Project) -> bool:
    membership = own_membership(viewer, project)
    return viewer.is_active and membership is not None and membership.role == Membership.Role.LEAD


@rules.predicate
def was_in_team(viewer: Member, project: Project) -> bool:
    return viewer.is_active and project.memberships.filter(member=viewer.pk).exists()


@rules.predicate
def is_archived(viewer: Member, project: Project) -> bool:
    return project.is_archived


@rules.predicate
def is_public(viewer: Member, project: Project) -> bool:
    return project.is_public


@rules.predicate
def has_account(viewer: Member) -> bool:
    return viewer.is_authenticated and viewer.is_active


@rules.predicate
def is_author(viewer: Member, proposal: Proposal) -> bool:
    return viewer.is_authenticated and proposal.author_id == viewer.pk


@rules.predicate
def stands_behind_idea(viewer: Member, idea: Idea) -> bool:
    """Who put it up, who would work on it, and who organizes its group."""
    if not viewer.is_authenticated:
        return False
    return (
        idea.member_id == viewer.pk
        or idea.hands.filter(member=viewer.pk).exists()
        or idea.group.organizers.filter(pk=viewer.pk).exists()
    )


rules.add_perm(
    "projects.view_project",
    is_one & ((~is_archived & (is_public & ~rules.is_authenticated | has_account)) | is_organizer | was_in_team),
)
rules.add_perm("projects.work_on_project", is_in_team)
rules.add_perm("projects.lead_project", is_lead | is_organizer)
rules.add_perm("projects.propose_project", has_account)
rules.add_perm("projects.propose_idea", has_account & (stands_behind_idea | is_organizer))
rules.add_perm("projects.view_proposal", is_one & (is_author | is_organizer))
rules.add_perm("projects.decide_proposal", is_organizer)
