"""A mentoring round in a browser: members on a phone, an organizer at both widths, nothing for axe to find."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from members.models import TopicExperience
from mentorship.models import Mentorship, Offer, Request, Round
from tests.browser.test_availability import context_of
from tests.browser.test_newcomer import WIDTHS, nothing_found
from tests.factories import (
    AdminFactory,
    MemberFactory,
    MentorRequestFactory,
    MentorshipFactory,
    OfferFactory,
    RoundFactory,
    TopicFactory,
    TypicalWeekFactory,
)
from tests.factories.mentorship import solve_now


@pytest.fixture
def organizer(term):
    return AdminFactory(name="Member G", time_zone="Asia/Kolkata")


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than the window"


def test_a_member_asks_and_offers_on_a_phone_without_a_script(browser: Browser, site, term):
    RoundFactory(title="Autumn round", slug="autumn", closes_at=timezone.now() + timedelta(days=2))
    TopicFactory(name="Topic modelling")
    member = MemberFactory(name="Member A")
    context = context_of(browser, site, member, viewport=WIDTHS["phone"], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/mentoring/")
    fits(page)
    page.get_by_role("link", name="Ask for a mentor").click()
    fits(page)
    page.get_by_label("Topics of your goals").select_option(label="Topic modelling")
    page.get_by_role("textbox", name="Your goals").fill("Understand what a topic model finds.")
    page.get_by_role("button", name="Save your request").click()
    expect(page.get_by_role("status")).to_contain_text("Your request is saved.")
    page.get_by_role("link", name="Offer to mentor").click()
    fits(page)
    page.get_by_role("button", name="Save your offer").click()
    expect(page.get_by_text("You offer 2 places")).to_be_visible()
    assert Request.objects.get().member == Offer.objects.get().member == member


@pytest.mark.parametrize(("width", "theme"), [("wide", "light"), ("phone", "dark")])
def test_an_organizer_reviews_and_publishes(browser: Browser, site, organizer, width, theme):
    mentoring_round = RoundFactory(
        title="Autumn round", slug="autumn", closes_at=timezone.now() - timedelta(hours=1), minimum_shared_minutes=0
    )
    topic = TopicFactory(name="Topic modelling")
    other = TopicFactory(name="Graphs")
    for n in range(3):
        offer = OfferFactory(round=mentoring_round, capacity=1, member=MemberFactory(name=f"Member {'CDE'[n]}"))
        TopicExperience.objects.create(member=offer.member, topic=topic, level=3, months=12 * n)
    for n in range(4):
        member = MemberFactory(name=f"Member {'QRST'[n]}")
        request = MentorRequestFactory(round=mentoring_round, topic=topic, level=n, member=member)
        if n == 3:
            request.goal_topics.add(other)
    solve_now(mentoring_round, now=timezone.now())
    context = context_of(browser, site, organizer, viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    page.goto(f"{site}/mentoring/rounds/autumn/")
    fits(page)
    nothing_found(page)
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("status")).to_contain_text("The pair is kept")
    page.get_by_role("button", name=re.compile(r"Save\s*: Member")).first.click()
    expect(page.get_by_text("looks after this until the next round").first).to_be_visible()
    page.get_by_label("I have read the weakest pairs").check()
    page.get_by_role("button", name="Publish 3 pairs").click()
    expect(page.get_by_role("status")).to_contain_text("Published 3 pairs.")
    nothing_found(page)
    assert Mentorship.objects.count() == 3


@pytest.mark.parametrize(("width", "theme"), [("wide", "dark"), ("phone", "light")])
def test_the_other_pages_have_nothing_for_axe_to_find(browser: Browser, site, organizer, width, theme):
    mentoring_round = RoundFactory(slug="autumn", closes_at=timezone.now() + timedelta(days=2))
    OfferFactory(round=mentoring_round, topic=TopicFactory())
    today = timezone.localdate()
    pair = MentorshipFactory(mentee=organizer, starts_on=today, ends_on=today + timedelta(weeks=12))
    for member in (pair.mentor, organizer):
        TypicalWeekFactory(member=member, valid_from=date(2026, 11, 2))
    context = context_of(browser, site, organizer, viewport=WIDTHS[width], color_scheme=theme)
    page = context.new_page()
    rounds = "/mentoring/rounds"
    for path in (
        "/mentoring/",
        f"/mentoring/{pair.pk}/",
        f"{rounds}/new/",
        f"{rounds}/autumn/",
        f"{rounds}/autumn/weights/",
        f"{rounds}/autumn/offer/",
        f"{rounds}/autumn/ask/",
    ):
        page.goto(site + path)
        fits(page)
        nothing_found(page)
    assert Round.objects.count() == 2
