"""What the digests of many members tell of their meetings and of when they are away, for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.conf import settings
from django.utils import translation

from core.agenda import AgendaItem
from members.availability.agenda import item_of, loaded
from members.availability.models import Away, Meeting
from members.models import Member


def items_of_members(
    members: Mapping[int, Member], ends: Mapping[int, datetime], start: datetime
) -> dict[int, list[AgendaItem]]:
    """The meetings of each member from `start` to their own end, in order and in their language. Two queries.

    For each it is what `agenda.items_for` says.
    """
    if not ends:
        return {}
    part = Meeting.participants.through.objects.filter(member__in=ends).values("meeting")
    meetings = Meeting.objects.on().filter(pk__in=part, starts_at__lt=max(ends.values()), ends_at__gt=start)
    items = defaultdict(list)
    for meeting in loaded(meetings):
        for participant in meeting.participants.all():
            if participant.pk in ends and meeting.starts_at < ends[participant.pk]:
                member = members[participant.pk]
                with translation.override(member.language or settings.LANGUAGE_CODE):
                    items[member.pk].append(item_of(meeting, member))
    return items


def away_all_days(days: Mapping[int, tuple[date, date]]) -> Collection[int]:
    """Which members are away on every day from one to another of their own, without coming back. One query."""
    if not days:
        return set()
    first, last = min(first for first, _last in days.values()), max(last for _first, last in days.values())
    away = Away.objects.filter(member__in=days).between(first, last)
    return {
        member_id
        for member_id, starts_on, ends_on in away.values_list("member_id", "starts_on", "ends_on")
        if starts_on <= days[member_id][0] and ends_on >= days[member_id][1]
    }
