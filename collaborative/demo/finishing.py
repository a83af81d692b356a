"""What a group leaves when it is over, and whose names visitors may read."""

from members.models import Member
from reading_groups.actions import set_findings
from reading_groups.models import ReadingGroup

FINDINGS = {
    "machines-that-see": (
        "We began with *deeper is better* and ended less sure of it.\n\n"
        "- Drawing each architecture by hand before the session was worth the hour. Most of our questions came from "
        "two drawings that did not agree.\n"
        "- Residual connections were the idea that we met again in every later paper. With $y = x + f(x)$ a layer only "
        "has to learn what changes.\n"
        "- We could repeat small results on one graphics card in a day, and none of the large ones. Training recipes "
        "are said in full more rarely than architectures.\n\n"
        "**Still open:** how much of the gain from one paper to the next is the data, and how much the model."
    )
}


def write_findings(group: ReadingGroup) -> None:
    """What the group found, if it is one that has written it down."""
    if group.slug in FINDINGS:
        set_findings(group_id=group.pk, text=FINDINGS[group.slug], before=group.findings_mark)


def show_names() -> None:
    """Every other organizer of a group lets visitors read their name."""
    organizers = Member.objects.filter(organized_groups__isnull=False).distinct().by_name()
    ids = list(organizers.values_list("pk", flat=True))[::2]
    Member.objects.filter(pk__in=ids).update(shows_name_publicly=True)
