from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import AUTHOR, PARTICIPANT, ROW, TO_ANSWER_POLL, TO_EXAMS, TO_STILL_TRUE

WEEK, AWAY, MEETING = "→ /me/availability/", "→ /me/away/", f"→ /me/availability/meetings/{ROW}/"
EXAMS, POLL = "/me/availability/exam-weeks/", f"→ /polls/{ROW}/"

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
    row("availability:away-end", visitor=IN, member=(WEEK, 403), author=(WEEK, AWAY), admin=(WEEK, AWAY)),
    page("availability:meeting-detail", visitor=IN, member=404, participant=200, admin=200),
    row("availability:meeting-move", visitor=IN, member=404, participant=(MEETING, 422), admin=(MEETING, 422)),
    row("availability:meeting-cancel", visitor=IN, member=404, participant=MEETING, admin=MEETING),
    page("polls:poll-list", visitor=IN, member=200),
    row("polls:poll-open", visitor=IN, member=FORM),
    page("polls:poll-detail", visitor=IN, member=404, participant=200, author=200, admin=200),
    row("polls:poll-answer", visitor=IN, member=404, participant=(POLL, 422), author=(POLL, 422), admin=(POLL, 403)),
    row("polls:poll-change", visitor=IN, member=404, participant=403, author=(POLL, 422), admin=(POLL, 422)),
    row("polls:poll-close", visitor=IN, member=404, participant=403, author=POLL, admin=POLL),
    row("polls:poll-meet", visitor=IN, member=404, participant=403, author=told(POLL), admin=told(POLL)),
    row("polls:guest-new", everyone=FORM, participant=(POLL, 422), author=(POLL, 422)),
    row("polls:guest-answer", about={"token": TO_ANSWER_POLL}, everyone=FORM),
    row("api:polls:poll-list", visitor=401, member=(200, 415)),
    page("api:polls:poll-detail", visitor=401, member=404, participant=200, author=200, admin=200),
    row(
        "api:polls:poll-answer",
        methods=("GET", "POST", "PUT"),
        visitor=401,
        member=(405, 405, 404),
        participant=(405, 405, 415),
        author=(405, 405, 415),
        admin=(405, 405, 403),
    ),
    row(
        "api:polls:poll-close",
        visitor=401,
        member=(405, 404),
        participant=(405, 403),
        author=(405, 200),
        admin=(405, 200),
    ),
    row(
        "api:polls:poll-meet",
        visitor=401,
        member=(405, 404),
        participant=(405, 403),
        author=(405, 415),
        admin=(405, 415),
    ),
]
