"""An admin takes in a cohort: the form, a file of applicants, decisions with ten minutes to think again, sections."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.browser.acts.cast import Cast, Person

NAME, PLACES = "Autumn intake", 12
SECTIONS = ("Early birds", "Night owls")
ACCEPTED = f"A place in “{NAME}” is yours"


def the_admin_publishes_the_form(cast: Cast) -> None:
    admin, today = cast.admin, cast.stage.began_at.date()
    admin.opens("/admin/")
    admin.adds_to("Cohorts")
    admin.fills(
        name=NAME,
        description="Ten weeks of reading. *No experience is asked for.*",
        starts_on=today + timedelta(weeks=1),
        ends_on=today + timedelta(weeks=11),
        capacity=PLACES,
    )
    admin.picks(zone="Nairobi")
    admin.sets(state="Takes applications")
    admin.presses("Save")
    # It says what is still missing.
    admin.reads("Say until when applications are taken.")
    admin.fills(
        applications_open_at_0=today - timedelta(days=1),
        applications_open_at_1="08:00",
        applications_close_at_0=today + timedelta(days=5),
        applications_close_at_1="20:00",
    )
    admin.presses("Save")
    expect(admin.page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Takes applications")


def a_visitor_applies(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/")
    visitor.goes_to("Classes")
    visitor.follows(re.compile(f"^Apply ?: {NAME}$"))
    visitor.reads(NAME, "No experience is asked for.", "Applications are open until")
    visitor.writes("Name", "Member V")
    visitor.writes("Email", "visitor@example.org")
    visitor.writes("Why would you like to take part?", " ")
    visitor.presses("Send application")
    visitor.is_warned("Write a sentence or two.")
    expect(visitor.page.get_by_label("Name")).to_have_value("Member V")
    visitor.writes("Why would you like to take part?", "I would like to read with others.")
    visitor.presses("Send application")
    visitor.reads("Your application is sent")
    cast.stage.worker.tick()
    visitor.email = "visitor@example.org"
    visitor.follows_mail(f"Your application to “{NAME}”", "/cohorts/applications/")
    visitor.writes("Topics and goals", "Statistics")
    visitor.presses("Save application")
    visitor.is_told("Your application is saved.")


def the_admin_imports_a_file(cast: Cast) -> None:
    admin, errors = cast.admin, cast.stage.mistakes
    admin.follows(NAME)
    admin.follows(re.compile("Import applications$"))
    admin.page.get_by_label("CSV file").set_input_files(cast.stage.applicants)
    admin.presses("Check the file")
    usable = re.compile(rf"(\d+) applications can be imported\.\s+{len(errors)} rows cannot")
    admin.reads(usable, *errors)
    count = int(usable.search(admin.page.get_by_role("status").inner_text())[1])
    admin.presses(f"Import {count} applications")
    admin.reads(f"{count} applications are imported.")
    admin.follows("Back to the cohort")
    reads_numbers(admin, count + 1, 0, 0, 0)


def reads_numbers(admin: Person, *numbers: int) -> None:
    """Those who applied, were accepted, took up their place, and are in a section."""
    expect(admin.section("Numbers").locator("dd")).to_have_text([str(number) for number in numbers])


def the_admin_accepts_by_mistake_and_undoes_it(cast: Cast) -> None:
    """The whole page instead of as many as there are places. Nobody hears of it."""
    admin = cast.admin
    admin.follows("Applications", admin.section("Numbers"))
    count = applicants(admin).count()
    admin.page.get_by_label("Select all objects on this page").check()
    accepts(admin, count)
    told = f"That is {count - PLACES} more than the {PLACES} places you plan for."
    expect(admin.main.get_by_role("alert")).to_have_text(told)
    # The first mail as it will be sent, but for the link that is the applicant's alone.
    admin.reads(ACCEPTED, re.compile("Take up your place: .*their-own-link"))
    admin.presses(f"Accept {count} people")
    admin.reads(re.compile(rf"{count} people hear of it at \d\d:\d\d\. Until then you can undo it\."))
    admin.page.get_by_role("link", name="Undo").click()
    dialog = admin.page.locator("#dialog")
    expect(dialog).to_contain_text("Nobody has heard of it, and nobody will.")
    admin.presses("Undo", dialog)
    admin.reads("Undone. Nobody gets a mail.")


def the_admin_accepts_as_many_as_there_are_places(cast: Cast) -> None:
    admin = cast.admin
    admin.turns_to("Applications")
    rows = applicants(admin)
    for n in range(PLACES):
        rows.nth(n).get_by_role("checkbox").check()
    for n, member in enumerate(cast.members):
        member.applied_from = rows.nth(n).get_by_text("@example.org").inner_text()
    accepts(admin, PLACES)
    expect(admin.main.get_by_role("alert")).to_have_count(0)
    admin.presses(f"Accept {PLACES} people")
    cast.stage.worker.tick()
    assert cast.stage.post.to(cast.lead.applied_from) == []


def applicants(admin: Person) -> Locator:
    return admin.page.get_by_role("row").filter(has_text=NAME)


def accepts(admin: Person, count: int) -> None:
    """Come to the preview of what is chosen."""
    admin.sets(action="Accept")
    admin.presses("Run")
    admin.reads(f"{NAME}: {count} people get a mail each, once.", "It is held for 10 minutes")


def ten_minutes_pass(cast: Cast) -> None:
    """Everybody who is accepted has one mail by then, and nobody else has any."""
    cast.stage.worker.tick(timezone.now() + timedelta(minutes=11))
    cast.stage.worker.tick(timezone.now() + timedelta(minutes=12))
    assert cast.stage.post.written(ACCEPTED) == PLACES
    for member in cast.members:
        assert cast.stage.post.subjects(member.applied_from) == [ACCEPTED]


def the_admin_makes_sections(cast: Cast) -> None:
    admin = cast.admin
    for name in SECTIONS:
        admin.adds_to("Sections")
        admin.picks(cohort=NAME, leaders=cast.organizer.name)
        admin.fills(name=name, capacity=PLACES // 2)
        admin.presses("Save")
    admin.turns_to("Cohorts")
    admin.follows(NAME)
    admin.page.get_by_role("link", name="Put people into sections").click()
    admin.presses("Put people into sections", admin.page.locator("#dialog"))
    admin.reads(f"{PLACES} people are put into sections.")
    applied = int(admin.section("Numbers").locator("dd").first.inner_text())
    reads_numbers(admin, applied, PLACES, 0, PLACES)


def play(cast: Cast) -> None:
    the_admin_publishes_the_form(cast)
    a_visitor_applies(cast)
    the_admin_imports_a_file(cast)
    the_admin_accepts_by_mistake_and_undoes_it(cast)
    the_admin_accepts_as_many_as_there_are_places(cast)
    ten_minutes_pass(cast)
    the_admin_makes_sections(cast)
