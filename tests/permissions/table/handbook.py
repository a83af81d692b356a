from tests.permissions.rows import FORM, IN, page, row
from tests.permissions.scene import ROW

PAGE, OLD_PAGE, SUGGESTION = "→ /handbook/reading/", "→ /handbook/of-old/", f"→ /handbook/suggestions/{ROW}/"
REMOVED = {"slug": "of-old"}

ROWS = [
    page("handbook:page-list", everyone=200),
    page("handbook:page-detail", everyone=200),
    page("handbook:page-detail", "removed", about=REMOVED, everyone=404, organizer=200, admin=200),
    row("handbook:page-add", visitor=IN, member=403, organizer=FORM, admin=FORM),
    row("handbook:page-edit", visitor=IN, member=403, organizer=FORM, admin=FORM),
    row("handbook:page-arrange", visitor=IN, member=403, organizer=(PAGE, 422), admin=(PAGE, 422)),
    row("handbook:page-remove", visitor=IN, member=403, organizer=PAGE, admin=PAGE),
    row("handbook:page-restore", visitor=IN, member=403, organizer=PAGE, admin=PAGE),
    row("handbook:page-restore", "removed", about=REMOVED, visitor=IN, member=404, organizer=OLD_PAGE, admin=OLD_PAGE),
    page("handbook:page-history", visitor=IN, member=200),
    page("handbook:page-history", "removed", about=REMOVED, visitor=IN, member=404, organizer=200, admin=200),
    page("handbook:version-detail", visitor=IN, member=200),
    page("handbook:version-detail", "removed", about=REMOVED, visitor=IN, member=404, organizer=200, admin=200),
    page("handbook:page-compare", visitor=IN, member=200),
    page("handbook:page-compare", "removed", about=REMOVED, visitor=IN, member=404, organizer=200, admin=200),
    row("handbook:page-suggest", visitor=IN, member=FORM),
    row("handbook:page-suggest", "removed", about=REMOVED, visitor=IN, member=404, organizer=403, admin=FORM),
    page("handbook:suggestion-list", visitor=IN, member=200),
    page("handbook:suggestion-detail", visitor=IN, member=404, author=200, organizer=200, admin=200),
    row(
        "handbook:suggestion-answer",
        visitor=IN,
        member=404,
        author=403,
        organizer=(SUGGESTION, 422),
        admin=(SUGGESTION, 422),
    ),
    row("handbook:checklist", visitor=IN, member=(200, "↩ /handbook/checklist/")),
]
