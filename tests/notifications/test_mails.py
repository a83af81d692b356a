"""What a reader gets: in their language, on their clock, in text and in HTML, with the call first."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from notifications.models import Delivery
from reading_groups import actions as group_actions
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db

LINK = re.compile(r"https?://\S+")
CALL = "https://meet.example.org/room?a=1&b=2"


class Links(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs)["href"])


def parts(message):
    text = message.get_body(preferencelist=("plain",)).get_content().replace("\r\n", "\n")
    html = message.get_body(preferencelist=("html",)).get_content()
    return text, html


@pytest.fixture
def tuesday_session():
    """15:00 in London on Tuesday 24 November, with two papers and a call."""
    group = ReadingGroupFactory(title="Attention & <friends>", call_url=CALL, slug="attention")
    session = SessionFactory(group=group, starts_at=datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    first = PaperFactory(title="Q & A <now>", authors=["A. Writer", "B. Reader"], year=2017, arxiv_id="1706.03762")
    second = PaperFactory(title="A book", authors=["C. Third"], year=None)
    ReadingFactory(group=group, session=session, paper=first, position=0)
    ReadingFactory(group=group, session=session, paper=second, part="chapter 2", position=1)
    return session


def test_a_reminder_comes_a_day_before_on_the_readers_clock(post, mail_server, tuesday_session):
    member = EnrolmentFactory(group=tuesday_session.group, member__time_zone="Asia/Kolkata").member
    post.now = tuesday_session.starts_at - timedelta(hours=24, seconds=1)
    post.scan()
    assert post.send() == 0
    post.advance(seconds=1)
    assert post.send() == 1
    [message] = mail_server.messages
    text, html = parts(message)
    assert message["To"] == member.email
    assert message["From"] == "Reading Together <noreply@localhost>"
    assert message["Reply-To"] == "hello@example.org"
    assert message["Subject"] == "Tue 24 Nov, 20:30: Q & A <now>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Tue 24 Nov, 20:30 in Kolkata (UTC+5:30), your time. 15:00 in London." in text
    assert "Tue 24 Nov, 20:30 in Kolkata (UTC+5:30), your time. 15:00 in London." in html
    assert "Attention & <friends>\n" in text
    assert "Attention &amp; &lt;friends&gt;" in html
    assert "- A. Writer, B. Reader (2017). Q & A <now>.\n  https://arxiv.org/abs/1706.03762\n" in text
    assert "- C. Third. A book, chapter 2.\n" in text
    assert "A. Writer, B. Reader (2017). " in html
    assert "<i>Q &amp; A &lt;now&gt;</i></a>" in html
    assert "&" not in text.replace("Q & A", "").replace("Attention & ", "").replace("a=1&b=2", "")


def test_the_call_is_the_first_link_and_every_link_is_absolute(post, mail_server, tuesday_session, settings):
    settings.BASE_URL = "https://reading.example.org"
    EnrolmentFactory(group=tuesday_session.group)
    post.now = tuesday_session.starts_at - timedelta(hours=20)
    post.scan()
    post.send()
    text, html = parts(mail_server.messages[0])
    expected = [
        CALL,
        "https://arxiv.org/abs/1706.03762",
        "https://reading.example.org/groups/attention/",
        "https://reading.example.org/me/",
    ]
    call, rsvp, *found, stop = LINK.findall(text)
    assert rsvp.startswith("https://reading.example.org/groups/attention/sessions/")
    assert [call, *found] == expected
    assert stop.startswith("https://reading.example.org/mails/stop/")
    answers = [link for link in Links(html).found if link.startswith(rsvp)]
    assert [link.rpartition("=")[2] for link in answers] == ["yes", "maybe", "no"]
    assert Links(html).found == [call, *answers, *found, "mailto:hello@example.org", stop]


def test_a_mail_needs_nothing_from_elsewhere(post, mail_server, tuesday_session):
    EnrolmentFactory(group=tuesday_session.group)
    post.now = tuesday_session.starts_at - timedelta(hours=20)
    post.scan()
    post.send()
    _text, html = parts(mail_server.messages[0])
    for forbidden in ("<img", "<script", "<table", "<link", "url("):
        assert forbidden not in html


def test_the_language_of_the_member_decides(post, mail_server, tuesday_session, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    EnrolmentFactory(group=tuesday_session.group, member__language="de", member__time_zone="Europe/Berlin")
    post.now = tuesday_session.starts_at - timedelta(hours=20)
    post.scan()
    post.send()
    text, html = parts(mail_server.messages[0])
    assert mail_server.messages[0]["Subject"].startswith("Di 24 Nov, 16:00:")
    assert "Di 24 Nov, 16:00 in Berlin (UTC+1)" in text
    assert '<html lang="de">' in html


def test_the_next_reader_gets_their_own_language_and_zone(post, mail_server, tuesday_session):
    group = tuesday_session.group
    EnrolmentFactory(group=group, member__language="de", member__time_zone="Europe/Berlin")
    EnrolmentFactory(group=group, member__time_zone="America/St_Johns")
    EnrolmentFactory(group=group, member__time_zone="Asia/Kathmandu")
    EnrolmentFactory(group=group, member__time_zone="Australia/Lord_Howe")
    EnrolmentFactory(group=group, member__time_zone="Africa/Abidjan")
    EnrolmentFactory(group=group, member__time_zone="")
    post.now = tuesday_session.starts_at - timedelta(hours=20)
    post.scan()
    post.send()
    lines = {parts(message)[0].splitlines()[4] for message in mail_server.messages}
    assert lines == {
        "Di 24 Nov, 16:00 in Berlin (UTC+1), your time. 15:00 in London.",
        "Tue 24 Nov, 11:30 in St Johns (UTC-3:30), your time. 15:00 in London.",
        "Tue 24 Nov, 20:45 in Kathmandu (UTC+5:45), your time. 15:00 in London.",
        "Wed 25 Nov, 02:00 in Lord Howe (UTC+11), your time. Tue 24 Nov, 15:00 in London.",
        "Tue 24 Nov, 15:00 in Abidjan (UTC+0), your time.",
        "Tue 24 Nov, 15:00 UTC.",
    }


def test_the_offset_is_that_of_the_session_when_clocks_change_in_between(post, mail_server):
    """Sent on Saturday in summer time, about a session on Sunday after Berlin's clocks went back."""
    group = ReadingGroupFactory(zone="Europe/Berlin")
    session = SessionFactory(group=group, starts_at=datetime(2026, 10, 25, 17, 0, tzinfo=UTC))
    EnrolmentFactory(group=group, member__time_zone="Europe/Berlin")
    post.now = session.starts_at - timedelta(hours=24)
    post.scan()
    post.send()
    text, _html = parts(mail_server.messages[0])
    assert "Sun 25 Oct, 18:00 in Berlin (UTC+1), your time.\n" in text


def test_a_session_without_call_or_papers_has_no_empty_parts(post, mail_server):
    session = SessionFactory(group=ReadingGroupFactory(title="Plain"), starts_at=post.now + timedelta(hours=24))
    EnrolmentFactory(group=session.group)
    post.scan()
    post.send()
    text, html = parts(mail_server.messages[0])
    assert mail_server.messages[0]["Subject"] == "Wed 25 Nov, 17:30: Plain"
    assert "Join the call" not in text + html
    assert "To read" not in text + html
    assert "\n\n\n" not in text


def test_a_title_cannot_add_a_header_or_turn_the_text_around(post, mail_server):
    session = SessionFactory(
        title="One\r\nBcc: all@example.org\u202e\u2028two", starts_at=post.now + timedelta(hours=24)
    )
    EnrolmentFactory(group=session.group)
    post.scan()
    post.send()
    [message] = mail_server.messages
    assert message["Subject"] == "Wed 25 Nov, 17:30: One Bcc: all@example.org two"
    assert message["Bcc"] is None


def test_a_site_with_an_unusual_name_is_still_the_sender(post, mail_server, monkeypatch):
    monkeypatch.setitem(post.frame, "site_name", 'Größe, "Lesen" <& mehr>')
    monkeypatch.setitem(post.frame, "contact_email", "")
    session = SessionFactory(starts_at=post.now + timedelta(hours=24))
    EnrolmentFactory(group=session.group)
    post.scan()
    post.send()
    [message] = mail_server.messages
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Größe, "Lesen" <& mehr>', "noreply@localhost")
    assert message["Reply-To"] is None
    assert "Questions?" not in parts(message)[0]


def test_a_held_place_says_until_when_and_what_happens_then(post, mail_server, now):
    group = ReadingGroupFactory(title="Symmetry & groups", capacity=1, hold_hours=48, slug="symmetry")
    session = SessionFactory(group=group, title="Section 3", starts_at=now + timedelta(days=7))
    leaving = MemberFactory()
    group_actions.join_group(actor=leaving, group_id=group.pk, now=now)
    group_actions.join_group(actor=MemberFactory(time_zone="Asia/Kolkata"), group_id=group.pk, now=now)
    group_actions.leave_group(actor=leaving, group_id=group.pk, now=now)
    Delivery.objects.exclude(kind="place_offered").delete()
    assert post.send() == 1
    [message] = mail_server.messages
    text, html = parts(message)
    assert message["Subject"] == "A place in “Symmetry & groups” is held for you"
    until = "It is yours to take until Thu 26 Nov, 17:30 in Kolkata (UTC+5:30), your time. 12:00 in London."
    assert until in text
    assert until in html
    assert "After that it goes to the next person in line." in text
    assert "The next session: Tue 1 Dec, 17:30, Section 3 (12:00 in London)" in text
    assert "/groups/symmetry/place/" in Links(html).found[0]
    assert session.title in html


def test_a_place_given_at_once_asks_for_nothing(post, mail_server, now):
    group = ReadingGroupFactory(title="Symmetry", capacity=1, hold_hours=0)
    leaving = MemberFactory()
    group_actions.join_group(actor=leaving, group_id=group.pk, now=now)
    group_actions.join_group(actor=MemberFactory(), group_id=group.pk, now=now)
    group_actions.leave_group(actor=leaving, group_id=group.pk, now=now)
    Delivery.objects.exclude(kind="place_offered").delete()
    assert post.send() == 1
    [message] = mail_server.messages
    text, html = parts(message)
    assert message["Subject"] == "You have a place in “Symmetry”"
    assert "There is nothing to confirm." in text
    assert "There is nothing to confirm." in html
    assert "until" not in text + html
    assert "The next session" not in text + html
