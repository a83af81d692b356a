"""Whose weeks count for a group, what they have met at before, and whether a group fits somebody's week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from members.availability.free import free_in
from members.models import Member
from members.querysets import MemberQuerySet
from reading_groups.models import Enrolment, ReadingGroup

# What a group plans at once, unless its organizers say otherwise.
WEEKS_AT_FIRST = 12
# So many past sessions are looked at, for whom they were late or early.
PAST = 12
# So far ahead sessions are held against somebody's week: over a change of the clocks as well, where one is near.
FIT_WEEKS = 8


def people_of(group: ReadingGroup) -> MemberQuerySet:
    """Those with a place who can sign in, by name. One query."""
    placed = Enrolment.objects.enrolled().filter(group=group)
    return Member.objects.active().filter(pk__in=placed.values("member")).by_name()


def past_of(group: ReadingGroup, now: datetime) -> Iterable[tuple[datetime, datetime]]:
    """When the latest sessions were. One query, once it is looked at."""
    past = group.sessions.past(now).filter(starts_at__isnull=False)
    return past.values_list("starts_at", "ends_at")[:PAST]


@dataclass(frozen=True)
class OwnWeek:
    """When somebody is usually free between two instants, against which sessions are held."""

    free: list[tuple[datetime, datetime]]
    now: datetime
    until: datetime


def own_week_of(viewer: Member, now: datetime) -> OwnWeek | None:
    """The viewer's next weeks; None for visitors, and where no week is marked. One query for members."""
    if not viewer.is_authenticated:
        return None
    # One week more, as this one has begun.
    free = free_in(viewer.pk, first_week=now.date(), weeks=FIT_WEEKS + 1)
    return OwnWeek(free, now, now + timedelta(weeks=FIT_WEEKS)) if free else None
