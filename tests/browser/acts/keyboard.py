"""Somebody who has no mouse and no finger on the screen: all that others click, they reach by Tab."""

import re
from pathlib import Path

from playwright.sync_api import Locator

from tests.browser.acts.cast import Person

MOST_TABS = 150


class Typist(Person):
    def follows(self, name: str | re.Pattern, within: Locator | None = None) -> None:
        self._enters((within or self.page).get_by_role("link", name=name, exact=True).first)

    def presses(self, name: str | re.Pattern, within: Locator | None = None) -> None:
        self._enters((within or self.page).get_by_role("button", name=name, exact=True).first)

    def goes_to(self, name: str) -> None:
        navigation = self.page.get_by_role("navigation", name="Main")
        links = navigation.get_by_role("link", name=name, exact=True)
        if not links.first.is_visible():
            self.unfolds("More", navigation)
        self._enters(links.locator("visible=true"))

    def opens_own(self, name: str) -> None:
        self.unfolds(self.name, self.page.get_by_role("banner"))
        self.follows(name, self.page.locator("details.me"))

    def takes(self, name: str) -> Path:
        self._tabs_to(self.page.get_by_role("link", name=name, exact=True))
        with self.page.expect_download() as caught:
            self.page.keyboard.press("Enter")
        return caught.value.path()

    def unfolds(self, name: str, within: Locator | None = None) -> None:
        self._tabs_to((within or self.page).locator("summary", has_text=name).first)
        self.page.keyboard.press("Enter")

    def writes(self, label: str, text: str, within: Locator | None = None) -> None:
        self._tabs_to(self.field(label, within))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def adds(self, field: Locator, text: str) -> None:
        self._tabs_to(field)
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def ticks(self, label: str, within: Locator | None = None) -> None:
        self._tabs_to(self.field(label, within))
        self.page.keyboard.press("Space")

    def finds_by_letters(self, label: str, option: str) -> None:
        """Choose one of a list by typing how it begins, as browsers let people do."""
        self._tabs_to(self.field(label))
        self.page.keyboard.type(option)

    def _enters(self, target: Locator) -> None:
        self._tabs_to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def _tabs_to(self, target: Locator) -> None:
        """Press Tab until something has the focus, and see that this can be seen."""
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                outline = target.evaluate("element => getComputedStyle(element).outlineStyle")
                assert outline != "none", f"{target} has the focus, and nobody sees it"
                return
        raise AssertionError(f"{target} cannot be reached by Tab at {self.page.url}")
