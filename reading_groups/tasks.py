from celery import shared_task
from django.utils import timezone

from reading_groups.actions import pass_on_holds
from reading_groups.models import Enrolment


@shared_task
def pass_on_expired_holds(**_ignored: object) -> int:
    """Pass every hold that has run out to the next in line, group by group."""
    now = timezone.now()
    groups = Enrolment.objects.run_out(now).order_by("group_id").values_list("group_id", flat=True).distinct()
    return sum(pass_on_holds(group_id=group_id, now=now) for group_id in groups)
