"""The table of contents, and where in it a page stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from members.handbook.models import Page


class Section(NamedTuple):
    name: str
    pages: list[Page]


@dataclass(frozen=True)
class Contents:
    """Pages by section, in order; a section stands where its first page does."""

    sections: list[Section]

    @property
    def pages(self) -> list[Page]:
        return [page for section in self.sections for page in section.pages]

    def around(self, page: Page) -> tuple[int, Page | None, Page | None]:
        """The number of a page, and the pages before and after it; 0 and none for one that was taken out."""
        pages = self.pages
        if page not in pages:
            return 0, None, None
        at = pages.index(page)
        return at + 1, pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None


def contents() -> Contents:
    """One query."""
    sections: dict[str, list[Page]] = {}
    for page in Page.objects.for_contents():
        sections.setdefault(page.section, []).append(page)
    return Contents([Section(name, pages) for name, pages in sections.items()])
