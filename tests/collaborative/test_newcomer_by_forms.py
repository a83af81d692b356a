"""A script with nothing but HTTP joins, reads the mail that the site keeps, signs in both ways, joins and leaves."""

import re

import pytest

from members.models import Member
from tests.factories import MemberFactory, ReadingGroupFactory
from tests.plain_browser import PlainBrowser

pytestmark = pytest.mark.django_db
EMAIL, PASSPHRASE = "newcomer@example.org", "three unrelated words"


@pytest.fixture(autouse=True)
def mails_kept_here(settings, tmp_path):
    settings.LOCAL_MAIL_DIR = tmp_path
    settings.MAILERS = {
        "default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(tmp_path)}}
    }


def newest_mail(person: PlainBrowser) -> PlainBrowser:
    """As the banner of every page leads to it."""
    person.open("/").follow("Read the mails")
    subject = re.search(r'<a href="(/local/mail/[^"]+)"', person.html).group(1)
    return person.open(subject)


def test_from_nothing_to_a_place_and_back():
    group = ReadingGroupFactory(slug="attention", title="Attention, from the beginning", capacity=1)
    person = PlainBrowser()

    person.open("/").follow("Groups").follow("Attention, from the beginning").follow("Take a place")
    person.press("Join", email=EMAIL, password1=PASSPHRASE)
    link = next(text for text, _href in newest_mail(person).page.links if "/accounts/confirm-email/" in text)
    person.follow(link).press("Confirm this address")
    person.press("Save profile", name="Member N", time_zone="Asia/Kathmandu")
    assert person.press("Take a place").url == "/groups/attention/"
    assert "You have a place" in person.words

    person.press("Sign out").follow("Sign in").press("Sign in", login=EMAIL, password=PASSPHRASE)
    assert person.open("/groups/attention/").press("Give up my place").words.count("You have left this group.") == 1

    MemberFactory()
    person.press("Sign out").follow("Sign in").follow("Send me a code").press("Send me a code", email=EMAIL)
    waiting_page = person.url
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", newest_mail(person).words).group(0)
    person.open(waiting_page).press("Sign in", code=code)
    assert (person.url, "Member N" in person.words) == ("/me/", True)

    member = Member.objects.get(email=EMAIL)
    states = list(group.enrolments.filter(member=member).values_list("state", flat=True))
    assert (states, member.time_zone) == (["left"], "Asia/Kathmandu")
