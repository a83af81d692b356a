"""Who is in a team. The project's row is locked first, so that there is one lead at every moment."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from members.rules import is_organizer
from projects.actions.projects import lock_project
from projects.models import Membership, Project

Role = Membership.Role


class NotInTeam(Exception):
    """The person is not in this team, or has left it."""


class LeadHandsOverFirst(Exception):
    """A project always has a lead, so whoever leads it hands over before they leave or take another role."""


class NotTheLead(Exception):
    """Somebody else leads the project by now."""


def in_team(project: Project, member: Member) -> Membership:
    """Somebody's present part in a locked project's team. Raises NotInTeam."""
    membership = project.memberships.current().filter(member=member.pk).first()
    if membership is None:
        raise NotInTeam
    return membership


@transaction.atomic
def add_member(*, project_id: int, member: Member, role: str, now: datetime) -> Membership:
    """Take somebody into a team as contributor or advisor, or give them that role; twice changes nothing.

    Raises Project.DoesNotExist, ProjectIsArchived, and LeadHandsOverFirst where they lead it. Leads are made by
    `hand_over_lead` alone. Sends nothing.
    """
    assert role in {Role.CONTRIBUTOR, Role.ADVISOR}
    project = lock_project(project_id)
    membership = project.memberships.current().filter(member=member).first()
    if membership is None:
        return Membership.objects.create(project=project, member=member, role=role, joined_at=now)
    if membership.role == Role.LEAD:
        raise LeadHandsOverFirst
    if membership.role != role:
        membership.role = role
        membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def leave_team(*, project_id: int, member: Member, now: datetime) -> int:
    """End somebody's time in a team, by themselves or by the lead. What they had open is nobody's now; how much it was.

    Raises Project.DoesNotExist, ProjectIsArchived, NotInTeam and LeadHandsOverFirst. Sends nothing.
    """
    project = lock_project(project_id)
    membership = in_team(project, member)
    if membership.role == Role.LEAD:
        raise LeadHandsOverFirst
    membership.left_at = now
    membership.save(update_fields=["left_at"])
    return project.tasks.open().filter(owner=member).update(owner=None)


@transaction.atomic
def hand_over_lead(*, actor: Member, project_id: int, member: Member) -> Membership:
    """Make another of the team its lead; the lead before contributes on. There is one lead before and after.

    To whoever leads already changes nothing. Raises Project.DoesNotExist, ProjectIsArchived, NotInTeam where they have
    left the team or the site, and NotTheLead where the actor no longer leads and is no organizer. Sends nothing.
    """
    project = lock_project(project_id)
    lead = project.memberships.current().get(role=Role.LEAD)
    if lead.member_id == member.pk:
        return lead
    if lead.member_id != actor.pk and not is_organizer(actor):
        raise NotTheLead
    successor = in_team(project, member)
    if not successor.member.is_active:
        raise NotInTeam
    lead.role, successor.role = Role.CONTRIBUTOR, Role.LEAD
    lead.save(update_fields=["role"])
    successor.save(update_fields=["role"])
    return successor
