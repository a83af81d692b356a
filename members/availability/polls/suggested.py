"""An answer to start from: what a member's own typical week says of the times of a poll."""

from collections.abc import Sequence
from datetime import timedelta

from members.availability.algebra import slot_of, slots_in, through
from members.availability.models import Strength, TypicalWeek
from members.availability.overlap import away_in, weeks_of
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
    can = weeks_of([member.pk], first_week=first_week, weeks=weeks)
    if not poll.is_weekly:
        can[away_in([member.pk], first_week=first_week, weeks=weeks)] = Strength.NOT
    worst_of = through(can.reshape(-1), slots_in(GRID_MINUTES if poll.is_free else poll.minutes))
    digits = []
    for moment in moments:
        worst = worst_of[slot_of(moment.starts_at, first_week=first_week)]
        digits.append(NO if worst == Strength.NOT else IF_NEEDED if worst == Strength.IF_NEEDED else YES)
    return "".join(digits)
