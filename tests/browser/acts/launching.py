"""An institute has launched its collaborative; its admin looks around, and switches on what the term needs."""

from playwright.sync_api import expect

from tests.browser.acts.cast import Cast

AT_FIRST = ["Your week", "Groups", "Handbook"]
IN_TERM = ["Your week", "Groups", "Projects", "Classes", "Mentoring", "Handbook"]
OTHERS = ("Mentoring", "Projects", "Cohorts", "Classes")


def a_visitor_reads_what_is_public(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/")
    visitor.reads("Read a paper together. Then build on it.", "How a group works")
    links = visitor.page.get_by_role("navigation", name="Main").get_by_role("link").locator("visible=true")
    expect(links).to_have_text(["Groups", "Handbook"])
    visitor.follows("Find a reading group")
    visitor.reads("No groups yet")
    visitor.goes_to("Handbook")
    visitor.follows("How reading groups work")
    visitor.goes_to("Groups")
    visitor.follows("Join")
    visitor.follows("Sign in", visitor.page.get_by_role("banner"))
    for path in ("/projects/", "/mentoring/", "/cohorts/"):
        visitor.finds_nothing_at(path)


def the_admin_sees_only_what_is_on(cast: Cast) -> None:
    admin = cast.admin
    admin.signs_in()
    admin.reads("Nothing is set yet", "Find a reading group")
    navigation = admin.page.get_by_role("navigation", name="Main").get_by_role("link").locator("visible=true")
    expect(navigation).to_have_text(AT_FIRST)
    admin.misses(*OTHERS, "Your cohort", "Due")
    admin.reads("1 of 6 done", within=admin.section("Getting started"))
    admin.follows("Tick what you have done")
    admin.misses("mentor", "project")
    for path in ("/projects/", "/mentoring/", "/cohorts/"):
        admin.finds_nothing_at(path)
    admin.opens("/me/")
    admin.opens_own("Admin")
    expect(admin.page.get_by_role("link", name="Reading groups").first).to_be_visible()
    admin.misses(*OTHERS)


def the_admin_switches_on_the_rest(cast: Cast) -> None:
    admin = cast.admin
    admin.turns_to("This site")
    for part in ("Projects", "Mentoring", "Cohorts and courses"):
        admin.page.get_by_label(part, exact=True).check()
    admin.presses("Save")
    admin.opens("/me/")
    navigation = admin.page.get_by_role("navigation", name="Main").get_by_role("link").locator("visible=true")
    expect(navigation).to_have_text(IN_TERM)


def the_organizer_joins(cast: Cast) -> None:
    organizer = cast.organizer
    organizer.opens("/")
    organizer.follows("Join", organizer.page.get_by_role("banner"))
    organizer.signs_up("organizer@example.org")
    organizer.reads("Who are you?")
    organizer.writes("Name", organizer.name)
    organizer.presses("Save profile")
    organizer.is_told("Your profile is saved.")


def the_admin_gives_roles(cast: Cast) -> None:
    admin = cast.admin
    for role in ("Organizer", "Mentoring organizer"):
        admin.opens("/admin/")
        admin.adds_to("Roles")
        admin.picks(member=cast.organizer.name)
        admin.sets(kind=role)
        admin.presses("Save")
    expect(admin.page.get_by_role("row").filter(has_text=cast.organizer.name)).to_have_count(2)


def play(cast: Cast) -> None:
    a_visitor_reads_what_is_public(cast)
    the_admin_sees_only_what_is_on(cast)
    the_admin_switches_on_the_rest(cast)
    the_organizer_joins(cast)
    the_admin_gives_roles(cast)
