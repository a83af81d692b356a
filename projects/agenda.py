"""What of projects stands on a member's dashboard."""

from datetime import date

from django.db.models import FETCH_RAISE

from members.models import Member
from projects.models import Task
from projects.querysets import TaskQuerySet


def tasks_due(member: Member, until: date) -> TaskQuerySet:
    """A member's own tasks that are late or due by that day, soonest first, each with its project. One query."""
    tasks = Task.objects.open().in_moving_projects().filter(owner=member, due_on__lte=until)
    return (
        tasks.select_related("project")
        .defer("notes", "project__search", "project__summary")
        .order_by("due_on", "position", "id")
        .fetch_mode(FETCH_RAISE)
    )
