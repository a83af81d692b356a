"""Proposing a paper and voting for it, without JavaScript, and the pages of papers in every look."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tests.browser.test_newcomer import WIDTHS, nothing_found, sign_in
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingVoteFactory,
)
from tests.reading_groups.test_paper_sources import ENTRY

LONG_LINK = "https://example.org/" + "a-very-long-address-" * 6
EQUATIONS = r"$$\begin{align} a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 &= \sum_{i=1}^{9} a_i \end{align}$$"


@pytest.fixture
def attention(term):
    """A pool with votes, and a session whose people write in formulas."""
    group = term["attention"]
    session = group.sessions.coming(timezone.now()).first()
    reading = session.readings.get()
    for number in range(6):
        paper = PaperFactory(title=f"Attention in {number} ways, and of what it is made", url=LONG_LINK)
        proposer = EnrolmentFactory(group=group, member__name=f"Member P{number}").member
        proposed_at = timezone.now() - timedelta(days=number)
        pooled = ReadingFactory(group=group, paper=paper, proposed_by=proposer, proposed_at=proposed_at)
        for _voter in range(number):
            ReadingVoteFactory(reading=pooled)
    PresentationFactory(session=session, member=MemberFactory(), slides_url=LONG_LINK)
    question = QuestionFactory(session=session, text=r"Why $\frac{1}{\sqrt{d_k}}$? " + EQUATIONS)
    AnswerFactory(question=question, text=f"As follows:\n\n{EQUATIONS}\n\n> So be it.")
    for kind in ("strength", "limitation"):
        NoteFactory(reading=reading, kind=kind, text=f"It holds that {EQUATIONS}")
    IdeaFactory(group=group, paper=reading.paper, text=EQUATIONS)
    return group


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_papers_read_well(browser: Browser, site, attention, width, theme):
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, timezone_id="Asia/Calcutta")
    page = context.new_page()
    organizer = attention.organizers.get()
    EnrolmentFactory(group=attention, member=organizer)
    sign_in(page, site, organizer.email)
    session = attention.sessions.coming(timezone.now()).first()
    pooled = attention.readings.in_pool().first()
    known = pooled.paper
    for path in (
        attention.get_absolute_url(),
        session.get_absolute_url(),
        f"{attention.get_absolute_url()}pool/",
        f"{attention.get_absolute_url()}pool/?q=nothing",
        f"{attention.get_absolute_url()}pool/{pooled.pk}/",
        f"{attention.get_absolute_url()}pool/add/",
        f"{attention.get_absolute_url()}pool/add/?by-hand",
        session.readings.get().paper.get_absolute_url(),
        known.get_absolute_url(),
    ):
        page.goto(f"{site}{path}")
        for summary in page.locator("main details > summary:visible").all():
            summary.click()
        nothing_found(page)
    page.goto(f"{site}{attention.get_absolute_url()}pool/add/?by-hand")
    page.get_by_label("Title").fill(known.title)
    page.get_by_label("arXiv id").fill("1706")
    page.get_by_role("button", name="Put it on the reading list").click()
    expect(page.get_by_role("alert")).to_be_visible()
    nothing_found(page)
    context.close()


def test_papers_are_proposed_voted_for_and_given_a_session_without_javascript(browser: Browser, site, term):
    group = term["attention"]
    member = EnrolmentFactory(group=group, member__name="Member A").member
    context = browser.new_context(viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, member.email)

    page.goto(f"{site}/groups/attention/")
    page.get_by_role("link", name="Propose a paper").click()
    page.get_by_label("What do you have of it?").fill("1706.03762")
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_text("arXiv did not answer")).to_be_visible()
    expect(page.get_by_label("arXiv id")).to_have_value("1706.03762")
    page.get_by_text("Look up another one").click()
    page.get_by_label("What do you have of it?").fill(ENTRY)
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_label("Title")).to_have_value("Attention is All you Need")
    page.get_by_role("button", name="Put it on the reading list").click()
    expect(page.get_by_text("The paper is in the pool.")).to_be_visible()
    expect(page.get_by_text("You voted.")).to_be_visible()
    page.get_by_role("button", name="for: Attention is All you Need").click()
    expect(page.get_by_text("You voted.")).to_have_count(0)
    page.get_by_role("link", name="Attention is All you Need").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attention is All you Need")
    expect(page.get_by_text("0 votes")).to_be_visible()
    context.close()

    context = browser.new_context(viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "organizer@example.org")
    page.goto(f"{site}/groups/attention/pool/")
    page.get_by_role("link", name="Give it a session").click()
    page.get_by_label("Session", exact=True).select_option(index=1)
    page.get_by_role("button", name="Read it there").click()
    expect(page.get_by_text("The paper has its session.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Put it back.*Attention is All")).click()
    expect(page.get_by_text("The paper is in the pool again")).to_be_visible()
    context.close()
