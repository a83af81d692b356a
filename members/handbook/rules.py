"""Who may do what in the handbook. `view_page` and `Page.objects.visible_to` say the same; a test compares them.

The admin asks with no page at all; what is open to all readers is then no right to use the admin.
"""

import rules

from members.handbook.models import Page, Suggestion
from members.models import Member
from members.rules import is_organizer


@rules.predicate
def is_shown(viewer: Member, page: Page | None) -> bool:
    return page is not None and not page.is_removed


@rules.predicate
def is_suggested_by(viewer: Member, suggestion: Suggestion | None) -> bool:
    return suggestion is not None and viewer.is_active and suggestion.author_id == viewer.pk


@rules.predicate
def is_active(viewer: Member) -> bool:
    return viewer.is_active


rules.add_perm("handbook.view_page", is_shown | is_organizer)
rules.add_perm("handbook.edit_page", is_organizer)
rules.add_perm("handbook.suggest_edit", is_active & is_shown)
rules.add_perm("handbook.view_suggestion", is_suggested_by | is_organizer)
rules.add_perm("handbook.decide_suggestion", is_organizer)
