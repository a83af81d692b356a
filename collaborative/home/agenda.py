"""All that happens to a member, from every part of the site, in one list."""

from collections.abc import Collection
from datetime import datetime
from itertools import chain

from core.agenda import AgendaItem
from members.availability import agenda as availability_agenda
from members.models import Member
from reading_groups import agenda as reading_groups_agenda

# By the part of the site that they belong to; meetings belong to none and are there with any.
BY_PART = {"groups": reading_groups_agenda, "": availability_agenda}


def items_for(
    member: Member, start: datetime, end: datetime, *, parts: Collection[str], include_cancelled: bool = False
) -> list[AgendaItem]:
    """A member's sessions and meetings between two instants, in order, of the parts that are on. Four queries."""
    agendas = [agenda for part, agenda in BY_PART.items() if not part or part in parts]
    lists = [agenda.items_for(member, start, end, include_cancelled=include_cancelled) for agenda in agendas]
    return sorted(chain.from_iterable(lists), key=lambda item: (item.starts_at, item.uid))
