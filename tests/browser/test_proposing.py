"""A group comes to be and people come into it, as they see it: proposed, opened, run, invited to, sat in at."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from reading_groups.models import ReadingGroup
from tests.browser.test_newcomer import WALKS, WIDTHS, nothing_found, sign_in
from tests.factories import MemberFactory, OrganizerFactory

SHOTS = os.environ.get("SHOTS", "")


def as_whom(browser: Browser, site: str, email: str, problems: list[str], **options) -> Page:
    page = browser.new_context(**options).new_page()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    if email:
        sign_in(page, site, email)
    return page


@pytest.mark.parametrize(("script", "width", "theme"), WALKS)
def test_a_group_is_proposed_opened_and_filled(browser: Browser, site, term, script, width, theme):
    MemberFactory(name="Member P", email="proposer@example.org", time_zone="Europe/Berlin")
    MemberFactory(name="Member G", email="guest@example.org")
    OrganizerFactory(name="Member O", email="all@example.org")
    problems: list[str] = []
    options = {"viewport": WIDTHS[width], "color_scheme": theme, "java_script_enabled": script}

    def check(page: Page, name: str) -> None:
        if SHOTS and script:
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{theme}.png", full_page=True)
        if script:
            nothing_found(page)

    proposer = as_whom(browser, site, "proposer@example.org", problems, **options)
    proposer.goto(f"{site}/groups/")
    proposer.get_by_role("link", name="Propose a group").click()
    check(proposer, "propose")
    proposer.get_by_role("button", name="Send the proposal").click()
    check(proposer, "propose-wrong")
    proposer.get_by_label("Title").fill("Graphs, slowly")
    proposer.get_by_label("What it is about").fill("One paper a fortnight.")
    proposer.get_by_label("Weekday").select_option("Tuesdays")
    proposer.get_by_label("Time of day").fill("18:00")
    first = timezone.localdate() + timedelta(days=7)
    proposer.get_by_label("From", exact=True).fill(first.isoformat())
    proposer.get_by_label("To", exact=True).fill((first + timedelta(days=20)).isoformat())
    proposer.get_by_role("button", name="Send the proposal").click()
    expect(proposer.get_by_text("Your group is with the organizers.")).to_be_visible()
    check(proposer, "proposal")

    organizers = as_whom(browser, site, "all@example.org", problems, **options)
    organizers.goto(f"{site}/groups/proposals/")
    check(organizers, "proposals")
    organizers.get_by_role("link", name="Graphs, slowly").click()
    expect(organizers.get_by_role("button", name="Open for sign-up")).to_be_visible()
    check(organizers, "proposal-to-answer")
    organizers.get_by_role("button", name="Open for sign-up").click()
    expect(organizers.get_by_text("The group is open")).to_be_visible()

    page = f"{site}/groups/graphs-slowly/"
    for name in ("settings", "plan", "next-term", "links"):
        proposer.goto(f"{page}{name}/")
        check(proposer, f"group-{name}")
    proposer.get_by_label("For whom").fill("For the course")
    proposer.get_by_label("People at most").fill("5")
    proposer.get_by_role("button", name="Make the link").click()
    address = proposer.get_by_label("Address: For the course").input_value()
    check(proposer, "link")

    visitor = as_whom(browser, site, "", problems, **options)
    visitor.goto(address)
    expect(visitor.get_by_role("heading", name="Graphs, slowly")).to_be_visible()
    check(visitor, "invitation")

    guest = as_whom(browser, site, "guest@example.org", problems, **options)
    guest.goto(page)
    guest.get_by_text("Sit in once").click()
    check(guest, "sit-in-asked")
    guest.get_by_role("button", name="Sit in at the next session").click()
    expect(guest.get_by_text("You sit in on")).to_be_visible()
    check(guest, "sits-in")
    guest.goto(address)
    guest.get_by_role("button", name="Take a place").click()
    expect(guest.get_by_text("Your first is the next one")).to_be_visible()

    proposer.goto(page)
    proposer.get_by_text("For organizers").click()
    check(proposer, "for-organizers")
    proposer.get_by_role("link", name="Pause").click()
    expect(proposer.get_by_text("The one person with a place keeps it")).to_be_visible()
    check(proposer, "pause")
    proposer.get_by_role("button", name="Pause").click()
    expect(proposer.get_by_text("The group pauses. Those with")).to_be_visible()
    check(proposer, "paused")
    guest.goto(page)
    expect(guest.get_by_text("Your place is kept")).to_be_visible()
    check(guest, "paused-guest")
    assert ReadingGroup.objects.get(slug="graphs-slowly").state == "paused"
    # The form that came back is told by its status, once.
    assert len(problems) == 1
    assert "422" in problems[0]
    for one in (proposer, organizers, visitor, guest):
        one.context.close()
