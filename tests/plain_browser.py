"""A browser without JavaScript, for tests that use the site as its pages say: links, forms, buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client

MOST_REDIRECTS = 10


@dataclass
class Button:
    text: str
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """A form as a page shows it, with what is filled in already."""

    id: str
    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text = ""
        self._in_form: Form | None = None
        self._elsewhere: list[tuple[str, Button | tuple[str, str]]] = []
        self._button: Button | None = None
        self._select: dict | None = None
        self._area: list[str] | None = None
        self._link: list[str] | None = None
        self._silent = 0
        self.feed(html)
        self.close()
        for form_id, thing in self._elsewhere:
            form = next(form for form in self.forms if form.id == form_id)
            (form.buttons if isinstance(thing, Button) else form.fields).append(thing)

    def _put(self, attrs: dict, thing: Button | tuple[str, str]) -> None:
        if attrs.get("form"):
            self._elsewhere.append((attrs["form"], thing))
        elif self._in_form is not None:
            (self._in_form.buttons if isinstance(thing, Button) else self._in_form.fields).append(thing)

    def handle_starttag(self, tag, pairs):
        attrs = {name: value or "" for name, value in pairs}
        match tag:
            case "form":
                method = attrs.get("method", "get").lower()
                self._in_form = Form(attrs.get("id", ""), method, attrs.get("action", ""))
                self.forms.append(self._in_form)
            case "input":
                kind = attrs.get("type", "text")
                is_off = kind in {"checkbox", "radio"} and "checked" not in attrs
                if attrs.get("name") and not is_off and "disabled" not in attrs:
                    self._put(attrs, (attrs["name"], attrs.get("value", "on" if kind == "checkbox" else "")))
            case "button":
                self._button = Button("", attrs.get("name", ""), attrs.get("value", ""))
                self._put(attrs, self._button)
            case "select":
                self._select = attrs | {"first": None, "chosen": None}
            case "option" if self._select is not None:
                value = attrs.get("value", "")
                self._select["first"] = value if self._select["first"] is None else self._select["first"]
                if "selected" in attrs:
                    self._select["chosen"] = value
            case "textarea":
                self._area, self._area_attrs = [], attrs
            case "a":
                self._link, self._href = [], attrs.get("href", "")
            case "script" | "style":
                self._silent += 1

    def handle_endtag(self, tag):
        match tag:
            case "form":
                self._in_form = None
            case "button" if self._button:
                self._button.text = " ".join(self._button.text.split())
                self._button = None
            case "select" if self._select is not None:
                chosen = self._select["chosen"] if self._select["chosen"] is not None else self._select["first"]
                self._put(self._select, (self._select["name"], chosen or ""))
                self._select = None
            case "textarea" if self._area is not None:
                if self._area_attrs.get("name"):
                    # The line break right after the tag belongs to the markup.
                    self._put(self._area_attrs, (self._area_attrs["name"], "".join(self._area).removeprefix("\n")))
                self._area = None
            case "a" if self._link is not None:
                self.links.append((" ".join("".join(self._link).split()), self._href))
                self._link = None
            case "script" | "style":
                self._silent -= 1

    def handle_data(self, data):
        if self._button:
            self._button.text += data
        if self._area is not None:
            self._area.append(data)
        if self._link is not None:
            self._link.append(data)
        if not self._silent:
            self.text += data


class PlainBrowser:
    """Opens pages, follows redirects, and sends forms with their hidden fields, as a person would."""

    def __init__(self, client: Client | None = None):
        self.client = client or Client(enforce_csrf_checks=True)
        self.url = ""

    def open(self, url: str) -> "PlainBrowser":
        return self.arrive(url, self.client.get(url))

    def arrive(self, url: str, response) -> "PlainBrowser":
        """Go where a response leads, and read the page that is there."""
        self.passed: list[tuple[int, str]] = []
        for _redirect in range(MOST_REDIRECTS):
            if response.status_code not in {301, 302, 303}:
                break
            parts = urlsplit(urljoin(url, response.headers["Location"]))
            url = parts.path + (f"?{parts.query}" if parts.query else "")
            self.passed.append((response.status_code, url))
            response = self.client.get(url)
        self.url, self.response, self.status = url, response, response.status_code
        self.html = response.content.decode()
        self.page = _Page(self.html)
        self.words = " ".join(self.page.text.split())
        return self

    def form(self, button: str) -> tuple[Form, Button]:
        """The first form with a button of these words, or whose words begin like that."""
        for form in self.page.forms:
            for candidate in form.buttons:
                if candidate.text == button or candidate.text.startswith(f"{button}:"):
                    return form, candidate
        found = [button.text for form in self.page.forms for button in form.buttons]
        raise AssertionError(f"no button “{button}” on {self.url}, only {found}")

    def filled_in(self, button: str) -> dict[str, str]:
        """What the form of that button holds, without its token."""
        return {name: value for name, value in self.form(button)[0].fields if name != "csrfmiddlewaretoken"}

    def press(self, button: str, /, **typed: str) -> "PlainBrowser":
        """Fill in fields by their names and send the form."""
        form, pressed = self.form(button)
        names = {name for name, _value in form.fields}
        assert set(typed) <= names, f"no fields {set(typed) - names} in the form of “{button}”"
        data: dict[str, list[str]] = {}
        for name, value in form.fields:
            data.setdefault(name, []).append(value)
        data |= {name: [value] for name, value in typed.items()}
        if pressed.name:
            data[pressed.name] = [pressed.value]
        url = urljoin(self.url, form.action)
        response = self.client.post(url, data) if form.method == "post" else self.client.get(url, data)
        return self.arrive(url, response)

    def follow(self, link: str) -> "PlainBrowser":
        """Click on the first link with these words."""
        for text, href in self.page.links:
            if text == link:
                return self.open(urljoin(self.url, href))
        raise AssertionError(f"no link “{link}” on {self.url}, only {[text for text, _ in self.page.links]}")
