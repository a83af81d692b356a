"""Light pages: what a phone on a poor line has to load, on a first visit with an empty cache and on a second."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from tests.factories import MemberFactory

FIRST_VISIT, SECOND_VISIT = 60_000, 20_000
PUBLIC = [
    "/",
    "/groups/",
    "/groups/attention/",
    "/groups/?q=attention",
    "/zone/",
    "/accounts/signup/",
    "/accounts/login/",
]
MEMBERS = ["/me/", "/me/availability/", "/me/profile/", "/accounts/email/", "/groups/attention/"]


def weigh(context: BrowserContext, url: str) -> int:
    """The bytes that come over the wire for one visit, headers included."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    page.close()
    return round(sum(sizes))


@pytest.mark.parametrize(("path", "is_member"), [(p, False) for p in PUBLIC] + [(p, True) for p in MEMBERS])
def test_pages_are_light(browser: Browser, site, term, path, is_member):
    context = browser.new_context()
    if is_member:
        client = Client()
        client.force_login(MemberFactory())
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    first, second = weigh(context, site + path), weigh(context, site + path)
    context.close()
    assert (first <= FIRST_VISIT, second <= SECOND_VISIT) == (True, True), (first, second)
