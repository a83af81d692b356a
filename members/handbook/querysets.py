"""Every reusable read of the handbook. Lists begin at `visible_to(viewer)`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from members.models import Role

if TYPE_CHECKING:
    from members.models import Member

SEARCH_CONFIG = "english"


def _organizes(viewer: Member) -> Exists:
    """Whether the viewer is an organizer, asked within the query, as `members.rules.is_organizer` asks it alone."""
    today = timezone.now().date()
    return Exists(Role.objects.live(today).filter(member=viewer.pk, kind=Role.Kind.ORGANIZER, scope=""))


class PageQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> PageQuerySet:
        """The handbook, for everybody; what was taken out of it, for organizers and admins."""
        if viewer.is_active and viewer.is_superuser:
            return self.all()
        shown = Q(is_removed=False)
        return self.filter(shown | Q(_organizes(viewer)) if viewer.is_active else shown)

    def in_order(self) -> PageQuerySet:
        return self.order_by("order", "id")

    def for_contents(self) -> PageQuerySet:
        """What a table of contents shows: no removed pages and no texts."""
        return self.filter(is_removed=False).only("id", "title", "slug", "section", "summary").in_order()

    def for_reading(self) -> PageQuerySet:
        return self.select_related("changed_by").defer("search")

    def matching(self, text: str) -> PageQuerySet:
        """Full text over title, summary and text, as people type it into a search box, the best first."""
        wanted = SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch")
        return self.filter(search=wanted).order_by(SearchRank(F("search"), wanted).desc(), "order", "id")


class PageVersionQuerySet(QuerySet):
    def newest_first(self) -> PageVersionQuerySet:
        return self.order_by("-number")

    def for_history(self) -> PageVersionQuerySet:
        """Who saved what when, without the texts."""
        return self.select_related("author", "accepted_by").defer("text", "summary").newest_first()


class SuggestionQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> SuggestionQuerySet:
        """Their own for members, all for organizers and admins."""
        if not viewer.is_active:
            return self.none()
        if viewer.is_superuser:
            return self.all()
        return self.filter(Q(author=viewer.pk) | Q(_organizes(viewer)))

    def open(self) -> SuggestionQuerySet:
        return self.filter(state=self.model.State.OPEN)

    def for_list(self) -> SuggestionQuerySet:
        return self.select_related("page", "author", "decided_by").defer("text", "page__text", "page__search")


class ChecklistItemQuerySet(QuerySet):
    def in_order(self) -> ChecklistItemQuerySet:
        return self.order_by("order", "id")

    def shown_with(self, parts: Collection[str]) -> ChecklistItemQuerySet:
        """Those that belong to no part of the site, or to one that is on."""
        return self.filter(Q(part="") | Q(part__in=parts))

    def with_ticks_of(self, member: Member) -> ChecklistItemQuerySet:
        """Adds `is_done`."""
        ticks = self.model._meta.get_field("ticks").related_model.objects
        return self.annotate(is_done=Exists(ticks.filter(item=OuterRef("pk"), member=member.pk)))
