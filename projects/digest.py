"""What the digests of many members tell of their tasks, for all of them at once."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import FETCH_RAISE

from projects.models import Task


def tasks_of_members(days: Mapping[int, date]) -> dict[int, list[Task]]:
    """The tasks of each member that are late or due by a day of their own: `agenda.tasks_due` of each. One query."""
    by_member: dict[int, list[Task]] = defaultdict(list)
    if not days:
        return by_member
    tasks = Task.objects.open().in_moving_projects().filter(owner__in=days, due_on__lte=max(days.values()))
    tasks = tasks.select_related("project").defer("notes", "project__search", "project__summary")
    for task in tasks.order_by("due_on", "position", "id").fetch_mode(FETCH_RAISE):
        if task.owner_id is not None and task.due_on is not None and task.due_on <= days[task.owner_id]:
            by_member[task.owner_id].append(task)
    return by_member
