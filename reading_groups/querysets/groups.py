"""Reads of groups. Lists begin at `visible_to(member)`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import FETCH_RAISE, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.utils import timezone

from members.models import Role
from reading_groups.querysets.subqueries import counted, lies_within

if TYPE_CHECKING:
    from members.models import Member, Topic
    from reading_groups.times import OwnWeek

SEARCH_CONFIG = "english"


def looking_after_all(viewer: Member) -> Exists:
    """Whether the viewer is an organizer of the whole collaborative today; reads the clock, as the predicate does."""
    roles = Role.objects.live(timezone.now().date()).filter(kind=Role.Kind.ORGANIZER, scope="")
    return Exists(roles.filter(member=viewer.pk, member__is_active=True))


class ReadingGroupQuerySet(QuerySet):
    model: Any

    def _of_each(self, relation: str) -> Any:
        """The rows of a reverse relation that belong to each group of this query, for subqueries."""
        return self.model._meta.get_field(relation).related_model._default_manager.filter(group=OuterRef("pk"))

    def visible_to(self, viewer: Member) -> ReadingGroupQuerySet:
        """Those that are shown, by their visibility; drafts and archived ones for their organizers, members and admins.

        What is proposed is seen by whoever proposed it and by the organizers of the collaborative. These, whoever
        proposed a group, was ever in it or was asked in by name are its invited.
        """
        shown, visibility = Q(state__in=self.model.SHOWN), self.model.Visibility
        if not viewer.is_authenticated:
            return self.filter(shown, visibility=visibility.PUBLIC)
        if viewer.is_superuser:
            return self.all()
        open_to_all = ~Q(visibility=visibility.INVITED)
        special = Q(proposed_by=viewer.pk) | looking_after_all(viewer)
        organizes = self.model.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk)
        belongs = self._of_each("enrolments").belonging().filter(member=viewer.pk)
        shown &= open_to_all | special | self._invited(viewer)
        on_review = Q(state__in=self.model.ON_REVIEW) & special
        return self.filter(shown | Exists(organizes) | Exists(belongs) | on_review)

    def _invited(self, viewer: Member) -> Q:
        """Whether the viewer was ever in the group, or was asked in by name."""
        been, asked = (self._of_each(relation).filter(member=viewer.pk) for relation in ("enrolments", "invitations"))
        return Exists(been) | Exists(asked)

    def proposed_to(self, viewer: Member) -> ReadingGroupQuerySet:
        """What members proposed: one's own, and all of them for organizers."""
        proposed = self.filter(proposed_by__isnull=False)
        if viewer.is_superuser:
            return proposed
        return proposed.filter(Q(proposed_by=viewer.pk) | looking_after_all(viewer))

    def waiting_first(self) -> ReadingGroupQuerySet:
        """Those that wait for an answer, the longest first; then what was answered, the latest first."""
        return self.annotate(waits=Q(state=self.model.State.PROPOSED)).order_by(
            "-waits", F("decided_at").desc(nulls_first=True), "submitted_at", "id"
        )

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

    def with_place_to_offer(self) -> ReadingGroupQuerySet:
        """Those with a free place and somebody in line."""
        return self.listed().with_places().filter(Exists(self._of_each("enrolments").in_line()))

    def with_next_session(self, now: datetime) -> ReadingGroupQuerySet:
        """Adds `next_id`, `next_starts_at` and `next_held_on` of the session that is on or comes next."""
        coming = self._of_each("sessions").coming(now)
        return self.annotate(
            next_id=Subquery(coming.values("id")[:1]),
            next_starts_at=Subquery(coming.values("starts_at")[:1]),
            next_held_on=Subquery(coming.values("held_on")[:1]),
        )

    def with_fit(self, week: OwnWeek) -> ReadingGroupQuerySet:
        """Adds `fit_ahead`, how many sessions of known time come within somebody's next weeks, and `fit_count`, how
        many of them they could come to. Sessions are instants, so either change of the clocks is in it."""
        ahead = self._of_each("sessions").starting_between(week.now, week.until)
        within = ahead.filter(lies_within("starts_at", "ends_at", week.free))
        return self.annotate(fit_ahead=counted(ahead, "group"), fit_count=counted(within, "group"))

    def fitting(self, week: OwnWeek) -> ReadingGroupQuerySet:
        """Those that meet in somebody's next weeks, and only when they could come.

        As joins over all sessions of these weeks, where counts would be taken group by group.
        """
        ahead = self._of_each("sessions").starting_between(week.now, week.until)
        outside = ahead.filter(~Q(lies_within("starts_at", "ends_at", week.free)))
        return self.filter(Exists(ahead), ~Exists(outside))

    def with_waiting(self) -> ReadingGroupQuerySet:
        """Adds `waiting`, how many stand in line."""
        return self.annotate(waiting=counted(self._of_each("enrolments").in_line(), "group"))

    def with_pool(self) -> ReadingGroupQuerySet:
        """Adds `pool_count`, how many papers wait for a session."""
        return self.annotate(pool_count=counted(self._of_each("readings").in_pool(), "group"))

    def with_past(self, now: datetime) -> ReadingGroupQuerySet:
        """Adds `past_count`, how many sessions are over."""
        return self.annotate(past_count=counted(self._of_each("sessions").past(now), "group"))

    def with_standing(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds how the viewer stands to each group, which `rules.standing_of` then reads without asking again."""
        own = self._of_each("enrolments").belonging().filter(member=viewer.pk).order_by("-joined_at", "-id")
        organizes = self.model.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk)
        return self.annotate(
            standing_for=Value(viewer.pk or 0),
            standing_state=Subquery(own.values("state")[:1]),
            standing_held_until=Subquery(own.values("held_until")[:1]),
            is_organized=Exists(organizes),
            is_invited=self._invited(viewer),
            looks_after_all=looking_after_all(viewer),
        )

    def with_sitting_in(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds `sits_in_session`, the id of the session at which the viewer sits or sat in, with its times, its own
        call and whether it is off."""
        own = self._of_each("sit_ins").filter(member=viewer.pk)
        return self.annotate(
            sits_in_session=Subquery(own.values("session_id")[:1]),
            sits_in_at=Subquery(own.values("session__starts_at")[:1]),
            sits_in_until=Subquery(own.values("session__ends_at")[:1]),
            sits_in_call_url=Subquery(own.values("session__call_url")[:1]),
            sits_in_is_off=Subquery(own.values("session__is_cancelled")[:1]),
        )

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
