from tests.permissions.rows import IN, page, row

IN_DRAFT, IN_ARCHIVED = {"slug": "draft"}, {"slug": "archived"}
READ = (200, 405)

ROWS = [
    page("api:agenda", visitor=401, member=200),
    page("api:schema", visitor=401, member=200),
    page("api:reference", visitor=IN, member=200),
    page("api:groups:group-list", visitor=401, member=200),
    page("api:groups:group-detail", visitor=401, member=200),
    page("api:groups:group-detail", "draft", about=IN_DRAFT, visitor=401, member=404, group_organizer=200, admin=200),
    page(
        "api:groups:group-detail",
        "archived",
        about=IN_ARCHIVED,
        visitor=401,
        member=404,
        past_member=200,
        group_organizer=200,
        admin=200,
    ),
    row("api:groups:group-join", visitor=401, member=(405, 200)),
    row(
        "api:groups:group-join",
        "draft",
        about=IN_DRAFT,
        visitor=401,
        member=(405, 404),
        group_organizer=(405, 409),
        admin=(405, 409),
    ),
    row("api:groups:group-leave", visitor=401, member=(405, 409), group_member=(405, 200)),
    row(
        "api:groups:group-leave",
        "draft",
        about=IN_DRAFT,
        visitor=401,
        member=(405, 404),
        group_organizer=(405, 409),
        admin=(405, 409),
    ),
    page("api:projects:task-list", visitor=401, member=200),
    row("api:mentoring:round-list", visitor=401, member=403, mentoring_organizer=READ, admin=READ),
    row("api:mentoring:round-detail", visitor=401, member=403, mentoring_organizer=READ, admin=READ),
    row("api:mentoring:round-matches", visitor=401, member=403, mentoring_organizer=READ, admin=READ),
    row("api:cohorts:cohort-list", visitor=401, member=403, admin=READ),
    row("api:cohorts:cohort-detail", visitor=401, member=403, admin=READ),
]
