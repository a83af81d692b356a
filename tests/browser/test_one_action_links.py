"""The pages behind links in mails, without a sign-in, and that of days away, which leads to handing over."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from reading_groups import links
from reading_groups.models import Enrolment
from tests.browser.test_newcomer import WALKS, WIDTHS, nothing_found, sign_in
from tests.factories import (
    AwayFactory,
    EnrolmentFactory,
    PresentationFactory,
    ReadingGroupFactory,
    SessionFactory,
)

SHOTS = os.environ.get("SHOTS", "")


@pytest.mark.parametrize(("script", "width", "theme"), WALKS)
def test_one_button_does_it(browser: Browser, site, term, script, width, theme):
    now = timezone.now()
    group = ReadingGroupFactory(title="Graphs, slowly", slug="graphs")
    member = EnrolmentFactory(group=group, member__name="Member B", member__email="presents@example.org").member
    EnrolmentFactory(group=group, member__name="Member C")
    on = SessionFactory(group=group, title="Edges", starts_at=now - timedelta(minutes=5))
    coming = SessionFactory(group=group, title="Nodes", starts_at=now + timedelta(days=9))
    part = PresentationFactory(session=coming, member=member)
    held = EnrolmentFactory(group=group, state=Enrolment.State.HELD, held_until=now + timedelta(hours=5))
    AwayFactory(member=member, starts_on=coming.held_on - timedelta(days=2), ends_on=coming.held_on + timedelta(days=2))
    page = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, java_script_enabled=script).new_page()

    def check(name: str) -> None:
        if SHOTS and script:
            page.screenshot(path=f"{SHOTS}/page-{name}-{width}-{theme}.png", full_page=True)
        if script:
            nothing_found(page)

    page.goto(site + links.check_in_path(on, member.pk))
    check("check-in")
    page.get_by_role("button", name="I am here").click()
    expect(page.get_by_text("You are checked in").first).to_be_visible()
    page.goto(site + links.place_path(held))
    check("place")
    page.get_by_role("button", name="Take the place").click()
    expect(page.get_by_role("heading", name="You have a place")).to_be_visible()
    page.goto(site + links.hand_over_path(part, "graphs"))
    check("hand-over")
    page.get_by_label("Who could take over").select_option(label="Member C, has not presented yet")
    page.get_by_role("button", name="Ask them to take over").click()
    expect(page.get_by_text("Member C is asked by email")).to_be_visible()
    sign_in(page, site, "presents@example.org")
    page.goto(f"{site}/me/away/")
    check("away")
    page.get_by_role("link", name="Ask somebody to take over").click()
    expect(page.get_by_role("heading", name="Hand over")).to_be_visible()
    check("presenters")
    page.goto(site + coming.get_absolute_url())
    check("session-away")
    page.goto(f"{site}/me/mails/")
    page.locator("details.fold summary").first.click()
    check("mails")
