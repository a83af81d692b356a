"""Pages as people read them, and forms as a browser would send them back: every field, with some of them changed."""

import re
from html import unescape
from html.parser import HTMLParser

UNSENT = {"submit", "button", "image", "reset", "file"}


class _Fields(HTMLParser):
    """The fields of one form, by its id; values as a browser submits them, buttons left out."""

    def __init__(self, form_id: str):
        super().__init__()
        self.form_id = form_id
        self.inside = False
        self.data: dict[str, list[str]] = {}
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.inside = at.get("id") == self.form_id
        if not self.inside or "disabled" in at:
            return
        name = at.get("name") or ""
        if tag == "input" and name and at.get("type") not in UNSENT:
            if at.get("type") not in {"checkbox", "radio"} or "checked" in at:
                self.data.setdefault(name, []).append(at.get("value") or ("on" if "checked" in at else ""))
        elif tag == "select" and name:
            self._select, self._options = (name, "multiple" in at), []
        elif tag == "option" and self._select:
            self._options.append((at.get("value") or "", "selected" in at))
        elif tag == "textarea" and name:
            self._area = name
            self.data[name] = [""]

    def handle_data(self, data):
        if self._area:
            self.data[self._area][0] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self._area:
            # A browser leaves out the line break that the markup begins with.
            self.data[self._area][0] = self.data[self._area][0].removeprefix("\n").removeprefix("\r\n")
            self._area = None
        elif tag == "select" and self._select:
            name, is_multiple = self._select
            chosen = [value for value, is_selected in self._options if is_selected]
            if not chosen and self._options and not is_multiple:
                chosen = [self._options[0][0]]
            if chosen:
                self.data[name] = chosen
            self._select = None


def fields_of(response, form_id: str) -> dict[str, list[str]]:
    """What a browser would send if somebody only pressed the button."""
    parser = _Fields(form_id)
    parser.feed(response.content.decode())
    assert parser.data, f"there is no form {form_id} on this page"
    return parser.data


def send(client, url: str, form_id: str, /, *, button: str = "_save", **changes):
    """Open a page, change some fields of a form, and press a button. A change to None leaves the field out."""
    data = fields_of(client.get(url), form_id)
    data |= {name: value if isinstance(value, list) else [str(value)] for name, value in changes.items()}
    data = {name: value for name, value in data.items() if value != ["None"]}
    return client.post(url, data | {button: "1"})


def text_of(response) -> str:
    """What a page says, without its markup, with one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
