"""What the one search of the site finds here, by what the searcher may see."""

from members.models import Member
from reading_groups.models import Paper, ReadingGroup
from reading_groups.querysets import PaperQuerySet, ReadingGroupQuerySet


def groups_for(viewer: Member, text: str) -> ReadingGroupQuerySet:
    """Groups by title, topics, description and what they read, in order of title."""
    return ReadingGroup.objects.visible_to(viewer).matching(text).defer("search").order_by("title_key", "id")


def papers_for(viewer: Member, text: str) -> PaperQuerySet:
    """Papers by title that a group which the viewer may see reads, in order of title."""
    groups = ReadingGroup.objects.visible_to(viewer)
    return Paper.objects.matching(text).read_in(groups).order_by("title_key", "id")
