"""The first things that a new member does, and how far somebody is with them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from members.handbook.models import ChecklistItem
from members.models import Member


@dataclass(frozen=True)
class Checklist:
    """Items in order, each with `is_done`."""

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
    return Checklist(list(ChecklistItem.objects.shown_with(parts).with_ticks_of(member).in_order()))
