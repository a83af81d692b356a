"""The step of the pathway that is taken in projects, read from what was done."""

from django.utils.translation import gettext_lazy as _

from core.pathway import Step
from members.models import Member
from projects.models import Task, Update


def steps_for(member: Member) -> list[Step]:
    """Contributor with the first task done or the first update written. Two queries."""
    tasks = Task.objects.done().filter(owner=member).order_by("done_at").values_list("done_at", flat=True)
    updates = Update.objects.filter(author=member).order_by("written_at").values_list("written_at", flat=True)
    moments = [moment for moment in (tasks.first(), updates.first()) if moment]
    return [Step(key="contributor", title=_("Contributor"), reached_at=min(moments, default=None))]
