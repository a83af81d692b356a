"""A small project, as its team uses it: a board, a word of the week, something told in private."""

import os
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from collaborative.models import Site
from projects.models import Blocker
from tests.browser.test_newcomer import WALKS, WIDTHS, nothing_found, sign_in
from tests.factories import (
    CollectiveFactory,
    MemberFactory,
    MembershipFactory,
    OrganizerFactory,
    OutputFactory,
    ProjectFactory,
    ProposalFactory,
    TaskFactory,
    UpdateFactory,
)

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def probing(transactional_db):
    """A project of four with something in every column, and its lead."""
    Site.objects.create(pk=1, name="A Research Collaborative", parts=["groups", "handbook", "projects"])
    lead = MemberFactory(name="Member A", email="lead@example.org")
    mates = [MemberFactory(name=f"Member {letter}") for letter in "BF"]
    project = ProjectFactory(
        title="Does rollout agree with probing?",
        slug="probing",
        summary="Attention rollout says which tokens matter. We train models small enough to check it.",
        lead=lead,
        team=mates,
        is_public=True,
        collective=CollectiveFactory(name="Interpretability"),
    )
    MembershipFactory(project=project, member__name="Member P", role="advisor")
    today = timezone.localdate()
    TaskFactory(project=project, title="Fix the split", owner=lead, due_on=today + timedelta(days=3))
    TaskFactory(project=project, title="Write down the stopping rule before the next run")
    TaskFactory(project=project, title="Train five seeds", owner=mates[0], state="doing", due_on=today - timedelta(2))
    TaskFactory(project=project, title="Plot script", owner=mates[1], state="review", due_on=today)
    TaskFactory(project=project, title="Choose the corpus and freeze it", owner=lead, state="done")
    monday = today - timedelta(days=today.weekday())
    for week in (1, 2):
        words = {"done": "Three of five seeds agree.", "next": "The two that are left.", "in_the_way": "The third."}
        UpdateFactory(project=project, author=mates[0], week_on=monday - timedelta(weeks=week), **words)
    OutputFactory(project=project, title="The code", kind="code")
    OrganizerFactory(name="Member O", email="organizer@example.org")
    ProposalFactory(pk=1, title="A second question", author=lead)
    ProposalFactory(pk=2, title="A third question", author=lead, state="returned")
    return project


@pytest.mark.parametrize(("script", "width", "theme"), WALKS)
def test_a_team_works_on_its_project(browser: Browser, site, probing, script, width, theme):
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, java_script_enabled=script)
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)

    def check(name: str) -> None:
        if SHOTS and script:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
        if script:
            nothing_found(page)

    page.goto(f"{site}/projects/")
    check("visitor-list")
    page.goto(f"{site}/projects/probing/")
    expect(page.get_by_text("Member A")).to_have_count(0)
    sign_in(page, site, "lead@example.org")
    check("week")
    page.goto(f"{site}/projects/")
    check("list")
    page.get_by_role("link", name="Open the board").click()
    check("project")
    page.get_by_role("button", name=re.compile("Start ?: Fix the split")).click()
    expect(page.get_by_role("status")).to_contain_text("“Fix the split” is now: Doing.")
    page.get_by_role("button", name=re.compile("Take this ?: Write down")).click()
    expect(page.get_by_role("status")).to_contain_text("is yours.")
    page.get_by_role("link", name=re.compile("Change ?: Fix the split")).click()
    check("task")
    page.get_by_label("Who does it").select_option("Member B")
    page.get_by_role("button", name="Save the task").click()
    page.get_by_label("What happened").fill("We froze the corpus.")
    page.get_by_role("button", name="Post update").click()
    expect(page.get_by_text("We froze the corpus.").first).to_be_visible()
    page.get_by_text("Say what is in the way").click()
    page.get_by_label("What is in the way?").fill("We do not agree on the stopping rule.")
    page.get_by_role("button", name="Send it to them").click()
    expect(page.get_by_text("Choose at least one person; nobody else will see it.").first).to_be_visible()
    check("blocker-form")
    page.get_by_role("group", name="Who should help").get_by_label("Member P").check()
    page.get_by_role("button", name="Send it to them").click()
    expect(page.get_by_text("The one who raised it and those who handle it, nobody else")).to_be_visible()
    check("blocker")
    assert Blocker.objects.get().visibility == "private"
    page.goto(f"{site}/projects/probing/team/?q=member")
    check("team")
    page.goto(f"{site}/projects/probing/edit/")
    check("edit")
    page.goto(f"{site}/projects/propose/")
    check("propose")
    page.goto(f"{site}/projects/proposals/2/")
    check("returned")
    context.clear_cookies()
    sign_in(page, site, "organizer@example.org")
    page.goto(f"{site}/projects/proposals/")
    check("proposals")
    page.goto(f"{site}/projects/proposals/1/")
    check("decide")
    page.get_by_role("button", name="Accept").click()
    expect(page).to_have_url(f"{site}/projects/a-second-question/")
    check("new-project")
    # Forms that come back are told by their status, which the browser notes.
    assert [problem for problem in problems if "422" not in problem] == []
    context.close()
