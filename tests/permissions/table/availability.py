from tests.permissions.rows import FORM, IN, page, row
from tests.permissions.scene import ROW

WEEK, AWAY, MEETING = "→ /me/availability/", "→ /me/away/", f"→ /me/availability/meetings/{ROW}/"

ROWS = [
    row("availability:week-edit", visitor=IN, member=FORM),
    row("availability:away-add", visitor=IN, member=(WEEK, 422)),
    row("availability:away-end", visitor=IN, member=(WEEK, 403), author=(WEEK, AWAY), admin=(WEEK, AWAY)),
    page("availability:meeting-detail", visitor=IN, member=404, participant=200, admin=200),
    row("availability:meeting-move", visitor=IN, member=404, participant=(MEETING, 422), admin=(MEETING, 422)),
    row("availability:meeting-cancel", visitor=IN, member=404, participant=MEETING, admin=MEETING),
]
