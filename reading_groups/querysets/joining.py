"""Reads of the links that invite people, and of who sits in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from reading_groups.querysets.subqueries import related


class InvitationLinkQuerySet(QuerySet):
    def newest_first(self) -> InvitationLinkQuerySet:
        return self.order_by("-created_at", "-id")


class SitInQuerySet(QuerySet):
    model: Any

    def at_sessions_that_take_place(self) -> SitInQuerySet:
        """Those whose session is not off, in a group that is not paused or over."""
        groups = related(self.model, "group")
        return self.filter(session__is_cancelled=False, group__state__in=groups.LISTED)

    def to_come(self, now: datetime) -> SitInQuerySet:
        return self.filter(session__ends_at__gt=now).order_by("session__starts_at", "id")

    def without_enrolment(self) -> SitInQuerySet:
        """Those of people who never had a place in the group, nor waited for one."""
        own = related(self.model, "group", "enrolments").objects
        return self.filter(~Exists(own.filter(group=OuterRef("group"), member=OuterRef("member"))))

    def by_name(self) -> SitInQuerySet:
        return self.order_by("member__name_key", "member_id")
