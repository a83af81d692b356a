"""Taking a person out of what they sent."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import Q

from cohorts.actions.applications import CannotWithdraw, withdraw_application
from cohorts.models import Application
from members.models import Member


@transaction.atomic
def forget_applicant(*, member: Member, addresses: Collection[str], name: str, now: datetime) -> int:
    """Withdraw what a member has sent and waits, and empty all of it of who they are; how many there were.

    The rows stay, under the given name, so that the numbers of a cohort stay true; a place that was taken up stays
    as well. Those sent from one of the `addresses`, which the member has confirmed, count as theirs. Sends nothing.
    """
    wanted = Q(member=member)
    for address in addresses:
        wanted |= Q(email__iexact=address)
    ids = list(Application.objects.filter(wanted).order_by("pk").values_list("pk", flat=True))
    for application_id in ids:
        with suppress(CannotWithdraw):
            withdraw_application(application_id=application_id, now=now)
        application = Application.objects.get(pk=application_id)
        application.name, application.email = name, f"{uuid4().hex}@former.invalid"
        application.country = application.zone = application.institution = ""
        application.motivation = application.topics = ""
        application.save()
    return len(ids)
