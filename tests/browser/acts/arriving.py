"""Four people who were accepted come by the link in their mail, read the handbook, and say when they are free."""

import re

from playwright.sync_api import expect

from tests.browser.acts.cast import Cast, Person
from tests.browser.acts.intake import ACCEPTED, NAME

TOPIC = "Computation and Language"
FIRST_STEP = "Read the welcome page"
SENTENCE = "The camera may stay off."


def comes_by_the_link(person: Person, address: str) -> None:
    """From the mail of the acceptance to a profile, under another address than the one that was accepted."""
    person.follows_mail(ACCEPTED, "/cohorts/claim/", to=person.applied_from)
    person.reads("A place is waiting for you")
    person.follows("Make an account")
    person.signs_up(address)
    person.reads("Who are you?")
    person.writes("Name", person.name)


def takes_up_the_place(person: Person, organizer: Person) -> None:
    person.presses("Save profile")
    person.presses("Take up my place")
    person.is_told("Your place is taken. Welcome.")
    person.reads(re.compile("^(Early birds|Night owls)$"), organizer.name)
    person.goes_to("Your week")
    cohort = person.section("Your cohort")
    person.reads(NAME, re.compile(f"(Early birds|Night owls), led by {organizer.name}"), within=cohort)
    person.reads("1 of 6 done", within=person.section("Getting started"))
    expect(person.section("Getting started").get_by_role("link", name=FIRST_STEP)).to_be_visible()


def the_lead_arrives(cast: Cast) -> None:
    lead = cast.lead
    comes_by_the_link(lead, "l@home.example.org")
    knows(lead, "Experienced", months="30")
    takes_up_the_place(lead, cast.organizer)


def the_one_in_the_dark_arrives(cast: Cast) -> None:
    comes_by_the_link(cast.dark, "d@home.example.org")
    knows(cast.dark, "Learning", months="3")
    takes_up_the_place(cast.dark, cast.organizer)


def the_one_without_a_script_arrives(cast: Cast) -> None:
    scriptless = cast.scriptless
    comes_by_the_link(scriptless, "s@home.example.org")
    knows(scriptless, "Have used it", months="14")
    # Nothing tells the site their zone, so they choose it themselves.
    scriptless.page.select_option("select[name=time_zone]", "Europe/Berlin")
    takes_up_the_place(scriptless, cast.organizer)


def the_typist_arrives(cast: Cast) -> None:
    comes_by_the_link(cast.typist, "t@home.example.org")
    takes_up_the_place(cast.typist, cast.organizer)


def knows(person: Person, level: str, *, months: str) -> None:
    line = person.page.get_by_role("group", name="Topic 1")
    person.chooses("Topic", TOPIC, line)
    person.chooses("How far you are", level, line)
    person.writes("Months", months, line)


def the_leader_sees_who_has_come(cast: Cast) -> None:
    organizer = cast.organizer
    organizer.goes_to("Your week")
    cohort = organizer.section("Your cohort")
    organizer.reads("You lead this section.", within=cohort)
    organizer.follows(f"{NAME}: Early birds", cohort)
    people = [organizer.section(section).locator("dd").last.inner_text() for section in ("Early birds", "Night owls")]
    assert sorted(", ".join(people).split(", ")) == [
        member.name for member in sorted(cast.members, key=lambda m: m.name)
    ]


def everybody_reads_and_ticks(cast: Cast) -> None:
    for member in cast.members:
        member.goes_to("Handbook")
        member.follows("Welcome")
        member.reads("We are people who learn to do research by doing it together.")
        member.ticks(FIRST_STEP)
        member.presses("Save checklist")
        member.is_told("Your checklist is saved.")
        member.goes_to("Your week")
        member.reads("2 of 6 done", within=member.section("Getting started"))
        member.misses(FIRST_STEP)


def a_member_suggests_and_the_organizer_takes_it(cast: Cast) -> None:
    typist, organizer = cast.typist, cast.organizer
    typist.goes_to("Handbook")
    typist.follows("Welcome")
    typist.unfolds("Suggest an edit")
    typist.follows("Change the text itself")
    typist.writes("What should change?", "Say that the camera may stay off.")
    text = typist.page.get_by_label("The text as it should be")
    typist.adds(text, f"\n\n{SENTENCE}")
    typist.presses("Send suggestion")
    typist.is_told("with the organizers")
    organizer.goes_to("Handbook")
    organizer.follows("1 suggestion waits")
    organizer.follows("Welcome", organizer.main)
    expect(organizer.main.locator(".changes ins")).to_contain_text(SENTENCE)
    organizer.writes("Your answer", "Thank you, that was missing.")
    organizer.presses("Accept and change the page")
    organizer.reads(SENTENCE)
    cast.stage.worker.tick()
    typist.follows_mail("Your change to “Welcome” is in the handbook", "/handbook/suggestions/")
    typist.reads("Thank you, that was missing.")
    typist.follows("The page as it is now")
    typist.reads(SENTENCE)


def everybody_marks_their_week(cast: Cast) -> None:
    """As lines, from a ready week, by taps without a script, and as lines by keyboard."""
    for member in cast.members:
        member.opens_own("Availability")
    cast.lead.writes("One line for each stretch", "Sat 14:00-18:00 rather")
    cast.lead.presses("Save these lines")
    cast.lead.is_told("Your week is saved: 4 hours marked.")
    dark = cast.dark
    dark.unfolds("A ready week")
    dark.chooses("Start from", "Weekends")
    dark.presses("Fill it in")
    dark.is_told("This is a start, and not saved yet.")
    dark.presses("Save these lines")
    dark.is_told("Your week is saved: 16 hours marked.")
    scriptless = cast.scriptless
    scriptless.ticks("Saturday")
    scriptless.unfolds("Morning")
    for time in ("10:00", "10:30", "11:00", "11:30"):
        scriptless.page.get_by_label(f"Sat {time}, rather").click()
    scriptless.presses("Save the grid")
    scriptless.is_told("Your week is saved: 2 hours marked.")
    typist = cast.typist
    typist.writes("One line for each stretch", "Sat 21-18")
    typist.presses("Save these lines")
    typist.is_warned("Line 1, “Sat 21-18”: 18:00 is not after 21:00.")
    typist.writes("One line for each stretch", "Sat 14-18 could")
    typist.presses("Save these lines")
    typist.is_told("Your week is saved: 4 hours marked.")


def play(cast: Cast) -> None:
    the_lead_arrives(cast)
    the_one_in_the_dark_arrives(cast)
    the_one_without_a_script_arrives(cast)
    the_typist_arrives(cast)
    the_leader_sees_who_has_come(cast)
    everybody_reads_and_ticks(cast)
    a_member_suggests_and_the_organizer_takes_it(cast)
    everybody_marks_their_week(cast)
