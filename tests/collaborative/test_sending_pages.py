"""The operators' pages about sending: how it goes, what each kind says, and a test to oneself."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core import mail
from django.utils import timezone

from collaborative.home import admin as home_admin
from collaborative.home import beats
from collaborative.home.kinds import BY_KEY, KINDS
from collaborative.models import Site
from notifications.actions import write_obligations
from notifications.models import Delivery
from reading_groups.links import rsvp_path
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    EnrolmentFactory,
    MemberFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.notifications.conftest import deliver_many, staff_who_may
from tests.pages import text_of
from tests.queries import exactly

pytestmark = pytest.mark.django_db
LEDGER = "/admin/notifications/delivery/"
SENDING, EVERY_KIND = f"{LEDGER}sending/", f"{LEDGER}kinds/"
State = Delivery.State


@pytest.fixture
def operator():
    return AdminFactory()


@pytest.fixture
def client(operator):
    return client_of(operator)


@pytest.fixture
def session():
    group = ReadingGroupFactory(presenters_wanted=0)
    EnrolmentFactory(group=group)
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(hours=20))
    write_obligations(kinds=KINDS, now=timezone.now())
    return session


def kind_page(key):
    return f"{EVERY_KIND}{key}/"


# How sending goes


def test_the_page_tells_what_happens_and_what_beats(client):
    deliver_many(2, state=State.FAILED, reason="address refused: 550")
    deliver_many(3, state=State.SUPPRESSED, reason="no longer wanted")
    deliver_many(4, state=State.SENT, sent_at=timezone.now())
    deliver_many(1)
    beats.give(beats.CLOCK, timezone.now())
    response = client.get(SENDING)
    page = text_of(response)
    assert "Sent in the last 24 hours: 4" in page
    assert "Waiting: 1, the oldest for 9" in page
    assert "Failed in the last 24 hours: 2" in page
    assert "The clock puts out work yes, 0" in page
    assert "Workers take up work not heard of" in page
    assert "address refused: 550 Failed 2" in page
    assert "no longer wanted Not sent, for a reason 3" in page
    by_day, lateness = response.context["plots"]
    assert [sum(series.values) for series in by_day.series] == [4, 2, 3]
    assert sum(lateness.series[0].values) == 4


@pytest.mark.parametrize("count", [3, 300])
def test_the_page_costs_the_same_at_any_length(client, count):
    deliver_many(count, state=State.SENT, sent_at=timezone.now())
    deliver_many(count)
    # What waits, was sent, has failed; by day and state, how late, why not; the site's name.
    with exactly(7, signed_in=True):
        assert client.get(SENDING).status_code == 200


def test_an_empty_ledger_is_told_of(client):
    page = text_of(client.get(SENDING))
    for said in ("Nothing waits", "None failed", "Nothing to draw yet.", "Every message went."):
        assert said in page


def test_without_the_cache_the_page_says_that_nobody_was_heard_of(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }
    assert text_of(client.get(SENDING)).count("not heard of") == len(beats.BEATS)


def test_the_ledger_and_the_first_page_of_the_admin_say_it_in_one_line(client, settings):
    deliver_many(4, state=State.SENT, sent_at=timezone.now())
    settings.MAILS_A_DAY = 500
    for path in (LEDGER, "/admin/"):
        page = client.get(path)
        assert "Sent in the last 24 hours: 4 of 500" in text_of(page)
        assert SENDING in page.content.decode()


def test_what_waits_for_the_daily_limit_is_told_apart(client):
    deliver_many(1)
    deliver_many(3, reason="waits for the daily limit")
    deliver_many(2, reason="answered 450", lease_until=timezone.now() + timedelta(hours=1))
    for path in (SENDING, LEDGER, "/admin/"):
        said = text_of(client.get(path))
        assert "Waiting: 6, the oldest for" in said
        assert "; 2 until a set time; 3 for the daily limit" in said


def test_the_first_page_of_the_admin_says_it_to_those_alone_who_may_look():
    for member, is_told in ((staff_who_may("view_delivery"), True), (staff_who_may("view_topic"), False)):
        response = client_of(member).get("/admin/")
        assert ("Nothing waits" in text_of(response)) is is_told


def test_the_first_page_of_the_admin_costs_the_same_at_any_length(client):
    client.get("/admin/")
    deliver_many(3)
    # The site's name; what waits, was sent and failed; the log of what the operator did.
    with exactly(5, signed_in=True):
        client.get("/admin/")
    deliver_many(300)
    with exactly(5, signed_in=True):
        client.get("/admin/")


# What each kind says


def test_every_kind_is_listed_while_its_part_is_on(client):
    page = client.get(EVERY_KIND).content.decode()
    assert [kind.key for kind in KINDS if kind_page(kind.key) not in page] == []
    Site.objects.create(pk=1, name="Reading Together", parts=["groups"])
    page = client.get(EVERY_KIND).content.decode()
    assert kind_page("session_tomorrow") in page
    assert kind_page("matched") not in page
    assert client.get(kind_page("matched")).status_code == 404
    assert client.get(kind_page("nonsense")).status_code == 404


# The digest of whoever looks is always there to show, however little it says.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.has_chosen_hour], ids=lambda kind: kind.key)
def test_every_kind_has_its_page_on_an_empty_site(client, kind):
    response = client.get(kind_page(kind.key))
    assert response.status_code == 200
    assert "There is nothing to show yet." in text_of(response)
    response = client.post(kind_page(kind.key), follow=True)
    assert "Nothing was sent" in text_of(response)
    assert mail.outbox == []


def test_a_kind_is_shown_in_text_and_in_a_frame_that_can_do_nothing(client, session):
    response = client.get(kind_page("session_tomorrow"))
    page = response.content.decode()
    assert session.group.title in page
    [frame] = re.findall("<iframe[^>]*>", page)
    assert re.search(r"\ssandbox\s", frame), "without a single permission"
    assert "&lt;!doctype html&gt;" in frame
    assert "<!doctype html>" not in frame
    member_id = Delivery.objects.get(kind="session_tomorrow").member_id
    assert rsvp_path(session, member_id) not in unescape(page)
    # Nothing but the site's files and what stands in the page.
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy


def test_looking_writes_and_sends_nothing(client, session):
    before = list(Delivery.objects.values())
    for key in BY_KEY:
        client.get(kind_page(key))
    assert list(Delivery.objects.values()) == before
    assert mail.outbox == []


@pytest.mark.parametrize("key", home_admin.READ_WITH)
def test_whoever_may_read_a_kind_is_named_by_a_right_that_there_is(key):
    app, codename = home_admin.READ_WITH[key].split(".")
    assert key in BY_KEY
    permission = Permission.objects.get(content_type__app_label=app, codename=codename)
    # What that right opens in the admin is the same thing.
    assert codename.startswith("view_")
    assert admin.site.is_registered(permission.content_type.model_class())


def test_staff_who_may_not_read_sessions_are_not_shown_mails_about_them(session):
    page = kind_page("session_tomorrow")
    may_not, may = staff_who_may("view_delivery"), staff_who_may("view_delivery", "view_session")
    assert session.group.title not in client_of(may_not).get(page).content.decode()
    assert "for their readers alone" in text_of(client_of(may_not).get(page))
    assert session.group.title in client_of(may).get(page).content.decode()


def test_a_week_and_a_call_for_help_are_shown_to_no_operator_but_their_reader(client, operator, session):
    """Not even to those who may do everything."""
    for key in ("weekly_digest", "blocker_raised", "matched", "meeting_tomorrow", "meeting_changed", "pair_ended"):
        assert key not in home_admin.READ_WITH
        member = MemberFactory()
        Delivery.objects.create(
            kind=key,
            recipient=f"members.member:{member.pk}",
            member=member,
            object_key=f"members.member:{member.pk}",
            occurrence="once",
            due_at=timezone.now(),
        )
        response = client.get(kind_page(key))
        assert member.name not in response.content.decode()
        if key != "weekly_digest":
            assert "for their readers alone" in text_of(response)
    # Of the week, the operator is shown their own.
    EnrolmentFactory(group=session.group, member=operator)
    assert client.get(kind_page("weekly_digest")).context["preview"].is_own


# A test to oneself


def test_a_test_goes_to_the_operator_alone_and_writes_nothing(client, operator, session):
    before = list(Delivery.objects.values())
    response = client.post(kind_page("session_tomorrow"), follow=True)
    assert f"Sent to {operator.email}, marked as a test." in text_of(response)
    [message] = mail.outbox
    assert (message.to, message.cc, message.bcc) == ([operator.email], [], [])
    assert message.subject.startswith("[Test] ")
    assert session.group.title in message.body
    member_id = Delivery.objects.get(kind="session_tomorrow").member_id
    [html] = message.alternatives
    assert rsvp_path(session, member_id) not in message.body + html.content
    assert list(Delivery.objects.values()) == before


def test_whoever_may_only_look_sends_no_test(session):
    client = client_of(staff_who_may("view_delivery", "view_session"))
    assert "Send me a test" not in text_of(client.get(kind_page("session_tomorrow")))
    assert client.post(kind_page("session_tomorrow")).status_code == 403
    assert mail.outbox == []


def test_a_test_that_the_mail_server_does_not_take_is_told_of(client, session, settings):
    options = {"host": "127.0.0.1", "port": 1, "timeout": 1}
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    assert "Nothing was sent. The mail server: no session" in text_of(
        client.post(kind_page("session_tomorrow"), follow=True)
    )
