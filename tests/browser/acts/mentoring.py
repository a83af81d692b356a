"""Mentors: members offer and ask, an organizer looks at each pair, and everybody is told once."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from tests.browser.acts.arriving import TOPIC
from tests.browser.acts.cast import Cast, Person

ROUND = "Autumn round"
TOLD = f"Your pair in “{ROUND}”"
MEETING = "Member L and Member D"
GOALS = "Understand what a topic model finds."


def the_organizer_opens_a_round(cast: Cast) -> None:
    organizer, today = cast.organizer, cast.stage.began_at.date()
    cast.lead.goes_to("Mentoring")
    cast.lead.reads("No round is open", "Mark your typical week")
    organizer.goes_to("Mentoring")
    organizer.follows("Make a new round")
    organizer.writes("Title", ROUND)
    organizer.writes("Offers and requests until the end of", f"{today + timedelta(days=3)}")
    organizer.writes("Pairs start on", f"{today + timedelta(days=9)}")
    organizer.presses("Make the round")
    organizer.is_told("The round is made. Members see it when you open it.")
    organizer.presses("Open the round")
    organizer.is_told("The round is open. Members can offer and ask.")


def two_offer_and_two_ask(cast: Cast) -> None:
    for mentor in (cast.lead, cast.scriptless):
        mentor.goes_to("Mentoring")
        mentor.follows(re.compile(f"^Offer to mentor ?: {ROUND}$"))
        mentor.reads(re.compile(f"^{TOPIC}: "))
        mentor.presses("Save your offer")
        mentor.is_told("Your offer is saved.")
        mentor.reads("You offer 2 places")
    dark, typist = cast.dark, cast.typist
    asks(dark)
    dark.chooses("Topics of your goals", TOPIC)
    dark.writes("Your goals", GOALS)
    dark.chooses("First wish", cast.lead.name)
    dark.presses("Save your request")
    asks(typist)
    typist.finds_by_letters("Topics of your goals", TOPIC)
    typist.writes("Your goals", "Train something small.")
    typist.presses("Save your request")
    for mentee in (dark, typist):
        mentee.is_told("Your request is saved.")
        mentee.reads("You have asked")


def asks(mentee: Person) -> None:
    mentee.goes_to("Mentoring")
    mentee.follows(re.compile(f"^Ask for a mentor ?: {ROUND}$"))


def the_round_is_solved(cast: Cast) -> None:
    organizer = cast.organizer
    organizer.goes_to("Mentoring")
    organizer.follows(ROUND)
    expect(organizer.main.locator(".stats dd")).to_have_text(["2", "2", "4"])
    organizer.presses("Close it now")
    organizer.is_told("The round is closed. Now it can be solved.")
    solves(cast, "Solve the round")
    organizer.reads("2 of 2")
    board = organizer.section("Proposed pairs")
    expect(board.get_by_role("heading", level=3)).to_have_count(2)
    # Each with the reason in a sentence, and the numbers behind it.
    for reason in board.locator(".reason").all():
        expect(reason).to_contain_text(re.compile(r"\w+.*\."))
    expect(board.get_by_role("meter").first).to_be_visible()


def what_the_organizer_settles_holds(cast: Cast) -> None:
    """One pair is kept and one ruled out; whatever is solved, that is so."""
    organizer = cast.organizer
    wished = f"{cast.dark.name} with {cast.lead.name}"
    expect(pairs(organizer).filter(has_text=wished)).to_have_count(1)
    organizer.presses(re.compile(f"^Keep {cast.dark.name}, {cast.lead.name}$"))
    organizer.is_told("The pair is kept, whatever is solved next.")
    button = organizer.page.get_by_role("button", name=re.compile(f"^Never pair {cast.typist.name}, "))
    ruled_out = button.inner_text().rsplit(", ", 1)[1]
    organizer.presses(re.compile(f"^Never pair {cast.typist.name}, "))
    organizer.is_told("They will not be a pair in this round.")
    solves(cast, "Solve again around kept pairs")
    organizer.reads("Kept", within=organizer.section("Proposed pairs"))
    (instead,) = {cast.lead.name, cast.scriptless.name} - {ruled_out}
    expect(pairs(organizer).filter(has_text=wished)).to_have_count(1)
    expect(pairs(organizer).filter(has_text=f"{cast.typist.name} with {instead}")).to_have_count(1)
    organizer.reads(ruled_out, within=organizer.section("Ruled out by you"))


def the_pairs_are_published(cast: Cast) -> None:
    organizer = cast.organizer
    organizer.ticks("I have read the weakest pairs")
    organizer.reads("Emails 4 people, once.")
    organizer.presses("Publish 2 pairs")
    organizer.is_told("Published 2 pairs.")
    cast.stage.worker.tick()
    cast.stage.worker.tick()
    for member in cast.members:
        assert member.mails().count(TOLD) == 1, member.mails()
    cast.dark.follows_mail(TOLD, "/mentoring/")
    cast.dark.reads(f"You and {cast.lead.name}", GOALS, f"{cast.lead.name} mentors you: a peer, a step or two ahead.")
    cast.typist.goes_to("Mentoring")
    cast.typist.reads("Your mentor", within=cast.typist.section("Your pairs"))
    # Nobody sees the board, or a pair that is not theirs.
    cast.typist.finds_nothing_at("/mentoring/rounds/autumn-round/")
    cast.typist.finds_nothing_at(cast.dark.page.url)


def a_pair_plans_to_meet(cast: Cast) -> None:
    """At one of two times that suit both; the other hears of it."""
    dark, lead = cast.dark, cast.lead
    expect(dark.section("Meet").get_by_role("button", name=re.compile("^Plan it"))).to_have_count(2)
    dark.presses(re.compile("^Plan it"))
    dark.is_told("The meeting is planned, and the other one is told.")
    cast.stage.worker.tick()
    (subject,) = [subject for subject in lead.mails() if subject.startswith(f"Planned: {MEETING}, ")]
    lead.follows_mail(subject, "/me/availability/meetings/")
    lead.reads(MEETING, "Move the meeting")


def pairs(organizer: Person):
    return organizer.section("Proposed pairs").get_by_role("heading", level=3)


def solves(cast: Cast, button: str) -> None:
    organizer = cast.organizer
    organizer.presses(button)
    organizer.is_told("The round is being solved. It takes a few seconds.")
    cast.stage.worker.solve()
    # The page looks by itself whether it is ready.
    organizer.follows("Show the result")


def play(cast: Cast) -> None:
    the_organizer_opens_a_round(cast)
    two_offer_and_two_ask(cast)
    the_round_is_solved(cast)
    what_the_organizer_settles_holds(cast)
    the_pairs_are_published(cast)
    a_pair_plans_to_meet(cast)
