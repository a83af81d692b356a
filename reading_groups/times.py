"""Whose weeks count for a group, what they have met at before, and whether a group fits somebody's week."""

from datetime import datetime

from members.availability.free import free_in
from members.models import Member
from members.querysets import MemberQuerySet
from reading_groups.models import Enrolment, ReadingGroup

# So many past sessions are looked at, for whom they were late or early.
PAST = 12
# So far ahead sessions are held against somebody's week: over a change of the clocks as well, where one is near.
FIT_WEEKS = 8


def people_of(group: ReadingGroup) -> MemberQuerySet:
    """Those with a place who can sign in, by name. One query."""
    placed = Enrolment.objects.enrolled().filter(group=group)
    return Member.objects.active().filter(pk__in=placed.values("member")).by_name()


def past_of(group: ReadingGroup, now: datetime) -> list[tuple[datetime, datetime]]:
    """When the latest sessions were. One query."""
    past = group.sessions.past(now).filter(starts_at__isnull=False)
    return list(past.values_list("starts_at", "ends_at")[:PAST])


def free_weeks_of(viewer: Member, now: datetime) -> list[tuple[datetime, datetime]]:
    """When the viewer is usually free while groups are held against their week; nothing where it is not marked.

    One query, and none for a visitor.
    """
    if not viewer.is_authenticated:
        return []
    # One week more, as this one has begun.
    return free_in(viewer.pk, first_week=now.date(), weeks=FIT_WEEKS + 1)
