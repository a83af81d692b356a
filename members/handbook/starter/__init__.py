"""The handbook and the checklist that a new collaborative starts with. The texts stand beside this file."""

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.db import transaction

from members.handbook.actions import create_page
from members.handbook.models import ChecklistItem, Page
from members.models import Member

FOLDER = Path(__file__).parent


class StarterPage(NamedTuple):
    slug: str
    title: str
    section: str
    order: int
    summary: str
    text: str


class Loaded(NamedTuple):
    created: int
    kept: int


def starter_pages() -> list[StarterPage]:
    """The pages in order. Each file begins with `---`, some lines of `name: value`, and `---` again."""
    pages = []
    for file in FOLDER.glob("*.md"):
        _nothing, head, text = file.read_text(encoding="utf-8").split("---\n", 2)
        values = dict(line.split(": ", 1) for line in head.splitlines())
        pages.append(
            StarterPage(
                slug=file.stem,
                title=values["title"],
                section=values["section"],
                order=int(values["order"]),
                summary=values["summary"],
                text=text,
            )
        )
    return sorted(pages, key=lambda page: page.order)


@transaction.atomic
def load_starter_handbook(*, actor: Member | None, now: datetime) -> Loaded:
    """Create those starter pages and checklist items that are missing; how many were, and how many stood already.

    What is there, by a page's address or an item's key, is left as it is, so that what people have edited or taken out
    stays so, and loading twice changes nothing. Sends nothing.
    """
    pages, slugs = starter_pages(), set(Page.objects.values_list("slug", flat=True))
    missing = [page for page in pages if page.slug not in slugs]
    for page in missing:
        create_page(actor=actor, now=now, **page._asdict())
    rows = json.loads((FOLDER / "checklist.json").read_text(encoding="utf-8"))
    keys = set(ChecklistItem.objects.values_list("key", flat=True))
    items = [ChecklistItem(order=10 * number, **row) for number, row in enumerate(rows, 1) if row["key"] not in keys]
    ChecklistItem.objects.bulk_create(items)
    created = len(missing) + len(items)
    return Loaded(created, len(pages) + len(rows) - created)
