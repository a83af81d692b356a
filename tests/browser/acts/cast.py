"""The people of a term. Each has a browser of their own, and every page that they come to is looked at."""

import os
import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Browser, Locator, Response, expect

from tests.browser.acts.backstage import Post, Worker, link_in
from tests.browser.test_admin import search_for
from tests.browser.test_newcomer import WIDTHS, nothing_found
from tests.factories.members import PASSWORD

SHOTS = os.environ.get("SHOTS", "")
# The admin has its menu beside the page from here on.
VIEWPORTS = WIDTHS | {"desk": {"width": 1440, "height": 900}}


@dataclass
class Stage:
    """What everybody shares: the site, its post and worker, and what was found wrong on the way."""

    browser: Browser
    site: str
    post: Post
    worker: Worker
    began_at: datetime
    # A file of applicants, and what must be said of its rows.
    applicants: Path
    mistakes: list[str]
    # Pages that axe has seen, each by its view, width and theme.
    looked_at: set[tuple[str, str, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    # Answers that are no pages, with who got them.
    refusals: list[str] = field(default_factory=list)

    @property
    def first_session_on(self) -> date:
        """The first day on which the group of the term meets."""
        return self.began_at.date() + timedelta(days=3)


class Person:
    """Somebody at a browser, by the words and roles that they find there."""

    def __init__(
        self, stage: Stage, name: str, *, width: str = "phone", theme: str = "light", script: bool = True, zone: str
    ) -> None:
        self.stage, self.name, self.width, self.theme, self.script = stage, name, width, theme, script
        self.email = ""
        # The address that they applied from; they sign up with another one.
        self.applied_from = ""
        self.context = stage.browser.new_context(
            base_url=stage.site,
            viewport=VIEWPORTS[width],
            color_scheme=theme,
            java_script_enabled=script,
            timezone_id=zone,
            accept_downloads=True,
        )
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: stage.problems.append(f"{name} at {self.page.url}: {error}"))
        self.page.on("response", self._note_response)

    # Going somewhere.

    def opens(self, path: str) -> None:
        """Open an address of the site, or one that stood in a mail."""
        self.page.goto(path)
        self.looks()

    def finds_nothing_at(self, path: str) -> None:
        """There is no such page for them; the refusal is meant."""
        self.page.goto(path)
        self.stage.refusals.remove(f"{self.name}: 404 {urlsplit(self.page.url).path}")
        expect(self.page.get_by_role("heading", level=1)).to_have_text("There is no such page")
        self.looks()

    def follows(self, name: str | re.Pattern, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=name, exact=True).first.click()
        self.looks()

    def presses(self, name: str | re.Pattern, within: Locator | None = None) -> None:
        with self.page.expect_navigation():
            (within or self.page).get_by_role("button", name=name, exact=True).first.click()
        self.looks()

    def takes(self, name: str) -> Path:
        """Follow a link to a file; where the browser has put it."""
        with self.page.expect_download() as caught:
            self.page.get_by_role("link", name=name, exact=True).click()
        return caught.value.path()

    def unfolds(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).locator("summary", has_text=name).first.click()

    def goes_to(self, name: str) -> None:
        """By the navigation; on a phone some of it is below “More”."""
        navigation = self.page.get_by_role("navigation", name="Main")
        links = navigation.get_by_role("link", name=name, exact=True)
        if not links.first.is_visible():
            self.unfolds("More", navigation)
        with self.page.expect_navigation():
            links.locator("visible=true").first.click()
        self.looks()

    def opens_own(self, name: str) -> None:
        """By the menu under their own name."""
        self.page.locator("details.me > summary").click()
        self.follows(name, self.page.locator("details.me"))

    def turns_to(self, name: str) -> None:
        """In the admin: by the menu at its side, where an icon's word comes before each name."""
        self.follows(re.compile(rf"(^|\s){name}$"), self.page.locator("#nav-sidebar"))

    def adds_to(self, name: str) -> None:
        """In the admin: open the form of a new row of a list."""
        self.turns_to(name)
        with self.page.expect_navigation():
            self.main.locator("a[href$='/add/']").first.click()

    # Filling in.

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """A field by its label, which may go on to say that it is optional; parts of the page have labels as well."""
        labelled = (within or self.page).get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*\(optional\))?\s*$"))
        return labelled.and_(self.page.locator("input, select, textarea")).first

    def writes(self, label: str, text: str, within: Locator | None = None) -> None:
        self.field(label, within).fill(text)

    def chooses(self, label: str, option: str, within: Locator | None = None) -> None:
        self.field(label, within).select_option(label=option)

    def ticks(self, label: str, within: Locator | None = None) -> None:
        self.field(label, within).check()

    def adds(self, field: Locator, text: str) -> None:
        """Write at the end of what stands in a field."""
        field.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    # The admin's fields have names, and say little else.

    def fills(self, within: Locator | None = None, **fields: object) -> None:
        for name, value in fields.items():
            (within or self.page).locator(f"[name={name}]").fill(str(value))

    def sets(self, **fields: str) -> None:
        for name, label in fields.items():
            self.page.locator(f"select[name={name}]").select_option(label=label)

    def picks(self, **fields: str) -> None:
        """Type into a field that is searched, and take the first answer."""
        for name, text in fields.items():
            search_for(self.page, self.page.locator(f".field-{name}"), text)

    # Reading.

    @property
    def main(self) -> Locator:
        return self.page.locator("#main")

    def section(self, heading: str) -> Locator:
        """A part of the page, by its heading."""
        return self.page.get_by_role("region", name=heading, exact=True)

    def reads(self, *texts: str, within: Locator | None = None) -> None:
        for text in texts:
            expect((within or self.main).get_by_text(text).locator("visible=true").first).to_be_visible()

    def misses(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_text(text)).to_have_count(0)

    def is_told(self, text: str) -> None:
        expect(self.main.get_by_role("status").filter(has_text=text).first).to_be_visible()

    def is_warned(self, text: str) -> None:
        """A form came back; the answer's status says so as well, and that refusal is meant."""
        expect(self.main.get_by_role("alert").filter(has_text=text).first).to_be_visible()
        self.stage.refusals.remove(f"{self.name}: 422 {urlsplit(self.page.url).path}")

    # Mail and account.

    def mails(self) -> list[str]:
        return self.stage.post.subjects(self.email)

    def follows_mail(self, subject: str, part: str, *, to: str = "") -> None:
        """Open a link of their latest mail of that subject."""
        mails = [mail for mail in self.stage.post.to(to or self.email) if mail["Subject"].strip() == subject]
        assert mails, f"{self.name} has no mail “{subject}”, but {self.stage.post.subjects(to or self.email)}"
        # As in a new tab, so that a page of the same address is loaded again.
        self.page.goto("about:blank")
        self.opens(link_in(mails[-1], part))

    def signs_in(self) -> None:
        self.opens("/accounts/login/")
        self.writes("Email", self.email)
        self.writes("Password", PASSWORD)
        self.presses("Sign in", self.main)

    def signs_up(self, email: str) -> None:
        """From a page with the form to the page that comes after the address is confirmed."""
        self.email = email
        self.writes("Email", email)
        self.writes("Password", PASSWORD)
        self.presses("Join", self.main)
        self.reads("A mail is on its way to you.")
        confirmation = self.stage.post.to(email)[-1]
        self.opens(link_in(confirmation, "/accounts/confirm-email/"))
        self.presses("Confirm this address")

    # What is looked at on every page.

    def looks(self) -> None:
        """The page fits, says what it is, and axe finds nothing on it, the first time that anybody sees one like it."""
        page, view = self.page, resolve(urlsplit(self.page.url).path).view_name
        if view.startswith("admin:"):
            return  # the theme's pages have a test of their own
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
        seen = (view, self.width, self.theme)
        if SHOTS:
            number = len(list(Path(SHOTS).glob("*.png")))
            page.screenshot(path=f"{SHOTS}/{number:03}-{view.replace(':', '-')}-{self.name}.png", full_page=True)
        if self.script and seen not in self.stage.looked_at:
            self.stage.looked_at.add(seen)
            nothing_found(page)

    def _note_console(self, message) -> None:
        # Answers that are no pages are noted by themselves.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.stage.problems.append(f"{self.name} at {self.page.url}: {message.text}")

    def _note_response(self, response: Response) -> None:
        address = urlsplit(response.url)
        if not response.url.startswith((self.stage.site, "data:")):
            self.stage.problems.append(f"{self.name} at {self.page.url}: asked {response.url}")
        if response.status >= 400:
            self.stage.refusals.append(f"{self.name}: {response.status} {address.path}")


@dataclass
class Cast:
    """Who plays: on a phone the four members, each in a way of their own."""

    stage: Stage
    visitor: Person
    admin: Person
    organizer: Person
    lead: Person
    dark: Person
    scriptless: Person
    typist: Person

    @property
    def members(self) -> list[Person]:
        return [self.lead, self.dark, self.scriptless, self.typist]
