from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import ROW

MENTORING, BOARD = "→ /mentoring/", "→ /mentoring/rounds/open/"
PAIR = f"↩ /mentoring/{ROW}/"
IN_DRAFT = {"slug": "draft"}

ROWS = [
    page("mentorship:round-list", visitor=IN, member=200),
    page("mentorship:pair-detail", visitor=IN, member=404, mentor=200, mentee=200, mentoring_organizer=200, admin=200),
    row("mentorship:pair-meet", visitor=IN, member=(405, 404), mentor=(405, PAIR), mentee=(405, PAIR)),
    row("mentorship:offer-edit", visitor=IN, member=FORM),
    row("mentorship:offer-edit", "draft", about=IN_DRAFT, visitor=IN, member=404),
    row("mentorship:offer-withdraw", visitor=IN, member=told(MENTORING)),
    row("mentorship:offer-withdraw", "draft", about=IN_DRAFT, visitor=IN, member=404),
    row("mentorship:request-edit", visitor=IN, member=FORM),
    row("mentorship:request-edit", "draft", about=IN_DRAFT, visitor=IN, member=404),
    row("mentorship:request-withdraw", visitor=IN, member=told(MENTORING)),
    row("mentorship:request-withdraw", "draft", about=IN_DRAFT, visitor=IN, member=404),
    # The board is there for those who match, and for nobody else.
    row("mentorship:round-add", visitor=IN, member=404, mentoring_organizer=FORM, admin=FORM),
    page("mentorship:round-board", visitor=IN, member=404, mentoring_organizer=200, admin=200),
    page("mentorship:round-board", "draft", about=IN_DRAFT, visitor=IN, member=404, mentoring_organizer=200, admin=200),
    row("mentorship:round-open", visitor=IN, member=404, mentoring_organizer=BOARD, admin=BOARD),
    row("mentorship:round-close", visitor=IN, member=404, mentoring_organizer=BOARD, admin=BOARD),
    row("mentorship:round-solve", visitor=IN, member=404, mentoring_organizer=told(BOARD), admin=told(BOARD)),
    row("mentorship:round-publish", visitor=IN, member=404, mentoring_organizer=told(BOARD), admin=told(BOARD)),
    row("mentorship:weights-edit", visitor=IN, member=404, mentoring_organizer=FORM, admin=FORM),
    row("mentorship:rule-add", visitor=IN, member=404, mentoring_organizer=told(BOARD), admin=told(BOARD)),
    row("mentorship:rule-remove", visitor=IN, member=404, mentoring_organizer=told(BOARD), admin=told(BOARD)),
    row("mentorship:responsible-edit", visitor=IN, member=404, mentoring_organizer=told(BOARD), admin=told(BOARD)),
]
