"""The chapters of a textbook, as readings of the group that reads it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from reading_groups.actions.groups import index_groups
from reading_groups.actions.papers import SameTitle, find_or_add_paper
from reading_groups.actions.places import lock_group
from reading_groups.models import Paper, Reading
from reading_groups.papers.rows import PaperRow


@transaction.atomic
def add_chapters(
    *,
    group_id: int,
    title: str,
    authors: Sequence[str],
    year: int | None,
    url: str,
    chapters: Sequence[str],
    spreads: bool,
    now: datetime,
) -> list[Reading]:
    """Put the chapters of a book on a group's list, in order; those that stand there already are kept. The new ones.

    A book of that title that the site knows is taken as it is. Where they are spread, each new chapter is set for the
    next session to come that reads nothing yet, as far as there are any; the rest waits in the pool. Raises
    ReadingGroup.DoesNotExist. Sends nothing.
    """
    group = lock_group(group_id)
    book = Paper.objects.titled(title).first()
    if book is None:
        row = PaperRow(place="1", title=title, authors=tuple(authors), year=year, url=url)
        try:
            book, _is_new = find_or_add_paper(row=row)
        except SameTitle as added_meanwhile:
            book = added_meanwhile.papers[0]
    there = set(group.readings.filter(paper=book).values_list("part", flat=True))
    new = [chapter for chapter in dict.fromkeys(chapters) if chapter not in there]
    free = list(group.sessions.coming(now).filter(readings__isnull=True)) if spreads else []
    last = group.readings.aggregate(last=Max("position"))["last"] or 0
    readings = [
        Reading(
            group=group,
            session=free[n] if n < len(free) else None,
            paper=book,
            part=chapter,
            position=last + n + 1,
        )
        for n, chapter in enumerate(new)
    ]
    Reading.objects.bulk_create(readings)
    index_groups(group_ids=[group.pk])
    return readings
