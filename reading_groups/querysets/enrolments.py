"""Reads of who has a place in a group, or waits for one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet

from reading_groups.querysets.subqueries import counted, related


class EnrolmentQuerySet(QuerySet):
    model: Any

    def live(self) -> EnrolmentQuerySet:
        return self.filter(state__in=self.model.LIVE)

    def belonging(self) -> EnrolmentQuerySet:
        """Those whose group stays theirs to see: live ones, and completed ones."""
        return self.filter(state__in=[*self.model.LIVE, self.model.State.COMPLETED])

    def enrolled(self) -> EnrolmentQuerySet:
        return self.filter(state=self.model.State.ENROLLED)

    def in_line(self) -> EnrolmentQuerySet:
        """Those who wait, the first in line first.

        Whoever cannot sign in could not take up a place, so others pass them by; their position stays theirs.
        """
        waiting = self.filter(state=self.model.State.WAITLISTED, member__is_active=True)
        return waiting.order_by("joined_at", "id")

    def not_passed_by(self) -> EnrolmentQuerySet:
        """Without those who wait and cannot sign in."""
        return self.exclude(state=self.model.State.WAITLISTED, member__is_active=False)

    def run_out(self, now: datetime) -> EnrolmentQuerySet:
        """Held places whose time is over."""
        return self.filter(state=self.model.State.HELD, held_until__lte=now)

    def by_name(self) -> EnrolmentQuerySet:
        return self.order_by("member__name_key", "member_id")

    def with_presented(self) -> EnrolmentQuerySet:
        """Adds `presented`, how many sessions of the group each member has presented or will."""
        own = related(self.model, "member", "presentations").objects.filter(
            member=OuterRef("member"), session__group=OuterRef("group"), session__is_cancelled=False
        )
        return self.annotate(presented=counted(own, "member"))
