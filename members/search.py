"""What the one search of the site finds here, by what the searcher may see."""

from core.text import fold
from members.models import Member
from members.querysets import MemberQuerySet


def people_for(viewer: Member, text: str) -> MemberQuerySet:
    """Members whose name has this in it, whatever its case and accents, in order of name; visitors find nobody."""
    wanted = fold(text)
    members = Member.objects.visible_to(viewer).active().filter(name_key__contains=wanted) if wanted else None
    return Member.objects.none() if members is None else members.select_related("institution").by_name()
