"""What a member sent to cohorts and where they have a place or lead, for the file of their own data."""

from typing import Any

from members.models import Member


def data_of(member: Member) -> dict[str, Any]:
    return {
        "applications": list(
            member.applications.order_by("submitted_at", "id").values(
                "cohort__name",
                "email",
                "name",
                "country",
                "zone",
                "institution",
                "motivation",
                "topics",
                "state",
                "submitted_at",
                "claimed_at",
            )
        ),
        "cohort_places": list(member.places.order_by("id").values("cohort__name", "section__name")),
        "sections_led": list(member.sections_led.order_by("id").values("cohort__name", "name")),
    }
