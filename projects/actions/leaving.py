"""What becomes of a member's part in projects when the member leaves the site."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from projects.actions.projects import lock_projects_of
from projects.models import Blocker, Involvement, Membership, Project, Proposal

Role = Membership.Role


class LeadsTeams(Exception):
    """The member leads projects in which others are, and one of these has to lead each of them first."""

    def __init__(self, projects: list[Project]) -> None:
        super().__init__(f"{len(projects)} projects to hand over")
        self.projects = projects


@transaction.atomic
def leave_all_teams(*, actor: Member, now: datetime) -> None:
    """Leave every team, hand back what is open, and take away what the actor told a few in private.

    A project under way in which nobody else is left is archived; one that is finished keeps its only member as its
    record, and so does every archived one. Proposals that were not accepted and private blockers are deleted, those
    for the team are closed, and open ones of others are no longer handled by the actor. What the team did together
    stays. Raises LeadsTeams, and then nothing has changed. Sends nothing.
    """
    # Proposals come first: one that is being accepted at this moment is waited for, and its project is left below.
    unaccepted = Proposal.objects.filter(author=actor).exclude(state=Proposal.State.ACCEPTED)
    locked = list(unaccepted.select_for_update().order_by("pk").values_list("pk", flat=True))
    Proposal.objects.filter(pk__in=locked).delete()
    projects = lock_projects_of(actor)
    led = [project for project in projects if _part_in(project, actor).role == Role.LEAD]
    if to_hand_over := [project for project in led if _others_in(project, actor).exists()]:
        raise LeadsTeams(to_hand_over)
    for project in projects:
        project.tasks.open().filter(owner=actor).update(owner=None)
        if project not in led:
            project.memberships.current().filter(member=actor).update(left_at=now)
        elif project.stage in Project.UNDER_WAY:
            project.stage = Project.Stage.ARCHIVED
            project.save(update_fields=["stage"])
    _let_go_of_blockers(actor, now)


@transaction.atomic
def pass_on_leads(*, actor: Member) -> None:
    """Let whoever has been in each team longest lead it in the actor's place: a contributor, or else an advisor.

    For a site on which nobody can hand over by themselves, since its projects are switched off. Sends nothing.
    """
    for project in lock_projects_of(actor):
        lead = _part_in(project, actor)
        others = _others_in(project, actor).order_by("joined_at", "id")
        successor = others.filter(role=Role.CONTRIBUTOR).first() or others.first()
        if lead.role == Role.LEAD and successor is not None:
            lead.role, successor.role = Role.CONTRIBUTOR, Role.LEAD
            lead.save(update_fields=["role"])
            successor.save(update_fields=["role"])


def _part_in(project: Project, member: Member) -> Membership:
    return project.memberships.current().get(member=member)


def _others_in(project: Project, member: Member):
    """Those of the team who can sign in."""
    return project.memberships.current().exclude(member=member).filter(member__is_active=True)


def _let_go_of_blockers(actor: Member, now: datetime) -> None:
    raised = Blocker.objects.filter(raiser=actor)
    raised.filter(visibility=Blocker.Visibility.PRIVATE).delete()
    raised.open().update(closed_at=now)
    handled = Involvement.objects.filter(member=actor, part=Involvement.Part.HANDLER)
    handled.filter(blocker__closed_at__isnull=True).delete()
