from celery import shared_task

from core import clock
from reading_groups.actions import pass_on_holds, send_message
from reading_groups.models import Enrolment, GroupMessage, ReadingGroup


@shared_task
def pass_on_expired_holds(**_ignored: object) -> int:
    """Pass every hold that has run out, and every place that stayed free, to the next in line, group by group."""
    now = clock.now()
    groups = set(Enrolment.objects.run_out(now).values_list("group_id", flat=True))
    groups.update(ReadingGroup.objects.with_place_to_offer().values_list("pk", flat=True))
    return sum(pass_on_holds(group_id=group_id, now=now) for group_id in sorted(groups))


@shared_task
def send_messages(**_ignored: object) -> int:
    """Send every message of an organizer whose ten minutes are over, one by one, and write its mails."""
    now = clock.now()
    due = list(GroupMessage.objects.due(now).values_list("pk", flat=True))
    return sum(send_message(message_id=pk, now=now) for pk in due)
