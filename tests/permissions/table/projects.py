from tests.permissions.rows import FORM, IN, page, row, told
from tests.permissions.scene import MEMBER, PROJECT_MEMBER, ROW

PROJECT, TEAM = "→ /projects/probing/", "→ /projects/probing/team/"
BLOCKER, PROPOSAL = f"→ /projects/blockers/{ROW}/", f"→ /projects/proposals/{ROW}/"
HIDDEN, ARCHIVED = {"slug": "hidden"}, {"slug": "archived"}
WORK = (PROJECT, 422)
NO_TIME = (PROJECT, "↩ /projects/probing/best-times/")

ROWS = [
    page("projects:project-list", everyone=200),
    row("projects:propose", visitor=IN, member=FORM),
    page("projects:proposal-list", visitor=IN, member=200),
    row("projects:proposal-detail", visitor=IN, member=404, author=FORM, organizer=(200, 403), admin=(200, 403)),
    row(
        "projects:proposal-decide", visitor=IN, member=404, author=403, organizer=(PROPOSAL, 422), admin=(PROPOSAL, 422)
    ),
    # A blocker is private between who raised it and who was asked for help: neither team nor admin sees it.
    page("projects:blocker-detail", visitor=IN, member=404, author=200, blocker_handler=200),
    row("projects:blocker-acknowledge", visitor=IN, member=404, author=(BLOCKER, 404), blocker_handler=BLOCKER),
    row("projects:blocker-close", visitor=IN, member=404, author=BLOCKER, blocker_handler=(BLOCKER, 404)),
    page("projects:project-detail", everyone=200),
    page("projects:project-detail", "hidden", about=HIDDEN, visitor=404, member=200),
    page(
        "projects:project-detail",
        "archived",
        about=ARCHIVED,
        everyone=404,
        project_lead=200,
        project_member=200,
        organizer=200,
        admin=200,
    ),
    # What the lead does, and organizers
    row("projects:project-edit", visitor=IN, member=403, project_lead=FORM, organizer=FORM, admin=FORM),
    row(
        "projects:project-stage",
        sends={"stage": "writing"},
        visitor=IN,
        member=403,
        project_lead=PROJECT,
        organizer=PROJECT,
        admin=PROJECT,
    ),
    row("projects:team-edit", visitor=IN, member=403, project_lead=200, organizer=200, admin=200),
    row(
        "projects:team-add",
        sends={"member": MEMBER, "role": "advisor"},
        visitor=IN,
        member=403,
        project_lead=(PROJECT, TEAM),
        organizer=(PROJECT, TEAM),
        admin=(PROJECT, TEAM),
    ),
    row(
        "projects:team-remove",
        sends={"member": PROJECT_MEMBER},
        visitor=IN,
        member=403,
        project_lead=(PROJECT, TEAM),
        organizer=(PROJECT, TEAM),
        admin=(PROJECT, TEAM),
    ),
    row(
        "projects:team-lead",
        sends={"member": PROJECT_MEMBER},
        visitor=IN,
        member=403,
        project_lead=PROJECT,
        organizer=PROJECT,
        admin=PROJECT,
    ),
    # What the team does, and an admin as far as it takes nobody of the team
    page("projects:team-times", visitor=IN, member=403, project_lead=200, project_member=200, admin=200),
    row(
        "projects:team-meet",
        visitor=IN,
        member=403,
        project_lead=NO_TIME,
        project_member=NO_TIME,
        admin=NO_TIME,
    ),
    row(
        "projects:team-leave",
        visitor=IN,
        member=403,
        project_lead=(PROJECT, "↩ /projects/probing/team/"),
        project_member=PROJECT,
        admin=told(PROJECT),
    ),
    row("projects:task-add", visitor=IN, member=403, project_lead=WORK, project_member=WORK, admin=WORK),
    row("projects:task-edit", visitor=IN, member=403, project_lead=FORM, project_member=FORM, admin=FORM),
    row(
        "projects:task-move",
        sends={"move": "todo:doing"},
        visitor=IN,
        member=403,
        project_lead=PROJECT,
        project_member=PROJECT,
        admin=PROJECT,
    ),
    row(
        "projects:task-take", visitor=IN, member=403, project_lead=PROJECT, project_member=PROJECT, admin=told(PROJECT)
    ),
    row("projects:update-post", visitor=IN, member=403, project_lead=WORK, project_member=WORK, admin=WORK),
    row("projects:blocker-raise", visitor=IN, member=403, project_lead=WORK, project_member=WORK, admin=WORK),
    row("projects:output-add", visitor=IN, member=403, project_lead=WORK, project_member=WORK, admin=WORK),
    row("projects:output-remove", visitor=IN, member=403, project_lead=PROJECT, project_member=PROJECT, admin=PROJECT),
]
