"""The first things that a new member does, and how far somebody is with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from members.handbook.models import ChecklistItem
from members.models import Member

# The item that the site itself knows to be done.
PROFILE = "profile"


@dataclass(frozen=True)
class Checklist:
    """Items in order, each with `is_done`, and `is_known` where that is nobody's to say."""

    items: list[ChecklistItem]

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def done(self) -> int:
        return sum(item.is_done for item in self.items)

    @property
    def left(self) -> list[ChecklistItem]:
        return [item for item in self.items if not item.is_done]

    def about(self, path: str) -> Checklist:
        """Those that link to this page."""
        return Checklist([item for item in self.items if item.link == path])


def checklist_for(member: Member, *, parts: Collection[str]) -> Checklist:
    """A member's checklist, where these parts of the site are on. One query."""
    items = list(ChecklistItem.objects.shown_with(parts).with_ticks_of(member).in_order())
    for item in items:
        item.is_known = item.key == PROFILE and member.has_profile
        item.is_done = item.is_done or item.is_known
    return Checklist(items)
