"""Every kind's mail as it is seen: nothing is cut off on a phone, in light or dark. SHOTS=folder keeps the pictures."""

import os

import pytest

from collaborative.home.kinds import BY_KEY
from tests.every_mail import owed, words

pytestmark = pytest.mark.django_db
SHOTS = os.environ.get("SHOTS", "")


@pytest.mark.parametrize("key", BY_KEY)
def test_a_mail_fits_its_reader(browser, key, now):
    html = words(owed(key, now), now).html
    for width in (600, 360):
        for theme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=theme)
            page.set_content(html)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.get_by_role("heading", level=1).count() == 1
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/mail-{key}-{width}-{theme}.png", full_page=True)
            page.close()
