"""A reading group: a place, a paper presented by two, a question, what is strong and what is not, an idea."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.acts.arriving import TOPIC
from tests.browser.acts.cast import Cast, Person

TITLE, PATH = "Attention, from the beginning", "/groups/attention-from-the-beginning/"
PAPER = "Attention Is All You Need"
QUESTION = "Why divide by the root of the dimension?"
IDEA = "Does attention still help with half the data?"
HOUR = 17


def the_admin_makes_a_group(cast: Cast) -> None:
    admin, first = cast.admin, cast.stage.first_session_on
    admin.opens("/admin/")
    admin.adds_to("Groups")
    admin.fills(title=TITLE, description="We read the papers in the order in which they were written.")
    admin.picks(topics=TOPIC, organizers=cast.organizer.name, zone="Berlin")
    admin.sets(state="Open for sign-up", weekday=f"{first:%A}s")
    admin.fills(starts_at_time=f"{HOUR}:00", call_url="https://meet.example.org/attention")
    admin.presses("Save and continue editing")
    admin.page.get_by_role("link", name="Plan sessions").click()
    dialog = admin.page.locator("#dialog")
    admin.fills(dialog, first_on=first, last_on=first + timedelta(weeks=3))
    admin.presses("Plan sessions", dialog)
    admin.reads("4 sessions are planned.")


def the_admin_adds_a_paper(cast: Cast) -> None:
    admin = cast.admin
    admin.adds_to("Papers")
    admin.fills(title=PAPER, authors="A. Vaswani\nN. Shazeer", year=2017, arxiv_id="1706.03762")
    admin.presses("Save")
    admin.adds_to("Readings")
    admin.picks(group=TITLE, session=f"{cast.stage.first_session_on}", paper=PAPER)
    admin.presses("Save")
    expect(admin.page.get_by_role("row").filter(has_text=PAPER)).to_have_count(1)


def a_visitor_sees_the_group(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/")
    visitor.reads(PAPER, within=visitor.section("Next sessions"))
    visitor.follows(TITLE, visitor.section("Groups with open places"))
    visitor.reads("You need an account: an email address is enough.", "12 of 12 places left")
    visitor.misses("Ideas board", "meet.example.org")


def everybody_takes_a_place(cast: Cast) -> None:
    for member in cast.members:
        member.goes_to("Groups")
        member.follows(re.compile(f"^Take a place ?: {TITLE}$"))
        member.presses("Take a place")
        member.is_told("You have a place. We will remind you a day before each session.")
        member.reads("You have a place", TITLE)
    cast.organizer.goes_to("Your week")
    cast.organizer.follows(TITLE, cast.organizer.section("Groups you organize"))
    cast.organizer.reads("Member D, Member L, Member S, Member T", within=cast.organizer.section("People"))


def two_present_together(cast: Cast) -> None:
    for member in (cast.lead, cast.scriptless):
        member.opens(PATH)
        member.presses(re.compile(f"^Offer to present ?{PAPER}$"))
        member.is_told("You present. We will remind you two days before.")
    cast.scriptless.reads(re.compile(f"Presented by {cast.lead.name}, you"))
    cast.lead.follows(re.compile("^Add your slides"))
    cast.lead.writes("Link to your slides", "https://slides.example.org/attention")
    cast.lead.presses("Save")
    cast.dark.opens(PATH)
    cast.dark.reads(
        re.compile(rf"Presented by {cast.lead.name} \(slides of {cast.lead.name}\), {cast.scriptless.name}")
    )


def a_question_is_asked_and_answered(cast: Cast) -> None:
    typist, dark, lead = cast.typist, cast.dark, cast.lead
    typist.opens(PATH)
    typist.unfolds("Ask a question")
    typist.writes("Your question", QUESTION)
    typist.presses("Add question")
    typist.is_told("Your question is there for everybody in the group.")
    dark.opens(PATH)
    dark.presses(vote_for(0))
    expect(dark.page.get_by_role("button", name=vote_for(1), pressed=True)).to_be_visible()
    # The presenters hear of it.
    cast.stage.worker.tick()
    lead.follows_mail(f"{typist.name} asks about {PAPER}", "#question-")
    lead.follows(re.compile(f"^Answer ?: {re.escape(QUESTION)}$"))
    lead.writes("Your answer", "It keeps the *variance* at one.")
    lead.presses("Add answer")
    lead.is_told("Your answer is there for everybody in the group.")
    typist.opens(PATH)
    typist.follows("All questions and answers")
    typist.reads("It keeps the variance at one.")
    typist.presses(re.compile("^Mark as answered"))
    typist.reads("Answered", within=typist.section("Questions"))


def vote_for(votes: int) -> re.Pattern:
    return re.compile(rf"^{votes} ?votes? ?for: {re.escape(QUESTION)}$")


def what_is_strong_and_what_is_not(cast: Cast) -> None:
    for member, kind, text in (
        (cast.dark, "Strength", "Table 3 takes one part away at a time."),
        (cast.scriptless, "Limitation", "It is shown for translation alone."),
    ):
        member.opens(PATH)
        member.follows(PAPER, member.section("Next session"))
        member.unfolds("Add a note")
        member.chooses("What is it?", kind)
        member.writes("Your note", text)
        member.presses("Add note")
        member.is_told("Your note is there for everybody in the group.")
        member.reads(text, within=member.section("Notes"))


def an_idea_becomes_ready(cast: Cast) -> None:
    dark = cast.dark
    dark.opens(PATH)
    dark.unfolds("Put up an idea")
    dark.writes("The idea in one line", IDEA)
    dark.chooses("From the paper", PAPER)
    dark.writes("A little more", "Train on *half* of it, twice.")
    dark.presses("Put up the idea")
    for number, member in enumerate((cast.dark, cast.scriptless, cast.lead), 1):
        sees_the_idea(member)
        member.presses(re.compile("^Put my hand up"))
        sees_the_idea(member)
        member.reads(f"{number} hand{'s' * (number > 1)} up")
    cast.lead.reads("Ready to become a project")


def sees_the_idea(member: Person) -> None:
    member.opens(PATH)
    member.unfolds("1 idea")


def play(cast: Cast) -> None:
    the_admin_makes_a_group(cast)
    the_admin_adds_a_paper(cast)
    a_visitor_sees_the_group(cast)
    everybody_takes_a_place(cast)
    two_present_together(cast)
    a_question_is_asked_and_answered(cast)
    what_is_strong_and_what_is_not(cast)
    an_idea_becomes_ready(cast)
