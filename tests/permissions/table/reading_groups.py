from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import ROW

OPEN, DRAFT, SESSION = "→ /groups/open/", "→ /groups/draft/", f"→ /groups/open/sessions/{ROW}/"
IN_DRAFT, IN_ARCHIVED = {"slug": "draft"}, {"slug": "archived"}
SESSION_OF_DRAFT = {"slug": "draft", "session_id": ROW + 1}

ROWS = [
    page("reading_groups:group-list", everyone=200),
    page("reading_groups:group-detail", everyone=200),
    page("reading_groups:group-detail", "draft", about=IN_DRAFT, everyone=404, group_organizer=200, admin=200),
    page(
        "reading_groups:group-detail",
        "archived",
        about=IN_ARCHIVED,
        everyone=404,
        past_member=200,
        group_organizer=200,
        admin=200,
    ),
    row("reading_groups:group-join", visitor=IN, member=OPEN, group_member=told(OPEN)),
    row(
        "reading_groups:group-join",
        "draft",
        about=IN_DRAFT,
        visitor=IN,
        member=404,
        group_organizer=told(DRAFT),
        admin=told(DRAFT),
    ),
    row("reading_groups:group-leave", visitor=IN, member=told(OPEN), group_member=OPEN),
    row(
        "reading_groups:group-leave",
        "draft",
        about=IN_DRAFT,
        visitor=IN,
        member=404,
        group_organizer=told(DRAFT),
        admin=told(DRAFT),
    ),
    page("reading_groups:session-detail", everyone=200),
    page(
        "reading_groups:session-detail", "draft", about=SESSION_OF_DRAFT, everyone=404, group_organizer=200, admin=200
    ),
    # An organizer without a place, and an admin, see what is inside, but only a place lets one take part.
    row(
        "reading_groups:presentation-offer",
        visitor=IN,
        member=403,
        group_member=SESSION,
        group_organizer=told(SESSION),
        admin=told(SESSION),
    ),
    row(
        "reading_groups:presentation-withdraw",
        visitor=IN,
        member=403,
        group_member=told(SESSION),
        presenter=SESSION,
        group_organizer=told(SESSION),
        admin=told(SESSION),
    ),
    row("reading_groups:slides-edit", visitor=IN, member=403, presenter=(200, SESSION)),
    row("reading_groups:question-ask", visitor=IN, member=403, group_member=FORM, group_organizer=FORM, admin=FORM),
    row(
        "reading_groups:question-vote",
        visitor=IN,
        member=404,
        group_member=SESSION,
        group_organizer=told(SESSION),
        admin=told(SESSION),
    ),
    row("reading_groups:question-answer", visitor=IN, member=404, group_member=FORM, group_organizer=FORM, admin=FORM),
    row(
        "reading_groups:question-mark",
        visitor=IN,
        member=404,
        group_member=403,
        author=SESSION,
        presenter=SESSION,
        group_organizer=SESSION,
        admin=SESSION,
    ),
    row("reading_groups:note-add", visitor=IN, member=403, group_member=FORM, group_organizer=FORM, admin=FORM),
    row("reading_groups:idea-add", visitor=IN, member=403, group_member=FORM, group_organizer=FORM, admin=FORM),
    row(
        "reading_groups:idea-hand",
        visitor=IN,
        member=404,
        group_member=OPEN,
        group_organizer=told(OPEN),
        admin=told(OPEN),
    ),
    row(
        "reading_groups:idea-park",
        visitor=IN,
        member=404,
        group_member=403,
        author=OPEN,
        group_organizer=OPEN,
        admin=OPEN,
    ),
]
