"""What projects leave behind."""

from django.db import transaction

from projects.actions.projects import lock_project
from projects.models import Output


class OutputIsThere(Exception):
    """The project has one of this kind and title, with another link or year."""


@transaction.atomic
def add_output(*, project_id: int, kind: str, title: str, url: str, year: int) -> Output:
    """Note something that a project leaves behind, from a validated form. The same one sent twice is one.

    Raises Project.DoesNotExist, ProjectIsArchived and OutputIsThere. Sends nothing.
    """
    project = lock_project(project_id)
    output, is_new = Output.objects.get_or_create(
        project=project, kind=kind, title=title, defaults={"url": url, "year": year}
    )
    if not is_new and (output.url, output.year) != (url, year):
        raise OutputIsThere
    return output


@transaction.atomic
def remove_output(*, project_id: int, output_id: int) -> None:
    """Take back something that was noted by mistake; one that is gone already changes nothing.

    Raises Project.DoesNotExist and ProjectIsArchived. Sends nothing.
    """
    lock_project(project_id).outputs.filter(pk=output_id).delete()
