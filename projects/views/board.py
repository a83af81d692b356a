from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import actions
from projects.forms import TaskForm
from projects.models import Project, Task
from projects.views.page import for_page, forms_of, has_page, may_own, page, with_project

State = Task.State


@with_project("projects.work_on_project")
def task_add(request: HttpRequest, project: Project) -> HttpResponse:
    form = forms_of(request, project)["task"](request.POST)
    if form.is_valid():
        actions.add_task(project_id=project.pk, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("The task is on the board."))
        return redirect(_board(project))
    return page(request, for_page(request, project), {"task": form})


@with_project("projects.work_on_project")
@has_page
def task_edit(request: HttpRequest, project: Project, task_id: int) -> HttpResponse:
    """Change what a task says, hand it over, or give it a new date."""
    task = get_object_or_404(project.tasks.select_related("owner"), pk=task_id)
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, team=may_own(project), today=timezone.localdate(), task=task)
    if form.is_bound and form.is_valid():
        try:
            actions.change_task(project_id=project.pk, task_id=task.pk, **form.cleaned_data)
        except Task.DoesNotExist:
            messages.error(request, _("This task has been removed."))
        except actions.NotInTeam:
            form.add_error("owner", form.fields["owner"].error_messages["invalid_choice"])
        else:
            messages.success(request, _("The task is saved."))
        if form.is_valid():
            return redirect(_board(project))
    context = {"project": project, "task": task, "form": form}
    return render(request, "projects/task-edit.html", context, status=422 if form.is_bound else 200)


@with_project("projects.work_on_project")
def task_move(request: HttpRequest, project: Project, task_id: int) -> HttpResponse:
    """Move a task from the column that its button was seen in to the one that the button is named after."""
    seen, _colon, to = request.POST.get("move", "").partition(":")
    try:
        task = actions.move_task(project_id=project.pk, task_id=task_id, seen=seen, to=to, now=timezone.now())
    except (Task.DoesNotExist, actions.TaskHasMoved):
        messages.error(request, _("Somebody else has moved this task meanwhile. The board is up to date again."))
    else:
        words = {"task": task.title, "state": task.get_state_display()}
        messages.success(request, _("“%(task)s” is now: %(state)s.") % words)
    return redirect(_board(project))


@with_project("projects.work_on_project")
def task_take(request: HttpRequest, project: Project, task_id: int) -> HttpResponse:
    try:
        task = actions.take_task(actor=request.user, project_id=project.pk, task_id=task_id)
    except (Task.DoesNotExist, actions.TaskHasMoved):
        messages.error(request, _("Somebody else has taken this task meanwhile."))
    else:
        messages.success(request, _("“%(task)s” is yours.") % {"task": task.title})
    return redirect(_board(project))


def _board(project: Project) -> str:
    return f"{project.get_absolute_url()}#tasks"
