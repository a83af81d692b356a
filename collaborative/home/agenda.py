"""All that happens to a member, from every part of the site, in one list."""

from datetime import datetime

from core.agenda import AgendaItem
from members.availability import agenda as availability_agenda
from members.models import Member
from reading_groups import agenda as reading_groups_agenda


def items_for(member: Member, start: datetime, end: datetime, *, include_cancelled: bool = False) -> list[AgendaItem]:
    """A member's sessions and meetings between two instants, in order. Four queries."""
    parts = (reading_groups_agenda, availability_agenda)
    items = [item for part in parts for item in part.items_for(member, start, end, include_cancelled=include_cancelled)]
    return sorted(items, key=lambda item: (item.starts_at, item.uid))
