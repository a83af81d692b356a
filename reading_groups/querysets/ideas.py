"""Reads of the ideas that a group has put up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Exists, OuterRef, QuerySet

from reading_groups.querysets.subqueries import counted, related

if TYPE_CHECKING:
    from members.models import Member


class IdeaQuerySet(QuerySet):
    def with_hands(self, viewer: Member) -> IdeaQuerySet:
        """Adds `hand_count` and `is_own_hand_up`."""
        hands = related(self.model, "hands").objects.filter(idea=OuterRef("pk"))
        return self.annotate(hand_count=counted(hands, "idea"), is_own_hand_up=Exists(hands.filter(member=viewer.pk)))

    def for_board(self, viewer: Member) -> IdeaQuerySet:
        """What the board shows: most hands first, then the newest."""
        ideas = self.select_related("member", "paper").with_hands(viewer)
        return ideas.order_by("-hand_count", "-put_up_at", "-id").fetch_mode(FETCH_RAISE)
