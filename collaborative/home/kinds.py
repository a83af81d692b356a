"""Every kind of message that the platform sends, in one list, and what stands around each message."""

from django.urls import reverse

from cohorts import reminders as cohorts_reminders
from collaborative.models import Site
from members.availability import reminders as availability_reminders
from mentorship import reminders as mentorship_reminders
from notifications.kinds import Kind
from reading_groups import reminders as reading_groups_reminders

KINDS: list[Kind] = [
    *reading_groups_reminders.KINDS,
    *availability_reminders.KINDS,
    *cohorts_reminders.KINDS,
    *mentorship_reminders.KINDS,
]
BY_KEY = {kind.key: kind for kind in KINDS}


def frame() -> dict[str, str]:
    """What every mail says of the site that sends it. One query."""
    site = Site.current()
    return {"site_name": site.name, "contact_email": site.contact_email, "week_path": reverse("home:me")}
