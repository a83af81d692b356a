from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import AUTHOR, PARTICIPANT, ROW, TO_EXAMS, TO_STILL_TRUE

WEEK, MEETING = "→ /me/availability/", f"→ /me/availability/meetings/{ROW}/"
EXAMS = "/me/availability/exam-weeks/"

ROWS = [
    row("availability:week-edit", visitor=IN, member=FORM),
    row("availability:week-drop", visitor=IN, member=told(WEEK), author=WEEK),
    # What opens it is the link, and it shows nothing of the week.
    row("availability:still-true", about={"token": TO_STILL_TRUE}, everyone=200),
    row("availability:still-true", "of somebody else", about={"token": "1.not-ours"}, everyone=404),
    row("availability:share-add", visitor=IN, member=told(WEEK)),
    row("availability:share-end", about={"pk": PARTICIPANT}, visitor=IN, member=told(WEEK), author=WEEK),
    # Its owner is `author`, who shares it with `participant` alone; not even admins see it.
    page("availability:week-detail", about={"pk": AUTHOR}, visitor=IN, member=404, participant=200),
    row("availability:exams-edit", visitor=IN, member=403, organizer=FORM, admin=FORM),
    row("availability:exams-drop", visitor=IN, member=403, organizer=f"→ {EXAMS}", admin=f"→ {EXAMS}"),
    row("availability:exams-answer", visitor=IN, member=(WEEK, 404), author=told(WEEK)),
    row("availability:exams-by-link", about={"token": TO_EXAMS}, everyone=(200, 422)),
    row("availability:exams-by-link", "of somebody else", about={"token": "1.not-ours"}, everyone=404),
    row("availability:away-add", visitor=IN, member=(WEEK, 422)),
    row("availability:away-end", visitor=IN, member=(WEEK, 403), author=WEEK, admin=WEEK),
    page("availability:meeting-detail", visitor=IN, member=404, participant=200, admin=200),
    row("availability:meeting-move", visitor=IN, member=404, participant=(MEETING, 422), admin=(MEETING, 422)),
    row("availability:meeting-cancel", visitor=IN, member=404, participant=MEETING, admin=MEETING),
]
