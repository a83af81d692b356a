"""A member makes a token and reads what programs can ask for, under the site's own content policy."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect
from rest_framework.authtoken.models import Token

from collaborative.models import Site
from tests.browser.test_newcomer import nothing_found
from tests.factories import MemberFactory


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1280, "dark")])
def test_a_token_and_the_reference(browser: Browser, site, term, width, theme):
    Site.objects.update_or_create(pk=1, defaults={"parts": ["groups", "projects", "mentoring", "cohorts"]})
    client = Client()
    client.force_login(MemberFactory())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{site}/me/data/")
    nothing_found(page)
    page.get_by_role("link", name="Your token").click()
    nothing_found(page)
    page.get_by_role("button", name="Make a token").click()
    key = page.get_by_label("Copy it").input_value()
    nothing_found(page)
    assert Token.objects.count() == 1
    answer = context.request.get(f"{site}/api/v1/agenda/", headers={"Authorization": f"Token {key}"})
    assert (answer.status, answer.json()) == (200, [])

    page.get_by_role("link", name="What programs can ask for").click()
    expect(page.get_by_text("/api/v1/groups/{slug}/join/")).to_be_visible()
    page.get_by_text("/api/v1/agenda/").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.get_by_text("Server response")).to_be_visible()
    assert problems == []
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
    context.close()
