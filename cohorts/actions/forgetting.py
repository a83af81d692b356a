"""Taking a person out of what they sent, and out of sections."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Q

from cohorts.actions.applications import CannotWithdraw, withdraw_application
from cohorts.models import Application, Cohort, Place, Section
from members.actions import FORMER_HOST
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
        application.name, application.email = name, f"{uuid4().hex}{FORMER_HOST}"
        application.country = application.zone = application.institution = ""
        application.motivation = application.topics = ""
        application.save()
    # The history and the admin's log say that something happened, and no longer to whom.
    Application.pgh_event_model.objects.filter(pgh_obj__in=ids).update(country="", zone="")  # type: ignore[attr-defined]
    entries = LogEntry.objects.filter(content_type__app_label="cohorts", content_type__model="application")
    entries.filter(object_id__in=[str(pk) for pk in ids]).update(object_repr=name)
    return len(ids)


@transaction.atomic
def leave_sections(*, actor: Member) -> None:
    """Let the actor lead no section, and be in none, of a cohort that is not over. Their place in it stays.

    Sends nothing.
    """
    open_sections = Section.objects.exclude(cohort__state__in=Cohort.OVER)
    actor.sections_led.remove(*open_sections.filter(leaders=actor))
    Place.objects.filter(member=actor, section__in=open_sections).update(section=None)
