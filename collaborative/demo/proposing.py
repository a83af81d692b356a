"""What a group could read next: its people propose papers and vote for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from reading_groups.actions import propose_paper, vote_for_reading
from reading_groups.models import ReadingGroup
from reading_groups.papers.rows import RefusedRow, paper_row

HOURS_BETWEEN = 31
MOST_VOTES = 6


def propose(*, group: ReadingGroup, papers: Sequence[dict[str, Any]], now: datetime) -> None:
    """Put papers into the pool, one by one until yesterday, each by another person, with a few votes each."""
    places = group.enrolments.enrolled().select_related("member").order_by("enrolled_at", "id")
    people = [place.member for place in places]
    for number, content in enumerate(papers):
        row = paper_row(content, str(number))
        assert not isinstance(row, RefusedRow)
        proposed_at = now - timedelta(hours=HOURS_BETWEEN * (len(papers) - number))
        turn = 3 * number
        reading = propose_paper(actor=people[turn % len(people)], group_id=group.pk, row=row, now=proposed_at)
        for hours, voter in enumerate(range(turn + 1, turn + 1 + (5 * number) % MOST_VOTES), 1):
            member, voted_at = people[voter % len(people)], proposed_at + timedelta(hours=hours)
            vote_for_reading(actor=member, reading_id=reading.pk, now=voted_at)
