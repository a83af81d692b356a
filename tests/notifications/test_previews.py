"""What operators are shown of each kind: what is really there, as far as it is theirs to read, and no live link."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from collaborative.home.kinds import BY_KEY, KINDS
from notifications.kinds import Kind
from notifications.mail import Words
from notifications.models import Delivery
from notifications.preferences import stop_path
from notifications.previews import NOT_YOURS, preview, without_signed_links
from reading_groups.links import rsvp_path
from reading_groups.models import Session
from tests.factories import AdminFactory, EnrolmentFactory, MemberFactory
from tests.permissions.addresses import addresses

pytestmark = pytest.mark.django_db
TOMORROW = "session_tomorrow"


def shown(post, operator, kind=TOMORROW, *, may_read_others=True):
    return preview(
        kind=BY_KEY[kind],
        member_id=operator.pk,
        reader=operator,
        may_read_others=may_read_others,
        frame=post.frame,
        now=post.now,
    )


def test_an_operators_own_comes_first_then_the_latest_of_anybody(post, session_in):
    operator = AdminFactory()
    later = session_in(24)
    own = session_in(22)
    EnrolmentFactory(group=own.group, member=operator)
    post.scan()
    found = shown(post, operator)
    assert found.is_own
    assert own.group.title in found.words.text
    found = shown(post, AdminFactory())
    assert not found.is_own
    assert later.group.title in found.words.text
    assert found.words.subject
    assert later.group.title in found.words.html


def test_what_is_about_something_that_is_gone_is_passed_over(post, session_in):
    there, gone = session_in(20), session_in(24)
    post.scan()
    Session.objects.filter(pk=gone.pk).delete()
    found = shown(post, AdminFactory())
    assert there.group.title in found.words.text
    assert found.broken == ("DoesNotExist",)


def test_where_the_ledger_has_none_the_next_to_come_is_shown_and_nothing_is_written(post, session_in):
    session = session_in(24 * 8)
    found = shown(post, AdminFactory())
    assert found.is_to_come
    assert session.group.title in found.words.text
    assert not Delivery.objects.exists()


def test_where_there_is_nothing_it_is_said(post):
    found = shown(post, AdminFactory())
    assert (found.words, found.is_private, found.broken) == (None, False, ())


def test_words_that_are_for_their_readers_alone_are_shown_to_nobody_else(post, session_in):
    session_in(24)
    post.scan()
    found = shown(post, AdminFactory(), may_read_others=False)
    assert found.words is None
    assert found.is_private
    # Nor is the next one to come, unless it is the operator's own.
    Delivery.objects.all().delete()
    assert shown(post, AdminFactory(), may_read_others=False).words is None
    operator, mine = AdminFactory(), session_in(30)
    EnrolmentFactory(group=mine.group, member=operator)
    assert mine.group.title in shown(post, operator, may_read_others=False).words.text


def test_a_preview_is_in_the_operators_own_zone(post, session_in):
    session_in(24)  # 12:00 UTC
    post.scan()
    text = shown(post, AdminFactory(time_zone="Asia/Kathmandu")).words.text
    assert "17:45 in Kathmandu" in text


def test_a_preview_holds_no_link_that_answers_for_its_reader(post, session_in):
    session = session_in(24)
    post.scan()
    member = Delivery.objects.get().member
    found = shown(post, AdminFactory())
    for words in (found.words.text, found.words.html):
        assert rsvp_path(session, member.pk) not in words
        assert stop_path(member_id=member.pk, kind=TOMORROW) not in words
        assert NOT_YOURS in words
        assert session.group.get_absolute_url() in words
    assert (found.words.path, found.words.stop_path) == ("", "")


def words(text):
    return Words(subject="Test", text=text, html=f'<a href="{text}">', path="", stop_path="")


SIGNED = [address for address in addresses() if "token" in address.takes or "key" in address.takes]


@pytest.mark.parametrize("address", SIGNED, ids=lambda address: address.name)
def test_every_address_with_a_signature_is_taken_out(address, settings):
    """Whatever is signed stands in a part of the route that is called a token, or by no name that is known as plain."""
    secret = "12.signed-Secret_1"
    path = "/" + re.sub(
        r"<(\w+:)?(token|key)>", secret.replace(".", "-") if "slug:token" in address.route else secret, address.route
    )
    path = re.sub(r"<int:\w+>", "7", re.sub(r"<slug:\w+>", "a-group", path))
    path = re.sub(r"\(\?P<key>[^/]*\)", "Secret_1-key", path).replace("^", "").replace("$", "")
    path = re.sub(r"\(\?P<uidb36>[^)]*\)", "12", path)
    found = without_signed_links(words(f"{settings.BASE_URL}{path}?answer=yes"))
    assert "Secret_1" not in found.text + found.html
    assert "answer=yes" not in found.text + found.html


def test_links_that_say_nothing_of_who_follows_them_stay(settings):
    base = settings.BASE_URL
    for path in ("/", "/me/", "/groups/a-group/", "/groups/a-group/sessions/7/#question-3", "/papers/7-some-words/"):
        assert without_signed_links(words(f"Read {base}{path}.")).text == f"Read {base}{path}."
    assert (
        without_signed_links(words("https://meet.example.org/abc?pwd=1")).text == "https://meet.example.org/abc?pwd=1"
    )


@pytest.mark.parametrize("path", ["/nowhere/at-all/", "/groups/a-group/new-thing/abc.def/", "//evil/"])
def test_a_link_that_nobody_knows_counts_as_signed(settings, path):
    assert without_signed_links(words(f"{settings.BASE_URL}{path}")).text == f"{settings.BASE_URL}/"


def test_a_link_in_a_sentence_keeps_its_full_stop(settings):
    path = reverse("home:mail-stop", args=["12.abc"])
    found = without_signed_links(words(f"Stop: {settings.BASE_URL}{path}."))
    assert found.text == f"Stop: {settings.BASE_URL}{reverse('home:mail-stop', args=[NOT_YOURS])}."


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_can_be_asked_for_an_example_of_an_empty_site(kind, now):
    assert kind.example(now=now) is None or isinstance(kind, Kind)


def test_an_example_is_the_next_that_falls_due(post, session_in):
    later, sooner = session_in(24 * 9), session_in(24 * 3)
    found = BY_KEY[TOMORROW].example(now=post.now)
    assert (found.object_key, found.pk) == (f"reading_groups.session:{sooner.pk}", None)
    theirs = BY_KEY[TOMORROW].example(now=post.now, member_id=later.group.enrolments.get().member_id)
    assert theirs.object_key == f"reading_groups.session:{later.pk}"
    assert BY_KEY[TOMORROW].example(now=post.now, member_id=MemberFactory().pk) is None
    assert BY_KEY[TOMORROW].example(now=post.now + timedelta(days=30)) is None
