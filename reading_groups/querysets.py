"""Every reusable read of groups and what hangs on them. Lists begin at `visible_to(member)`.

Models import this file, so it reaches related models through `self.model` and never imports them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import FETCH_RAISE, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from members.models import Member, Topic

SEARCH_CONFIG = "english"


class ReadingGroupQuerySet(QuerySet):
    model: Any

    def _of_each(self, relation: str) -> Any:
        """The rows of a reverse relation that belong to each group of this query, for subqueries."""
        return self.model._meta.get_field(relation).related_model._default_manager.filter(group=OuterRef("pk"))

    def visible_to(self, viewer: Member) -> ReadingGroupQuerySet:
        """Public groups for everybody; drafts and archived ones for their organizers, members and admins."""
        public = Q(state__in=self.model.PUBLIC)
        if not viewer.is_authenticated:
            return self.filter(public)
        if viewer.is_superuser:
            return self.all()
        organizes = self.model.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk)
        belongs = self._of_each("enrolments").belonging().filter(member=viewer.pk)
        return self.filter(public | Exists(organizes) | Exists(belongs))

    def listed(self) -> ReadingGroupQuerySet:
        return self.filter(state__in=self.model.LISTED)

    def matching(self, text: str) -> ReadingGroupQuerySet:
        """Full text over title, description, topics and paper titles, as people type it into a search box."""
        return self.filter(search=SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch"))

    def about(self, topic: Topic) -> ReadingGroupQuerySet:
        """Groups on this topic or any below it."""
        linked = self.model.topics.through.objects.filter(
            readinggroup=OuterRef("pk"), topic__path__startswith=topic.path
        )
        return self.filter(Exists(linked))

    def with_places(self) -> ReadingGroupQuerySet:
        return self.filter(places_taken__lt=F("capacity"))

    def with_next_session(self, now: datetime) -> ReadingGroupQuerySet:
        """Adds `next_id`, `next_starts_at` and `next_held_on` of the session that is on or comes next."""
        coming = self._of_each("sessions").coming(now)
        return self.annotate(
            next_id=Subquery(coming.values("id")[:1]),
            next_starts_at=Subquery(coming.values("starts_at")[:1]),
            next_held_on=Subquery(coming.values("held_on")[:1]),
        )

    def with_waiting(self) -> ReadingGroupQuerySet:
        """Adds `waiting`, how many stand in line."""
        line = self._of_each("enrolments").in_line().order_by()
        counted = line.values("group").annotate(n=Count("*")).values("n")
        return self.annotate(waiting=Coalesce(Subquery(counted, output_field=IntegerField()), 0))

    def with_own_state(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds `own_state`, the viewer's live enrolment, or nothing."""
        own = self._of_each("enrolments").live().filter(member=viewer.pk)
        return self.annotate(own_state=Subquery(own.values("state")[:1]))

    def for_cards(self, viewer: Member, now: datetime) -> ReadingGroupQuerySet:
        """What a list of groups shows, in one query and one for the topics, at any length."""
        topics = self.model._meta.get_field("topics").related_model._default_manager.in_tree_order()
        return (
            self.with_next_session(now)
            .with_waiting()
            .with_own_state(viewer)
            .defer("search")
            .prefetch_related(Prefetch("topics", queryset=topics.fetch_mode(FETCH_RAISE)))
            .fetch_mode(FETCH_RAISE)
        )


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
        """Those who wait, the first in line first."""
        return self.filter(state=self.model.State.WAITLISTED).order_by("joined_at", "id")

    def run_out(self, now: datetime) -> EnrolmentQuerySet:
        """Held places whose time is over."""
        return self.filter(state=self.model.State.HELD, held_until__lte=now)

    def by_name(self) -> EnrolmentQuerySet:
        return self.order_by("member__name_key", "member_id")


class SessionQuerySet(QuerySet):
    model: Any

    def coming(self, now: datetime) -> SessionQuerySet:
        """On now or later, soonest first; those without a time count until the day is over everywhere."""
        yesterday = now.date() - timedelta(days=1)
        return (
            self.filter(is_cancelled=False, held_on__gte=yesterday)
            .filter(Q(ends_at__gt=now) | Q(starts_at__isnull=True))
            .order_by("held_on", "starts_at", "id")
        )

    def past(self, now: datetime) -> SessionQuerySet:
        """Over by now, the latest first."""
        yesterday = now.date() - timedelta(days=1)
        over = Q(ends_at__lte=now) | Q(starts_at__isnull=True, held_on__lt=yesterday)
        return self.filter(over, is_cancelled=False).order_by("-held_on", "-starts_at", "-id")

    def starting_between(self, start: datetime, end: datetime) -> SessionQuerySet:
        return self.filter(is_cancelled=False, starts_at__gte=start, starts_at__lt=end)

    def with_readings(self) -> SessionQuerySet:
        readings = self.model._meta.get_field("readings").related_model.objects.in_order()
        return self.prefetch_related(Prefetch("readings", queryset=readings))


class ReadingQuerySet(QuerySet):
    def in_order(self) -> ReadingQuerySet:
        """As the group lists them, each with its paper."""
        return self.select_related("paper").order_by("position", "id").fetch_mode(FETCH_RAISE)

    def in_pool(self) -> ReadingQuerySet:
        """Proposed, and not yet set for a session."""
        return self.filter(session__isnull=True)
