"""Every reusable read of projects and what hangs on them. Lists begin at `visible_to(member)`.

Models import this file, so it reaches related models through `self.model` and never imports them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import FETCH_RAISE, Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.rules import is_organizer

if TYPE_CHECKING:
    from members.models import Member

SEARCH_CONFIG = "english"


class ProposalQuerySet(QuerySet):
    model: Any

    def visible_to(self, viewer: Member) -> ProposalQuerySet:
        """One's own, and all of them for organizers."""
        if not viewer.is_authenticated:
            return self.none()
        return self.all() if is_organizer(viewer) else self.filter(author=viewer.pk)

    def waiting(self) -> ProposalQuerySet:
        """Those that wait for an answer."""
        return self.filter(state=self.model.State.SUBMITTED)

    def waiting_first(self) -> ProposalQuerySet:
        """Those that wait for an answer, the longest first; then what was decided, the latest first."""
        waits = Q(state=self.model.State.SUBMITTED)
        return self.annotate(waits=waits).order_by("-waits", "decided_at", "submitted_at", "id")


class ProjectQuerySet(QuerySet):
    model: Any

    def _of_each(self, relation: str) -> Any:
        """The rows of a reverse relation that belong to each project of this query, for subqueries."""
        return self.model._meta.get_field(relation).related_model._default_manager.filter(project=OuterRef("pk"))

    def visible_to(self, viewer: Member) -> ProjectQuerySet:
        """Public ones for visitors, all for members; archived ones for those who were in them and for organizers."""
        archived = Q(stage=self.model.Stage.ARCHIVED)
        if not viewer.is_authenticated:
            return self.filter(~archived, is_public=True)
        if is_organizer(viewer):
            return self.all()
        if not viewer.is_active:
            return self.none()
        return self.filter(~archived | Exists(self._of_each("memberships").filter(member=viewer.pk)))

    def under_way(self) -> ProjectQuerySet:
        return self.filter(stage__in=self.model.UNDER_WAY)

    def finished(self) -> ProjectQuerySet:
        return self.filter(stage__in=self.model.FINISHED)

    def of(self, member: Member) -> ProjectQuerySet:
        """Those whose team somebody is in."""
        return self.filter(Exists(self._of_each("memberships").current().filter(member=member.pk)))

    def matching(self, text: str) -> ProjectQuerySet:
        """Full text over title and summary, as people type it into a search box."""
        return self.filter(search=SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch"))

    def with_team(self) -> ProjectQuerySet:
        """Adds `team`: who is in it now, the lead first. One query for any number of projects."""
        memberships = self.model._meta.get_field("memberships").related_model._default_manager
        return self.prefetch_related(Prefetch("memberships", queryset=memberships.current().in_order(), to_attr="team"))

    def with_done_count(self) -> ProjectQuerySet:
        """Adds `done_count`, how many of the tasks are done."""
        done = self._of_each("tasks").done().order_by().values("project").annotate(n=Count("pk")).values("n")
        return self.annotate(done_count=Coalesce(Subquery(done, output_field=IntegerField()), 0))

    def by_title(self) -> ProjectQuerySet:
        return self.order_by("title_key", "id")


class MembershipQuerySet(QuerySet):
    model: Any

    def current(self) -> MembershipQuerySet:
        return self.filter(left_at__isnull=True)

    def in_order(self) -> MembershipQuerySet:
        """Lead, contributors, advisors, each by name, with the member."""
        role = self.model.Role
        rank = [Q(role=role.LEAD), Q(role=role.CONTRIBUTOR)]
        return (
            self.annotate(is_first=rank[0], is_second=rank[1])
            .select_related("member")
            .order_by("-is_first", "-is_second", "member__name_key", "member_id")
            .fetch_mode(FETCH_RAISE)
        )


class TaskQuerySet(QuerySet):
    model: Any

    def open(self) -> TaskQuerySet:
        return self.exclude(state=self.model.State.DONE)

    def done(self) -> TaskQuerySet:
        return self.filter(state=self.model.State.DONE)

    def on_board(self) -> TaskQuerySet:
        """As cards show them: in their order, with the owner."""
        return self.select_related("owner").order_by("position", "id").defer("notes").fetch_mode(FETCH_RAISE)

    def in_moving_projects(self) -> TaskQuerySet:
        stages = self.model._meta.get_field("project").related_model.MOVING
        return self.filter(project__stage__in=stages)

    def due_between(self, first: date, last: date) -> TaskQuerySet:
        return self.filter(due_on__gte=first, due_on__lte=last)


class UpdateQuerySet(QuerySet):
    def latest_first(self) -> UpdateQuerySet:
        return self.select_related("author").order_by("-week_on").fetch_mode(FETCH_RAISE)


class BlockerQuerySet(QuerySet):
    model: Any

    def _with_part(self, viewer: Member, *parts: str) -> Exists:
        involvements = self.model._meta.get_field("involvements").related_model._default_manager
        return Exists(involvements.filter(blocker=OuterRef("pk"), member=viewer.pk, part__in=parts))

    def visible_to(self, viewer: Member) -> BlockerQuerySet:
        """Private ones for their raiser and handlers, those for the team for its members too. No admin sees more."""
        if not (viewer.is_authenticated and viewer.is_active):
            return self.none()
        memberships = self.model._meta.get_field("project").related_model._meta.get_field("memberships")
        team = memberships.related_model._default_manager.current()
        in_team = Exists(team.filter(project=OuterRef("project"), member=viewer.pk))
        return self.filter(Q(raiser=viewer.pk) | self._with_part(viewer, "handler") | Q(in_team, visibility="team"))

    def handled_by(self, member: Member) -> BlockerQuerySet:
        return self.filter(self._with_part(member, "handler"))

    def open(self) -> BlockerQuerySet:
        return self.filter(closed_at__isnull=True)

    def with_people(self) -> BlockerQuerySet:
        """With the raiser and those involved. One query more."""
        involvements = self.model._meta.get_field("involvements").related_model._default_manager
        people = involvements.select_related("member").order_by("member__name_key", "member_id")
        return self.select_related("raiser").prefetch_related(
            Prefetch("involvements", queryset=people.fetch_mode(FETCH_RAISE))
        )

    def latest_first(self) -> BlockerQuerySet:
        """Open ones first."""
        return self.order_by("-closed_at", "-raised_at", "-id")


class OutputQuerySet(QuerySet):
    def latest_first(self) -> OutputQuerySet:
        return self.order_by("-year", "title", "id")
