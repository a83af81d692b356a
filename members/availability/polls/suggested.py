"""An answer to start from: what a member's own typical week says of the times of a poll."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np

from members.availability.algebra import SLOT_MINUTES, SLOTS, slot_of
from members.availability.models import Away, Strength, TypicalWeek
from members.availability.overlap import weeks_of
from members.availability.polls.marks import GRID_MINUTES, IF_NEEDED, NO, YES
from members.availability.polls.models import Poll
from members.availability.polls.results import Moment
from members.models import Member


def suggestion_for(member: Member, poll: Poll, moments: Sequence[Moment]) -> str:
    """A digit for each time; empty where the member has no typical week. Nothing is saved. Three queries at most.

    A time is as good as its worst quarter of an hour: what the member would rather or could is a yes. On days away it
    is a no.
    """
    if not moments or not TypicalWeek.objects.of(member).exists():
        return ""
    starts = [moment.starts_at for moment in moments]
    first_week = (min(starts) - timedelta(days=1)).date()
    weeks = (max(starts) - min(starts)).days // 7 + 3
    can = weeks_of([member.pk], first_week=first_week, weeks=weeks)[0].reshape(weeks * SLOTS)
    length = -(-(GRID_MINUTES if poll.is_free else poll.minutes) // SLOT_MINUTES)
    aways = [] if poll.is_weekly else _days_away(member, moments)
    digits = []
    for moment in moments:
        first = slot_of(moment.starts_at, first_week=first_week)
        worst = int(np.min(can[first : first + length]))
        day = moment.starts_at.astimezone(ZoneInfo(member.time_zone or "UTC")).date()
        if any(start <= day <= end for start, end in aways):
            worst = int(Strength.NOT)
        digits.append(NO if worst == Strength.NOT else IF_NEEDED if worst == Strength.IF_NEEDED else YES)
    return "".join(digits)


def _days_away(member: Member, moments: Sequence[Moment]) -> list[tuple]:
    first = min(moment.starts_at for moment in moments).date() - timedelta(days=1)
    last = max(moment.starts_at for moment in moments).date() + timedelta(days=1)
    return list(Away.objects.of(member).between(first, last).values_list("starts_on", "ends_on"))
