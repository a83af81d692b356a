"""Writing projects themselves: what they say of themselves, and their stages. The project's row guards all below it."""

from django.db import transaction

from members.models import Member
from projects.models import Project

Stage = Project.Stage

NEXT_STAGES = {
    Stage.PROPOSAL: {Stage.ACTIVE, Stage.PAUSED, Stage.ARCHIVED},
    Stage.ACTIVE: {Stage.WRITING, Stage.MAINTAINED, Stage.COMPLETED, Stage.PAUSED, Stage.ARCHIVED},
    Stage.WRITING: {Stage.ACTIVE, Stage.SUBMITTED, Stage.COMPLETED, Stage.PAUSED, Stage.ARCHIVED},
    Stage.SUBMITTED: {Stage.WRITING, Stage.PUBLISHED, Stage.COMPLETED, Stage.ARCHIVED},
    Stage.PUBLISHED: {Stage.MAINTAINED, Stage.COMPLETED, Stage.ARCHIVED},
    Stage.MAINTAINED: {Stage.ACTIVE, Stage.COMPLETED, Stage.ARCHIVED},
    Stage.COMPLETED: {Stage.ACTIVE, Stage.ARCHIVED},
    Stage.PAUSED: {Stage.ACTIVE, Stage.WRITING, Stage.COMPLETED, Stage.ARCHIVED},
    Stage.ARCHIVED: set(),
}


class ProjectIsArchived(Exception):
    """An archived project is kept as it is: nothing in it changes any more."""


class CannotChangeStage(Exception):
    """This stage does not follow on the one that the project is in."""


def lock_project(project_id: int) -> Project:
    """The project, its row locked until the transaction ends. Raises Project.DoesNotExist and ProjectIsArchived."""
    project = Project.objects.select_for_update(no_key=True).defer("search").get(pk=project_id)
    if project.is_archived:
        raise ProjectIsArchived
    return project


def lock_projects_of(member: Member) -> list[Project]:
    """Those not archived whose team somebody is in, their rows locked in one order until the transaction ends."""
    ids = list(Project.objects.of(member).values_list("pk", flat=True))
    locked = list(Project.objects.select_for_update(no_key=True).defer("search").filter(pk__in=ids).order_by("pk"))
    # Some may have been left or archived while they were waited for.
    still_in = set(Project.objects.of(member).filter(pk__in=ids).values_list("pk", flat=True))
    return [project for project in locked if project.pk in still_in and not project.is_archived]


@transaction.atomic
def update_project(*, project_id: int, title: str, summary: str, is_public: bool) -> Project:
    """Change what a project says of itself, from a validated form. Its address stays.

    Raises Project.DoesNotExist and ProjectIsArchived. Sends nothing.
    """
    project = lock_project(project_id)
    project.title, project.summary, project.is_public = title, summary, is_public
    project.save(update_fields=["title", "title_key", "summary", "is_public"])
    return project


@transaction.atomic
def set_stage(*, project_id: int, stage: str) -> Project:
    """Move a project to a stage that follows on its present one; the one it is in changes nothing.

    Raises Project.DoesNotExist, ProjectIsArchived and CannotChangeStage. Sends nothing.
    """
    project = lock_project(project_id)
    if stage != project.stage:
        if stage not in NEXT_STAGES[Stage(project.stage)]:
            raise CannotChangeStage
        project.stage = stage
        project.save(update_fields=["stage"])
    return project
