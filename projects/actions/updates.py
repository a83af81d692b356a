"""The weekly word of a team."""

from datetime import datetime, timedelta

from django.db import transaction

from members.availability.clock import local_day
from members.models import Member
from projects.actions.projects import lock_project
from projects.actions.team import in_team
from projects.models import Update


class UpdateIsThere(Exception):
    """Somebody else of the team has written this week's."""


@transaction.atomic
def post_update(*, actor: Member, project_id: int, done: str, next: str, in_the_way: str, now: datetime) -> Update:
    """Write the team's update of the week, or change one's own; a week begins on Monday on the actor's clock.

    Raises Project.DoesNotExist, ProjectIsArchived, NotInTeam, and UpdateIsThere. Sends nothing.
    """
    project = lock_project(project_id)
    in_team(project, actor)
    today = local_day(actor, now)
    update, is_new = Update.objects.get_or_create(
        project=project,
        week_on=today - timedelta(days=today.weekday()),
        defaults={"author": actor, "done": done, "next": next, "in_the_way": in_the_way, "written_at": now},
    )
    if not is_new:
        if update.author_id != actor.pk:
            raise UpdateIsThere
        update.done, update.next, update.in_the_way = done, next, in_the_way
        update.save(update_fields=["done", "next", "in_the_way"])
    return update
