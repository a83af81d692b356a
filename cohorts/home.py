"""What a member finds of cohorts on their dashboard."""

from cohorts.links import claim_path, edit_path
from cohorts.models import Application, Place, Section
from members.models import Member

State = Application.State


def card_for(member: Member) -> dict[str, list]:
    """The places that the member has taken up, the sections that they lead, and their applications that still wait.

    For `cohorts/dashboard-card.html`; the lists are empty for most members. At most four queries.
    """
    waiting = Application.objects.filter(
        member=member, claimed_at__isnull=True, state__in=[State.SUBMITTED, State.WAITLISTED, State.ACCEPTED]
    ).exclude(cohort__state__in=["completed", "archived"])
    rows = list(waiting.select_related("cohort").order_by("cohort__starts_on", "id"))
    for row in rows:
        row.path = claim_path(row.pk) if row.state == State.ACCEPTED else edit_path(row.pk)
    return {
        "places": list(Place.objects.of_member(member)),
        "led": list(Section.objects.led_by(member)),
        "applications": rows,
    }
