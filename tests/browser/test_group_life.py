"""A group in full swing, on a phone and on a wide screen, in light and dark, and by a member without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browser.test_newcomer import WIDTHS, nothing_found, sign_in
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    HandFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PresentationFactory,
    QuestionFactory,
    QuestionVoteFactory,
)

LONGEST = 5000
LONG = "Why divide by the square root of the key dimension and not by the dimension itself, as one might think?"


@pytest.fixture
def attention(term):
    """Twelve people, two presenters, many questions with answers, notes on both sides, ideas in every state."""
    group = term["attention"]
    people = [EnrolmentFactory(group=group, member__name=f"Member {letter}").member for letter in "ABDEFGHIJKL"]
    sessions = list(group.sessions.coming(timezone.now()))
    for member in people[:2]:
        PresentationFactory(session=sessions[0], member=member, slides_url="https://example.org/slides")
    PresentationFactory(session=sessions[1], member=people[2])
    for number, member in enumerate(people):
        question = QuestionFactory(session=sessions[0], member=member, text=f"{LONG} ({number})")
        for voter in people[number:]:
            QuestionVoteFactory(question=question, member=voter)
        AnswerFactory(question=question, member=people[0], text="It keeps the *variance* at one.\n\nSee section 3.")
        for kind in ("strength", "limitation"):
            NoteFactory(reading=sessions[0].readings.get(), member=member, kind=kind)
        idea = IdeaFactory(
            group=group,
            member=member,
            title=f"Re-run the ablation table at one tenth the size, part {number}",
            text="Which rows keep their order?",
            state=("open", "ready", "parked")[number % 3],
            paper=sessions[0].readings.get().paper,
        )
        HandFactory(idea=idea, member=people[0])
    return group


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_a_full_group_read_well(browser: Browser, site, attention, width, theme):
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, timezone_id="Asia/Calcutta")
    page = context.new_page()
    organizer = attention.organizers.get()
    EnrolmentFactory(group=attention, member=organizer)
    sign_in(page, site, organizer.email)
    page.goto(f"{site}/groups/attention/")
    nothing_found(page)
    assert width == "wide" or page.evaluate("document.documentElement.scrollHeight") < LONGEST
    for summary in page.locator("main details > summary:visible").all():
        summary.click()
    nothing_found(page)
    session = attention.sessions.coming(timezone.now()).first()
    page.goto(f"{site}/groups/attention/sessions/{session.pk}/")
    nothing_found(page)
    for rest in ("ask/", "note/", f"questions/{session.questions.first().pk}/answer/"):
        page.goto(f"{site}/groups/attention/sessions/{session.pk}/{rest}")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("alert")).to_be_visible()
        nothing_found(page)
    page.goto(f"{site}/groups/attention/ideas/add/")
    nothing_found(page)
    context.close()


def test_a_member_takes_part_without_javascript(browser: Browser, site, term):
    """Offers to present, adds slides, asks, votes, answers, marks, notes, puts up an idea and a hand."""
    group = term["attention"]
    member = EnrolmentFactory(group=group, member__name="Member A").member
    EnrolmentFactory(group=group, member=MemberFactory(name="Member B"))
    context = browser.new_context(viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, member.email)

    page.goto(f"{site}/groups/attention/")
    page.get_by_role("button", name="Offer to present").first.click()
    expect(page.get_by_text("You present. We will remind you two days before.")).to_be_visible()
    page.get_by_role("link", name="Add your slides").first.click()
    page.get_by_label("Link to your slides").fill("https://example.org/slides")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="slides of Member A")).to_be_visible()

    page.get_by_text("Ask a question", exact=True).click()
    page.get_by_label("Your question").fill("Why the root?")
    page.get_by_role("button", name="Add question").click()
    page.get_by_role("button", name="for: Why the root?").click()
    expect(page.get_by_text("You voted.")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Answer")).click()
    page.get_by_label("Your answer").fill("It keeps the *variance* at one.")
    page.get_by_role("button", name="Add answer").click()
    page.get_by_role("button", name="Mark as answered").click()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()
    page.get_by_text("Add a note", exact=True).click()
    page.get_by_label("What is it?").select_option("Limitation")
    page.get_by_label("Your note").fill("The cost grows with the square of the length.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_text("The cost grows with the square of the length.")).to_be_visible()

    page.goto(f"{site}/groups/attention/")
    expect(page.get_by_text("0 strengths, 1 limitation")).to_be_visible()
    page.get_by_text("Put up an idea", exact=True).click()
    page.get_by_label("The idea in one line").fill("Does it hold at half the size?")
    page.get_by_role("button", name="Put up the idea").click()
    # The address names the idea, so the browser unfolds the board.
    page.get_by_role("button", name="Put my hand up").click()
    expect(page.get_by_role("button", name="Hand is up")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("You do not present this session any more. Others can.")).to_be_visible()
    assert group.sessions.coming(timezone.now()).first().presentations.count() == 0
    context.close()
