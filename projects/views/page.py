"""The project's page, with any of its forms as somebody left it, and how its actions come back to it."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Member
from members.organizers import organizers
from projects import actions
from projects.actions.projects import NEXT_STAGES
from projects.forms import BlockerForm, OutputForm, TaskForm, UpdateForm
from projects.models import Membership, Project, Task
from projects.rules import own_membership
from reading_groups.models import Idea

DONE_SHOWN = 20
UPDATES_SHOWN = 8
State = Task.State
Role = Membership.Role


def visible(request: HttpRequest) -> QuerySet[Project]:
    return Project.objects.visible_to(request.user).defer("search")


def with_project(permission: str) -> Callable:
    """Give an action's view the project, where the viewer sees it (else 404) and may do this (else 403).

    The address of an action that is only opened leads to the project. What has changed meanwhile is told there.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            project = get_object_or_404(visible(request).with_team(), slug=slug)
            if not request.user.has_perm(permission, project):
                raise PermissionDenied
            if request.method != "POST" and not getattr(view, "has_page", False):
                return redirect(project)
            try:
                return view(request, project, **kwargs)
            except Project.DoesNotExist:
                messages.error(request, _("This project has been removed."))
                return redirect("projects:project-list")
            except actions.ProjectIsArchived:
                messages.error(request, _("This project is archived, so nothing in it changes any more."))
            except actions.NotInTeam:
                messages.error(request, _("That needs somebody who is in the team, and they are not any more."))
            return redirect(project)

        return inner

    return decorate


def has_page(view: Callable) -> Callable:
    """Mark an action's view that shows a page of its own when it is opened."""
    view.has_page = True  # type: ignore[attr-defined]
    return view


def people_of(project: Project) -> list[Member]:
    return [membership.member for membership in project.team]  # type: ignore[attr-defined]


def may_own(project: Project) -> list[Member]:
    """To whom a task can be given: those of the team who can sign in."""
    return [member for member in people_of(project) if member.is_active]


def may_handle(request: HttpRequest, project: Project) -> list[Member]:
    """Whom the viewer may choose to help: lead, advisors and organizers. One query."""
    nearest = [row.member for row in project.team if row.role != Role.CONTRIBUTOR]  # type: ignore[attr-defined]
    everybody = {member.pk: member for member in [*nearest, *organizers(timezone.now().date())] if member.is_active}
    return [member for pk, member in everybody.items() if pk != request.user.pk]


def on_page(request: HttpRequest) -> QuerySet[Project]:
    """Projects with all that their pages show beside the board."""
    related = ("collective", "proposal__idea__group")
    projects = visible(request).select_related(*related).defer("search", "proposal__idea__group__search")
    return projects.with_team().with_done_count()


def for_page(request: HttpRequest, project: Project) -> Project:
    """The project with all that its page shows."""
    return on_page(request).get(pk=project.pk)


def forms_of(request: HttpRequest, project: Project) -> dict[str, Callable[..., forms.Form]]:
    """How each form of the page is made. Their ids begin with their names, since they stand on one page."""
    today = timezone.localdate()
    team = people_of(project)
    others = [member for member in team if member.pk != request.user.pk]
    return {
        "task": lambda *args: TaskForm(*args, team=may_own(project), today=today, auto_id="task_%s"),
        "update": lambda *args, **kwargs: UpdateForm(*args, auto_id="update_%s", **kwargs),
        "blocker": lambda *args: BlockerForm(
            *args, may_handle=may_handle(request, project), team=others, auto_id="blocker_%s"
        ),
        "output": lambda *args: OutputForm(*args, this_year=today.year, auto_id="output_%s"),
    }


def page(request: HttpRequest, project: Project, bound: dict[str, forms.Form] | None = None) -> HttpResponse:
    """The page of a project. `bound` holds forms that came back with something wrong; nothing typed is lost."""
    bound = bound or {}
    viewer = request.user
    own = own_membership(viewer, project)
    works = own is not None and not project.is_archived
    context: dict[str, Any] = {
        "project": project,
        "own": own,
        "works": works,
        "may_lead": viewer.has_perm("projects.lead_project", project),
        "outputs": list(project.outputs.latest_first()),
        "bound": bound,
    }
    if context["may_lead"]:
        context["next_stages"] = _next_stages(project)
    if viewer.is_authenticated:
        context["began_in"] = _idea_for(viewer, project)
        context |= _inside(request, project)
    if works:
        made = forms_of(request, project)
        context["task_form"] = bound.get("task") or made["task"]()
        context["update_form"] = bound.get("update") or made["update"](initial=_own_words(context["this_week"]))
        context["blocker_form"] = bound.get("blocker") or made["blocker"]()
        context["output_form"] = bound.get("output") or made["output"]()
    return render(request, "projects/project-detail.html", context, status=422 if bound else 200)


def _idea_for(viewer: Member, project: Project) -> Idea | None:
    """The idea that it came from, where the viewer sees the group; no query for one that all members see."""
    idea = project.proposal.idea if project.proposal else None
    return idea if idea and viewer.has_perm("reading_groups.view_group", idea.group) else None


def _inside(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What members see: the team's board, its word of each week, and the blockers that are theirs to read."""
    is_all = request.GET.get("updates") == "all"
    updates = list(project.updates.latest_first()[: None if is_all else UPDATES_SHOWN + 1])
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    this_week = next((update for update in updates if update.week_on == monday), None)
    earlier = [update for update in updates if update is not this_week]
    blockers = project.blockers.visible_to(request.user).with_people().latest_first()
    return {
        "columns": _columns(project),
        "this_week": this_week,
        "writes_update": this_week is None or this_week.author_id == request.user.pk,
        "earlier_updates": earlier if is_all else earlier[:UPDATES_SHOWN],
        "has_more_updates": not is_all and len(updates) > UPDATES_SHOWN,
        "blockers": list(blockers),
    }


def _columns(project: Project) -> list[dict[str, Any]]:
    """The board: what is open in its order, and the last of what is done."""
    columns: dict[str, list[Task]] = {state: [] for state in State.values}
    for task in project.tasks.open().on_board():
        columns[task.state].append(task)
    columns[State.DONE] = list(project.tasks.done().on_board().order_by("-done_at", "-id")[:DONE_SHOWN])
    return [
        {
            "state": state,
            "title": State(state).label,
            "tasks": tasks,
            "count": project.done_count if state == State.DONE else len(tasks),  # type: ignore[attr-defined]
        }
        for state, tasks in columns.items()
    ]


def _own_words(update: Any) -> dict[str, str]:
    if update is None:
        return {}
    return {"done": update.done, "next": update.next, "in_the_way": update.in_the_way}


def _next_stages(project: Project) -> list[tuple[str, str]]:
    reachable = NEXT_STAGES[Project.Stage(project.stage)]
    return [choice for choice in Project.Stage.choices if choice[0] in reachable]
