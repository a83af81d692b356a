"""Reads of papers, and of what groups read or might."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import FETCH_RAISE, Exists, F, OuterRef, QuerySet

from reading_groups.querysets.groups import SEARCH_CONFIG
from reading_groups.querysets.subqueries import counted, related

if TYPE_CHECKING:
    from members.models import Member
    from reading_groups.models import Paper, ReadingGroup

# Which words of a title tell that two are alike.
SHORTEST_WORD_THAT_TELLS = 4
MOST_WORDS = 12


class ReadingQuerySet(QuerySet):
    model: Any

    def in_order(self) -> ReadingQuerySet:
        """As the group lists them, each with its paper."""
        return self.select_related("paper").order_by("position", "id").fetch_mode(FETCH_RAISE)

    def in_pool(self) -> ReadingQuerySet:
        """Proposed, and not yet set for a session."""
        return self.filter(session__isnull=True)

    def with_votes(self, viewer: Member) -> ReadingQuerySet:
        """Adds `vote_count` and `is_voted`, whether one of the votes is the viewer's."""
        votes = related(self.model, "votes").objects.filter(reading=OuterRef("pk"))
        return self.annotate(vote_count=counted(votes, "reading"), is_voted=Exists(votes.filter(member=viewer.pk)))

    def for_pool(self, viewer: Member) -> ReadingQuerySet:
        """What a pool shows: most votes first, then what was proposed last, then the list in its order."""
        rows = self.in_pool().with_votes(viewer).select_related("paper", "proposed_by")
        newest = F("proposed_at").desc(nulls_last=True)
        return rows.order_by("-vote_count", newest, "position", "id").fetch_mode(FETCH_RAISE)

    def matching(self, text: str) -> ReadingQuerySet:
        """Those whose paper's title has these words, as people type them into a search box."""
        papers = related(self.model, "paper").objects.matching(text)
        return self.filter(paper__in=papers.values("pk"))


class PaperQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> PaperQuerySet:
        """Those on the list of a group that the viewer may see; all of them for admins."""
        if viewer.is_authenticated and viewer.is_superuser:
            return self.all()
        return self.read_in(related(self.model, "readings", "group").objects.visible_to(viewer))

    def matching(self, text: str) -> PaperQuerySet:
        """Full text over the title, as people type it into a search box."""
        vector = SearchVector("title", config=SEARCH_CONFIG)
        query = SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch")
        return self.alias(words=vector).filter(words=query)

    def titled(self, title: str) -> PaperQuerySet:
        """Those that are called so, in whatever spelling, in the order of their numbers."""
        field: Any = self.model._meta.get_field("title_key")
        return self.filter(title_key=field.key_of(title)).order_by("title_number")

    def like(self, paper: Paper) -> PaperQuerySet:
        """Others that share words of its title, those that share most first."""
        words = [word for word in paper.title_key.split() if len(word) >= SHORTEST_WORD_THAT_TELLS]
        if not words:
            return self.none()
        query = SearchQuery(" OR ".join(words[:MOST_WORDS]), config=SEARCH_CONFIG, search_type="websearch")
        vector = SearchVector("title", config=SEARCH_CONFIG)
        found = self.exclude(pk=paper.pk).alias(words=vector).filter(words=query)
        return found.order_by(SearchRank(vector, query).desc(), "title_key", "id")

    def read_in(self, groups: QuerySet[ReadingGroup]) -> PaperQuerySet:
        """Those on the list of at least one of the groups."""
        readings = related(self.model, "readings").objects
        return self.filter(Exists(readings.filter(paper=OuterRef("pk"), group__in=groups)))
