"""What a member offered, asked for and is part of in mentoring, for the file of their own data."""

from typing import Any

from django.db.models import Prefetch

from members.models import Member
from mentorship.models import Mentorship, Wish


def data_of(member: Member) -> dict[str, Any]:
    """Seven queries, however much it is. Whom others wished for or would rather avoid is theirs alone."""
    return {
        "mentor_offers": _offers(member),
        "mentor_requests": _requests(member),
        "mentorships": _mentorships(member),
    }


def _offers(member: Member) -> list[dict[str, Any]]:
    avoided = Prefetch("avoid", queryset=Member.objects.by_name())
    return [
        {
            "round__title": row.round.title,
            "capacity": row.capacity,
            "minutes": row.minutes,
            "note": row.note,
            "rather_not": [str(other) for other in row.avoid.all()],
            "saved_at": row.saved_at,
        }
        for row in member.mentor_offers.select_related("round").prefetch_related(avoided).order_by("saved_at", "id")
    ]


def _requests(member: Member) -> list[dict[str, Any]]:
    rows = member.mentor_requests.select_related("round").prefetch_related(
        "goal_topics",
        Prefetch("wishes", queryset=Wish.objects.select_related("mentor").order_by("rank")),
        Prefetch("avoid", queryset=Member.objects.by_name()),
    )
    return [
        {
            "round__title": row.round.title,
            "goal_topics": sorted(topic.name for topic in row.goal_topics.all()),
            "goals": row.goals,
            "level": row.level,
            "minutes": row.minutes,
            "wishes": [str(wish.mentor) for wish in row.wishes.all()],
            "rather_not": [str(other) for other in row.avoid.all()],
            "saved_at": row.saved_at,
        }
        for row in rows.order_by("saved_at", "id")
    ]


def _mentorships(member: Member) -> list[dict[str, Any]]:
    """The pairs, by their first day. The goals are the mentee's, so a mentor's file has none."""
    rows = Mentorship.objects.of(member).select_related("round", "mentor", "mentee").order_by("starts_on", "id")
    return [
        {
            "round__title": row.round.title,
            "mentor": str(row.mentor),
            "mentee": str(row.mentee),
            "state": row.state,
            "starts_on": row.starts_on,
            "ends_on": row.ends_on,
        }
        | ({"goals": row.goals} if row.mentee_id == member.pk else {})
        for row in rows
    ]
