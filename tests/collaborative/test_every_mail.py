"""Every kind of message can be sent, says what it should and nothing that it should not, and is in the table."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template import engines

from collaborative.home.kinds import BY_KEY, KINDS, frame
from collaborative.home.kinds_table import rows
from members.availability.absence import PausesWhileAway
from notifications.mail import message_of
from tests.every_mail import CALL, PRIVATE, SCENES, owed, words

pytestmark = pytest.mark.django_db
DOCS = Path(settings.BASE_DIR) / "docs" / "notifications.md"
# What is about a meeting that its reader comes to.
WITH_CALL = {
    "sign_up_confirmed",
    "session_tomorrow",
    "session_soon",
    "session_changed",
    "sit_in",
    "presenting_next_week",
    "presenting_soon",
    "meeting_tomorrow",
    "meeting_changed",
    "weekly_digest",
}
MISSING = "‹missing›"


class Found(HTMLParser):
    """The links of a page in order, its text, and what it loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])


@pytest.fixture
def missing_is_shown():
    """A variable that a template asks for and nobody gives shows as such, instead of as nothing."""
    engine = engines["django"].engine
    was, engine.string_if_invalid = engine.string_if_invalid, MISSING
    yield
    engine.string_if_invalid = was


def test_there_is_a_scene_for_every_kind():
    assert set(SCENES) == set(BY_KEY)


@pytest.mark.parametrize("key", BY_KEY)
def test_each_kind_is_wanted_and_says_what_it_should(key, now):
    delivery = owed(key, now)
    kind = BY_KEY[key]
    assert delivery.kind == key
    assert kind.reader(delivery) is not None
    assert kind.still_wanted(delivery, now)
    mail = words(delivery, now)
    assert mail.subject
    assert len(mail.subject) < 300
    assert mail.path.startswith("/")
    for part in (mail.subject, mail.text, mail.html):
        assert PRIVATE not in part
        assert "None" not in part
    assert "\n\n\n" not in mail.text
    assert all(len(line) < 998 for line in mail.text.splitlines())
    found = Found(mail.html)
    assert found.tags.isdisjoint({"img", "script", "link", "iframe", "form"})
    links = re.findall(r"https?://\S+", mail.text)
    assert set(links) - {"https://arxiv.org/abs/2104.13478"} <= {link.split("?")[0] for link in found.links} | set(
        found.links
    ), "the HTML leads wherever the text does"
    if key in WITH_CALL:
        assert mail.text.splitlines()[0] == f"Join the call: {CALL}"
        assert found.links[0] == CALL
    assert bool(mail.stop_path) == kind.is_optional
    raw = message_of(delivery=delivery, reader=kind.reader(delivery), words=mail, frame=frame()).message().as_bytes()
    assert all(len(line) <= 998 for line in raw.splitlines())


@pytest.mark.parametrize("key", BY_KEY)
def test_no_template_asks_for_what_nobody_gives(key, now, missing_is_shown):
    mail = words(owed(key, now), now)
    assert MISSING not in mail.subject + mail.text + mail.html


def test_the_docs_have_the_table_of_all_kinds(capsys):
    call_command("kinds_table")
    assert capsys.readouterr().out == DOCS.read_text(), "run: manage.py kinds_table > docs/notifications.md"


def test_each_kind_is_a_row_of_its_own():
    table = [row for kinds in rows().values() for row in kinds]
    assert [row.key for row in table] == [kind.key for kind in KINDS]
    assert len({row.title for row in table}) == len(KINDS)
    assert all(row.when and row.to_whom for row in table)


def test_what_reminds_or_asks_is_kept_for_those_who_are_away():
    kept = {row.key for kinds in rows().values() for row in kinds if row.away == "is kept"}
    assert kept == {kind.key for kind in KINDS if isinstance(kind, PausesWhileAway)}
    assert kept == {
        "session_tomorrow",
        "session_soon",
        "presenting_next_week",
        "presenting_soon",
        "presenter_wanted",
        "question_asked",
        "sat_in",
        "group_proposed",
        "project_proposed",
        "meeting_tomorrow",
        "task_due",
        "round_closes_soon",
    }
