"""A week goes by: everybody hears of what is theirs, once; calendars, programs and the search know the same."""

import json
import re
import urllib.error
import urllib.request
from collections import Counter

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.acts.backstage import text_of
from tests.browser.acts.building import OTHER_TASK, PROJECT, TASK
from tests.browser.acts.cast import Cast, Person
from tests.browser.acts.mentoring import MEETING
from tests.browser.acts.reading import PAPER, TITLE

OWN_PART = f"You present: {PAPER}"
PRESENTING, SESSION = rf"^You present .+: {PAPER}$", rf"^[A-Z][a-z]{{2}} \d.+: {PAPER}$"
SOON = rf"^At \d\d:\d\d: {PAPER}$"
# For the session after next: to the three who have presented least, and to whoever runs the group.
WANTED = f"^Presenter wanted .+: {TITLE}$"
DIGEST = "^(Your week: |Today at )"


def a_week_goes_by(cast: Cast) -> None:
    """However often the worker looks, nobody gets a mail twice, and nobody gets one that is not theirs."""
    people = [*cast.members, cast.organizer, cast.admin]
    before = {person.name: len(person.mails()) for person in people}
    cast.stage.worker.live_through(timezone.now(), days=7)
    got = {person.name: person.mails()[before[person.name] :] for person in people}
    is_exactly(got[cast.lead.name], PRESENTING, SESSION, SOON, f"{OTHER_TASK}$", WANTED, DIGEST)
    is_exactly(got[cast.dark.name], SESSION, SOON, f"{TASK}$", WANTED, DIGEST)
    is_exactly(got[cast.scriptless.name], PRESENTING, SESSION, SOON, DIGEST)
    is_exactly(got[cast.typist.name], SESSION, SOON, WANTED, DIGEST)
    is_exactly(got[cast.organizer.name], SESSION, SOON, WANTED, DIGEST)
    assert got[cast.admin.name] == []
    digest = next(mail for mail in cast.stage.post.to(cast.lead.email) if re.search(DIGEST, mail["Subject"]))
    assert TITLE in text_of(digest)


def is_exactly(subjects: list[str], *patterns: str) -> None:
    """Each of the patterns is that of one mail, and there are no others."""
    found = Counter(pattern for subject in subjects for pattern in patterns if re.search(pattern, subject))
    assert (len(subjects), found) == (len(patterns), Counter(patterns)), subjects


def a_calendar_subscribes(cast: Cast) -> None:
    lead = cast.lead
    lead.goes_to("Your week")
    lead.follows("Subscribe in my calendar")
    lead.presses("Get the address")
    with urllib.request.urlopen(lead.field("Copy it").input_value()) as answer:
        calendar = Calendar.from_ical(answer.read())
    events = {str(event["summary"]): event for event in calendar.walk("VEVENT")}
    assert {OWN_PART, MEETING} <= set(events)
    starts_on = events[OWN_PART]["dtstart"].dt.date()
    assert starts_on == cast.stage.first_session_on


def a_program_asks(cast: Cast) -> None:
    lead = cast.lead
    lead.opens_own("Your data")
    lead.follows("Your token")
    lead.presses("Make a token")
    token = lead.field("Copy it").input_value()
    agenda = ask(lead, "agenda", token)
    assert {OWN_PART, MEETING} <= {item["title"] for item in agenda}
    (task,) = ask(lead, "tasks", token)["results"]
    assert (task["title"], task["project"]["title"]) == (OTHER_TASK, PROJECT)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask(lead, "tasks", "x" * len(token))


def ask(person: Person, what: str, token: str):
    address = f"{person.stage.site}/api/v1/{what}/"
    request = urllib.request.Request(address, headers={"Authorization": f"Token {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def a_member_finds_all_of_it(cast: Cast) -> None:
    typist = cast.typist
    typist.goes_to("Your week")
    typist.follows("Search")
    searches(typist, "attention")
    for part, found in (("Groups", TITLE), ("Papers", PAPER), ("Projects", PROJECT)):
        expect(typist.section(part).get_by_text(found, exact=True).first).to_be_visible()
    searches(typist, cast.lead.name)
    typist.reads(cast.lead.name, within=typist.section("People"))
    searches(typist, "question")
    typist.follows("Asking a good question", typist.section("Handbook"))


def a_visitor_finds_less(cast: Cast) -> None:
    visitor = cast.visitor
    visitor.opens("/search/")
    searches(visitor, "attention")
    for part, found in (("Groups", TITLE), ("Papers", PAPER)):
        expect(visitor.section(part).get_by_text(found, exact=True).first).to_be_visible()
    visitor.misses(PROJECT)
    searches(visitor, cast.lead.name)
    visitor.reads("Nothing is called that yet")
    visitor.goes_to("Projects")
    visitor.reads("No projects yet")


def searches(person: Person, text: str) -> None:
    person.writes("A topic, a title or a name", text)
    person.presses("Search", person.main)


def play(cast: Cast) -> None:
    a_week_goes_by(cast)
    a_calendar_subscribes(cast)
    a_program_asks(cast)
    a_member_finds_all_of_it(cast)
    a_visitor_finds_less(cast)
