"""What the one search of the site finds here, by what the searcher may see. Blockers are never found."""

from members.models import Member
from projects.models import Project
from projects.querysets import ProjectQuerySet


def projects_for(viewer: Member, text: str) -> ProjectQuerySet:
    """Projects by title and summary, in order of title."""
    return Project.objects.visible_to(viewer).matching(text).defer("search").by_title()
