from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import ROW, TO_CALENDAR, TO_STOP

ME = "→ /me/"
DRAFT = {"token": TO_CALENDAR, "pk": ROW + 1}
SESSION_OF_DRAFT = {"slug": "draft", "session_id": ROW + 1}

ROWS = [
    page("home:front", everyone=200),
    page("home:me", visitor=IN, member=200),
    row("home:resume", visitor=IN, member=told(ME)),
    page("home:search", everyone=200),
    row("home:zone-edit", everyone=FORM),
    row("home:appearance-edit", everyone=(405, "↩ /")),
    row("home:health-live", everyone=200),
    row("home:health-ready", everyone=503),  # there is no worker
    page("home:local-mail-list", everyone=200),
    page("home:local-mail-detail", everyone=404),
    # Before a group is over, only for those who run it.
    page("home:group-results", everyone=404, group_organizer=200, admin=200),
    page("home:group-results", "of a group that is over", about={"slug": "completed"}, everyone=200),
    # One's own
    row("members:profile-edit", visitor=IN, member=FORM),
    row("home:away-edit", visitor=IN, member=FORM),
    row("home:calendar-edit", visitor=IN, member=(200, "→ /me/calendar/")),
    page("home:calendar-feed", everyone=404),
    page("home:calendar-feed", "by its secret", about={"token": TO_CALENDAR}, everyone=200),
    page("home:own-group-calendar", everyone=404),
    page("home:own-group-calendar", "by the secret of its reader", about={"token": TO_CALENDAR}, everyone=200),
    page("home:own-group-calendar", "that its reader does not see", about=DRAFT, everyone=404),
    # Calendars that are the same for everybody.
    page("home:public-calendar", everyone=200),
    page("home:group-calendar", everyone=200),
    page("home:group-calendar", "of members only", about={"slug": "internal"}, everyone=404),
    page("home:session-file", everyone=200),
    page("home:session-file", "draft", about=SESSION_OF_DRAFT, everyone=404, group_organizer=200, admin=200),
    row("home:mails-edit", visitor=IN, member=FORM),
    row("home:mail-stop", everyone=404),
    row("home:mail-stop", "by its link", about={"token": TO_STOP}, everyone=200),
    page("home:notice-list", visitor=IN, member=200),
    row("home:notices-read", visitor=IN, member=(405, "↩ /me/notices/")),
    row("home:token-edit", visitor=IN, member=(200, "↩ /me/tokens/")),
    page("home:own-data", visitor=IN, member=200),
    page("home:own-data-download", visitor=IN, member=200),
    row("home:account-delete", visitor=IN, member=(405, 422)),
]
