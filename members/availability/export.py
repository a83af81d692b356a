"""A member's weeks, meetings and polls, for the file of their own data."""

from typing import Any

from members.availability.models import Ballot, Meeting, Poll
from members.models import Member


def data_of(member: Member) -> dict[str, Any]:
    meetings = Meeting.objects.of(member).order_by("starts_at", "id")
    ballots = Ballot.objects.of(member).order_by("poll__opened_at", "id")
    polls = Poll.objects.organized_by(member).order_by("opened_at", "id")
    return {
        "typical_weeks": list(
            member.typical_weeks.order_by("valid_from").values("valid_from", "zone", "marks", "confirmed_at")
        ),
        "times_away": list(member.aways.order_by("starts_on").values("starts_on", "ends_on")),
        "exam_weeks_answered": list(
            member.exam_answers.order_by("exam_weeks__starts_on", "id").values(
                "exam_weeks__institution__name",
                "exam_weeks__starts_on",
                "exam_weeks__ends_on",
                "is_away",
                "answered_at",
            )
        ),
        "week_shared_with": list(member.weeks_shared.order_by("since", "id").values("viewer__name", "since")),
        "meetings": list(meetings.values("title", "starts_at", "ends_at", "zone", "is_cancelled")),
        "poll_answers": list(ballots.values("poll__title", "poll__opened_at", "marks", "answered_at")),
        "polls_opened": list(polls.values("title", "note", "opened_at", "closes_at")),
    }
