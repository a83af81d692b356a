"""Every page that somebody gets, as the table of permissions has them: it fits, and axe finds nothing on it."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

from tests.browser.test_newcomer import WIDTHS, nothing_found
from tests.permissions.rows import Row
from tests.permissions.scene import Scene, build
from tests.permissions.table import TABLE

# Pages of Django's admin look as its theme has it, and have tests of their own.
NOT_OURS = ("admin", "api:")


def seen_by(row: Row) -> str | None:
    """Of those who get the page whoever sees most of it: in the table they come last."""
    roles = [role for (method, role), got in row.expected.items() if (method, got) == ("GET", 200)]
    return roles[-1] if roles else None


def pages(scene: Scene) -> Iterator[tuple[str, str]]:
    """The role and the path of each page in HTML, once."""
    known = set()
    for row in TABLE:
        role, path = seen_by(row), row.path()
        if role is None or row.name.startswith(NOT_OURS) or (role, path) in known:
            continue
        known.add((role, path))
        client = Client()
        if role in scene.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = scene.sessions[role]
        if client.get(path).headers["Content-Type"].startswith("text/html"):
            yield role, path


@pytest.mark.parametrize(("width", "theme"), [("phone", "dark"), ("wide", "light")])
def test_it_fits_and_axe_finds_nothing(browser: Browser, site, transactional_db, width, theme):
    scene = build()
    found = list(pages(scene))
    assert len(found) > 100
    wrong = {}
    for role in dict.fromkeys(role for role, _path in found):
        context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme)
        if role in scene.sessions:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": scene.sessions[role], "url": site}
            context.add_cookies([cookie])
        page = context.new_page()
        for path in (path for whose, path in found if whose == role):
            page.goto(site + path)
            try:
                nothing_found(page)
            except AssertionError as error:
                wrong[f"{path} as {role}"] = str(error)
        context.close()
    assert not wrong
