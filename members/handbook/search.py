from members.handbook.models import Page
from members.handbook.querysets import PageQuerySet
from members.models import Member


def pages_for(viewer: Member, text: str) -> PageQuerySet:
    """The pages that somebody may see and that speak of this, the best first, without their texts. One query."""
    return Page.objects.visible_to(viewer).matching(text).defer("text", "search")
