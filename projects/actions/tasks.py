"""The board. The project's row is locked first: it guards the order of the tasks and who may own one."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from members.models import Member
from projects.actions.projects import lock_project
from projects.actions.team import in_team
from projects.models import Project, Task

State = Task.State

# Where a task may go next, and what the button that takes it there stands for is in the board's template.
MOVES = {
    State.TODO: {State.DOING},
    State.DOING: {State.REVIEW, State.TODO},
    State.REVIEW: {State.DONE, State.DOING},
    State.DONE: {State.TODO},
}


class TaskHasMoved(Exception):
    """Somebody else has moved or taken the task since the page was shown."""


@transaction.atomic
def add_task(
    *, project_id: int, title: str, notes: str, owner: Member | None, due_on: date | None, now: datetime
) -> Task:
    """Put a task at the end of what is to do. The same one sent twice, while nobody has touched it, is one.

    Raises Project.DoesNotExist, ProjectIsArchived, and NotInTeam where its owner is not in the team. Sends nothing now;
    `task_due` goes to the owner the day before it is due.
    """
    project = lock_project(project_id)
    if owner is not None:
        in_team(project, owner)
    content = {"title": title, "notes": notes, "owner": owner, "due_on": due_on}
    same = project.tasks.filter(state=State.TODO, **content).first()
    return same or Task.objects.create(project=project, position=_end(project), made_at=now, moved_at=now, **content)


@transaction.atomic
def change_task(
    *, project_id: int, task_id: int, title: str, notes: str, owner: Member | None, due_on: date | None
) -> Task:
    """Change what a task says, hand it over or give it a new date; its state and notes go with it.

    Raises Project.DoesNotExist, Task.DoesNotExist, ProjectIsArchived, and NotInTeam where its new owner has left.
    Sends nothing now; a new date or owner is owed a `task_due` of its own.
    """
    project = lock_project(project_id)
    task = project.tasks.get(pk=task_id)
    if owner is not None and owner.pk != task.owner_id:
        in_team(project, owner)
    task.title, task.notes, task.owner, task.due_on = title, notes, owner, due_on
    task.save(update_fields=["title", "notes", "owner", "due_on"])
    return task


@transaction.atomic
def take_task(*, actor: Member, project_id: int, task_id: int) -> Task:
    """Make a task that is nobody's one's own; twice changes nothing.

    Raises Project.DoesNotExist, Task.DoesNotExist, ProjectIsArchived, NotInTeam, and TaskHasMoved where somebody else
    was faster. Sends nothing now.
    """
    project = lock_project(project_id)
    in_team(project, actor)
    task = project.tasks.get(pk=task_id)
    if task.owner_id not in {None, actor.pk}:
        raise TaskHasMoved
    task.owner = actor
    task.save(update_fields=["owner"])
    return task


@transaction.atomic
def move_task(*, project_id: int, task_id: int, seen: str, to: str, now: datetime) -> Task:
    """Move a task from the column that it was seen in to the next; where it is there already nothing changes.

    Raises Project.DoesNotExist, Task.DoesNotExist, ProjectIsArchived, and TaskHasMoved where it stands elsewhere by
    now, or where no button leads from there to here. Sends nothing.
    """
    project = lock_project(project_id)
    task = project.tasks.get(pk=task_id)
    if task.state == to:
        return task
    if task.state != seen or to not in MOVES[State(task.state)]:
        raise TaskHasMoved
    task.state, task.moved_at, task.position = to, now, _end(project)
    task.done_at = now if to == State.DONE else None
    task.save(update_fields=["state", "moved_at", "position", "done_at"])
    return task


def _end(project: Project) -> int:
    last = project.tasks.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1
