"""Every reusable read of weeks, days away and meetings.

A typical week is its member's alone, so there is no `visible_to` for it: it is only ever read by `of(member)`, or as
numbers by `overlap.py`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, QuerySet

if TYPE_CHECKING:
    from members.models import Member


class TypicalWeekQuerySet(QuerySet):
    def of(self, member: Member) -> TypicalWeekQuerySet:
        return self.filter(member=member)

    def in_force(self, day: date) -> TypicalWeekQuerySet:
        """For each member the one that holds on that day."""
        return self.filter(valid_from__lte=day).order_by("member_id", "-valid_from").distinct("member_id")

    def later(self, day: date) -> TypicalWeekQuerySet:
        """Those that do not hold on that day yet, soonest first."""
        return self.filter(valid_from__gt=day).order_by("valid_from")


class AwayQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> AwayQuerySet:
        """Members see each other's dates, and there is nothing more to see; visitors see none."""
        return self.all() if viewer.is_authenticated else self.none()

    def of(self, member: Member) -> AwayQuerySet:
        return self.filter(member=member)

    def between(self, first: date, last: date) -> AwayQuerySet:
        """Those that touch any of the days."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)

    def on(self, day: date) -> AwayQuerySet:
        return self.between(day, day)

    def coming(self, today: date) -> AwayQuerySet:
        """On now or later, soonest first."""
        return self.filter(ends_on__gte=today).order_by("starts_on")

    def is_away(self, member: Member, day: date) -> bool:
        """Whether a member is away on a day of their own zone."""
        return self.of(member).on(day).exists()


class MeetingQuerySet(QuerySet):
    model: Any

    def visible_to(self, viewer: Member) -> MeetingQuerySet:
        """A meeting is seen by those who take part in it, and by admins."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if viewer.is_superuser else self.of(viewer)

    def of(self, member: Member) -> MeetingQuerySet:
        part = self.model.participants.through.objects.filter(meeting=OuterRef("pk"), member=member.pk)
        return self.filter(Exists(part))

    def about(self, key: str) -> MeetingQuerySet:
        """Those of a thing, named by its key, in order of time."""
        return self.filter(about=key).order_by("starts_at", "id")

    def on(self) -> MeetingQuerySet:
        return self.filter(is_cancelled=False)

    def coming(self, now: datetime) -> MeetingQuerySet:
        """On now or later, soonest first."""
        return self.on().filter(ends_at__gt=now).order_by("starts_at", "id")

    def starting_between(self, start: datetime, end: datetime) -> MeetingQuerySet:
        return self.on().filter(starts_at__gte=start, starts_at__lt=end)
