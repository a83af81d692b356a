"""When a pair could meet, from both typical weeks."""

from datetime import datetime, timedelta

from members.availability.overlap import CommonTime, common_times
from mentorship.models import Mentorship

MEETING_MINUTES = 45
# Nobody is asked to meet within a day.
NOTICE = timedelta(days=1)
WEEKS_AHEAD = 3
PROPOSED = 2


def title_for(mentor: object, mentee: object) -> str:
    return f"{mentor} and {mentee}"


def times_for(mentorship: Mentorship, now: datetime) -> list[CommonTime]:
    """At most two times for their next meeting, in the first weeks that are still to come; two queries.

    Empty where they share no time then, or where one of them has no typical week.
    """
    first_week = max(mentorship.starts_on, now.date())
    times = common_times(
        [mentorship.mentor_id, mentorship.mentee_id],
        first_week=first_week,
        weeks=WEEKS_AHEAD,
        minutes=MEETING_MINUTES,
        after=now + NOTICE,
    )
    return [time for time in times if time.starts_at.date() >= mentorship.starts_on][:PROPOSED]
