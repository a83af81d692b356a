"""A project: an idea becomes a proposal, a team, a board, a word of the week, something told in private, an output."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.acts.cast import Cast
from tests.browser.acts.reading import IDEA, TITLE, sees_the_idea

PROJECT = "Attention with half the data"
PATH = "/projects/attention-with-half-the-data/"
TASK, OTHER_TASK = "Train on a tenth of the corpus", "Draw the first curve"
TROUBLE = "We do not agree on when to stop."


def the_idea_is_proposed(cast: Cast) -> None:
    lead = cast.lead
    sees_the_idea(lead)
    lead.follows(re.compile(f"^Propose it as a project ?: {re.escape(IDEA)}$"))
    lead.reads(f"From the idea “{IDEA}” of the group “{TITLE}”.")
    lead.writes("Title", PROJECT)
    lead.writes("The question", IDEA)
    lead.writes("Why it matters", "Most of us have one small machine.")
    lead.writes("The first experiment", "Train twice on a tenth of the corpus.")
    lead.presses("Send the proposal")
    lead.reads(PROJECT)


def the_organizer_accepts_it(cast: Cast) -> None:
    organizer = cast.organizer
    organizer.goes_to("Projects")
    organizer.follows("1 proposal waits")
    organizer.follows(PROJECT)
    organizer.reads("Train twice on a tenth of the corpus.")
    organizer.writes("Reasons", "Small enough to finish.")
    organizer.presses("Accept")
    organizer.reads(PROJECT)
    cast.stage.worker.tick()
    cast.lead.follows_mail(f"“{PROJECT}” is a project now", "/projects/")
    cast.lead.reads("Nothing waits", "Began in", TITLE)


def the_lead_takes_people_in(cast: Cast) -> None:
    lead = cast.lead
    lead.follows("Change the team")
    lead.reads("They put their hands up for the idea")
    for member in (cast.dark, cast.scriptless):
        lead.presses(re.compile(f"^Take in as contributor ?: {member.name}$"))
    lead.follows(PROJECT)
    lead.reads("Member L, Member D, Member S")


def the_board_fills(cast: Cast) -> None:
    lead, dark = cast.lead, cast.dark
    in_two_days = f"{cast.stage.began_at.date() + timedelta(days=2)}"
    for task, owner in ((TASK, dark.name), (OTHER_TASK, lead.name)):
        lead.unfolds("Add a task")
        lead.writes("What is to be done", task)
        lead.chooses("Who does it", owner)
        lead.writes("Due", in_two_days)
        lead.presses("Put it on the board")
        lead.is_told("The task is on the board.")
    dark.goes_to("Your week")
    dark.follows(TASK, dark.section("Due"))
    dark.presses(re.compile(f"^Start ?: {TASK}$"))
    dark.is_told(f"“{TASK}” is now: Doing.")
    dark.writes("What happened", "We froze the corpus.")
    dark.writes("What comes next", "The first run.")
    dark.presses("Post update")
    dark.reads("We froze the corpus.", within=dark.section("This week's update"))


def something_is_told_in_private(cast: Cast) -> None:
    """Whom it was told to reads it, by a mail that says nothing of it; the rest of the team does not know."""
    scriptless, organizer, dark = cast.scriptless, cast.organizer, cast.dark
    scriptless.goes_to("Projects")
    scriptless.follows(re.compile(f"^Open the board ?: {PROJECT}$"))
    scriptless.unfolds("Say what is in the way")
    scriptless.writes("What is in the way?", TROUBLE)
    scriptless.presses("Send it to them")
    scriptless.is_warned("Choose at least one person; nobody else will see it.")
    scriptless.ticks(organizer.name, scriptless.page.get_by_role("group", name="Who should help"))
    scriptless.presses("Send it to them")
    scriptless.reads(TROUBLE, "The one who raised it and those who handle it, nobody else")
    path = urlsplit(scriptless.page.url).path
    cast.stage.worker.tick()
    (mail,) = [mail for mail in cast.stage.post.to(organizer.email) if mail["Subject"] == "Somebody asks for your help"]
    assert TROUBLE not in mail.as_string()
    organizer.follows_mail("Somebody asks for your help", path)
    organizer.reads(TROUBLE)
    organizer.presses("I have read it and am on it")
    organizer.is_told(f"{scriptless.name} can see that you are on it.")
    for other in (dark, cast.lead, cast.admin, cast.typist):
        other.finds_nothing_at(path)
        other.opens(PATH)
        other.misses(TROUBLE)
        expect(other.section("In the way")).to_have_count(0)
    scriptless.opens(PATH)
    scriptless.reads("Somebody is on it", "Private", within=scriptless.section("In the way"))
    scriptless.opens(path)
    scriptless.presses("It is out of the way")
    scriptless.is_told("It is closed.")


def it_leaves_something_behind(cast: Cast) -> None:
    lead = cast.lead
    lead.opens(PATH)
    lead.unfolds("Add an output")
    lead.chooses("Kind", "Code")
    lead.writes("Title", "The training script", lead.section("Outputs"))
    lead.writes("Link", "https://code.example.org/half", lead.section("Outputs"))
    lead.presses("Add it")
    lead.is_told("The output is added.")
    expect(lead.section("Outputs").get_by_role("link", name="The training script")).to_be_visible()
    # Visitors see nothing of it until the team shows it.
    cast.visitor.finds_nothing_at(PATH)


def play(cast: Cast) -> None:
    the_idea_is_proposed(cast)
    the_organizer_accepts_it(cast)
    the_lead_takes_people_in(cast)
    the_board_fills(cast)
    something_is_told_in_private(cast)
    it_leaves_something_behind(cast)
