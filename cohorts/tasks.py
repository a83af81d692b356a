from celery import shared_task

from cohorts.actions import apply_decision
from cohorts.models import DecisionBatch
from core import clock


@shared_task
def apply_decisions(**_ignored: object) -> int:
    """Apply every decision whose ten minutes are over, one by one, and write its mails."""
    now = clock.now()
    batches = list(DecisionBatch.objects.due(now).values_list("pk", flat=True))
    return sum(apply_decision(batch_id=pk, now=now) for pk in batches)
