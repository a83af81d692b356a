"""Reads of who says that they come, and of who came."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import FETCH_RAISE, Q, QuerySet


class RsvpQuerySet(QuerySet):
    def by_name(self) -> RsvpQuerySet:
        """Each with its member."""
        return self.select_related("member").order_by("member__name_key", "member_id").fetch_mode(FETCH_RAISE)

    def to_come(self, now: datetime) -> RsvpQuerySet:
        """Those to sessions that are not over."""
        yesterday = now.date() - timedelta(days=1)
        return self.filter(
            Q(session__ends_at__gt=now) | Q(session__starts_at__isnull=True, session__held_on__gte=yesterday)
        )


class AttendanceQuerySet(QuerySet):
    def by_name(self) -> AttendanceQuerySet:
        """Each with its member."""
        return self.select_related("member").order_by("member__name_key", "member_id").fetch_mode(FETCH_RAISE)
