from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.text import fold
from members.models import Member
from projects import actions
from projects.models import Membership, Project
from projects.views.page import has_page, people_of, visible, with_project

FOUND = 12


@with_project("projects.lead_project")
@has_page
def team_edit(request: HttpRequest, project: Project) -> HttpResponse:
    """Who is in the team; somebody new is found by name."""
    text = request.GET.get("q", "").strip()[:120]
    found: list[Member] = []
    inside = [member.pk for member in people_of(project)]
    if fold(text):
        members = Member.objects.visible_to(request.user).active().exclude(name="").exclude(pk__in=inside)
        found = list(members.filter(name_key__contains=fold(text)).by_name()[: FOUND + 1])
    hands = Member.objects.active().filter(hands__idea__proposal__project=project)
    context = {
        "project": project,
        "text": text,
        "hands": list(hands.exclude(pk__in=inside).exclude(name="").by_name()),
        "found": found[:FOUND],
        "has_more": len(found) > FOUND,
    }
    return render(request, "projects/team-edit.html", context)


@with_project("projects.lead_project")
def team_add(request: HttpRequest, project: Project) -> HttpResponse:
    """Take somebody in, or give somebody of the team another role."""
    role = request.POST.get("role", "")
    member = _member(request, Member.objects.visible_to(request.user).active().exclude(name=""))
    if role not in {Membership.Role.CONTRIBUTOR, Membership.Role.ADVISOR}:
        messages.error(request, _("Choose contributor or advisor."))
        return redirect(_team(project))
    try:
        membership = actions.add_member(project_id=project.pk, member=member, role=role, now=timezone.now())
    except actions.LeadHandsOverFirst:
        messages.error(request, _("%(name)s leads the project. Hand over the lead first.") % {"name": member})
    else:
        words = {"name": member, "role": membership.get_role_display()}
        messages.success(request, _("%(name)s is in the team: %(role)s.") % words)
    return redirect(_team(project))


@with_project("projects.lead_project")
def team_remove(request: HttpRequest, project: Project) -> HttpResponse:
    member = _member(request, Member.objects.all())
    try:
        tasks = actions.leave_team(project_id=project.pk, member=member, now=timezone.now())
    except actions.LeadHandsOverFirst:
        messages.error(request, _("%(name)s leads the project. Hand over the lead first.") % {"name": member})
    except actions.NotInTeam:
        messages.info(request, _("They are not in the team any more."))
    else:
        messages.success(request, _("%(name)s is not in the team any more.") % {"name": member} + _tasks_left(tasks))
    return redirect(_team(project))


@with_project("projects.lead_project")
def team_lead(request: HttpRequest, project: Project) -> HttpResponse:
    """Hand over the lead."""
    member = _member(request, Member.objects.all())
    try:
        actions.hand_over_lead(actor=request.user, project_id=project.pk, member=member)
    except actions.NotInTeam:
        messages.error(request, _("They have left the team, so they cannot lead it. Choose somebody else."))
        return redirect(_team(project))
    except actions.NotTheLead:
        messages.error(request, _("Somebody else leads the project by now."))
    else:
        messages.success(request, _("%(name)s leads the project now.") % {"name": member})
    return redirect(project)


@with_project("projects.work_on_project")
def team_leave(request: HttpRequest, project: Project) -> HttpResponse:
    try:
        tasks = actions.leave_team(project_id=project.pk, member=request.user, now=timezone.now())
    except actions.LeadHandsOverFirst:
        messages.error(request, _("You lead this project. Hand it over to somebody first; then you can leave."))
        return redirect(_team(project))
    messages.success(request, _("You have left the team.") + _tasks_left(tasks))
    return redirect(project if visible(request).filter(pk=project.pk).exists() else "projects:project-list")


def _member(request: HttpRequest, members: QuerySet[Member]) -> Member:
    """Whom a button is about; a page that is made up is told that they are not there."""
    number = request.POST.get("member", "")
    return get_object_or_404(
        members, pk=int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    )


def _tasks_left(tasks: int) -> str:
    if not tasks:
        return ""
    text = ngettext("%(n)s task is nobody's now.", "%(n)s tasks are nobody's now.", tasks)
    return " " + text % {"n": tasks}


def _team(project: Project) -> str:
    return reverse("projects:team-edit", args=[project.slug])
