"""Joining, signing in and addresses, as people go through them, without JavaScript."""

import re
from functools import partial

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.test import Client

from collaborative.models import Site
from members.accounts import owner_of
from members.models import Member
from tests.clients import browser_of
from tests.factories import MemberFactory, ReadingGroupFactory
from tests.factories.members import PASSWORD
from tests.plain_browser import PlainBrowser
from tests.races import race

pytestmark = pytest.mark.django_db
CONFIRM_PAGE = re.compile(r"http://testserver(/accounts/confirm-email/\S+)")
RESET_PAGE = re.compile(r"http://testserver(/accounts/password/reset/key/\S+)")
CODE = re.compile(r"^([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)


@pytest.fixture
def person():
    return PlainBrowser()


def in_last_mail(pattern: re.Pattern) -> str:
    return pattern.search(mail.outbox[-1].body).group(1)


def join(person, email="newcomer@example.org", password=PASSWORD, query=""):
    return person.open(f"/accounts/signup/{query}").press("Join", email=email, password1=password)


def sign_in(person, email, password=PASSWORD):
    return person.open("/accounts/login/").press("Sign in", login=email, password=password)


def addresses_of(member):
    return list(member.emailaddress_set.order_by("email").values_list("email", "verified", "primary"))


# Joining


def test_a_newcomer_joins_and_comes_back_to_the_group_they_wanted(person):
    ReadingGroupFactory(slug="attention")
    person.open("/groups/attention/").follow("Take a place")
    person.press("Join", email="New@Example.org", password1=PASSWORD)
    assert (person.status, person.url) == (200, "/accounts/confirm-email/")
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    person.open(in_last_mail(CONFIRM_PAGE))
    assert EmailAddress.objects.get().verified is False
    person.press("Confirm this address")
    assert person.url == "/me/profile/?next=/groups/attention/"
    person.press("Save profile", name="Member A", time_zone="Africa/Nairobi")
    assert (person.status, person.url) == (200, "/groups/attention/")
    member = Member.objects.get()
    assert (member.email, member.name, member.time_zone) == ("new@example.org", "Member A", "Africa/Nairobi")
    assert addresses_of(member) == [("new@example.org", True, True)]
    assert person.press("Take a place").words.count("You have a place") == 2


def test_the_link_leads_on_in_another_browser_as_well(person):
    ReadingGroupFactory(slug="attention")
    join(person, query="?next=/groups/attention/")
    other = PlainBrowser().open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert other.url == "/accounts/login/?next=/groups/attention/"
    assert "newcomer@example.org is confirmed." in other.words
    other.press("Sign in", login="newcomer@example.org", password=PASSWORD)
    assert other.url == "/me/profile/?next=/groups/attention/"


def test_a_link_to_elsewhere_does_not_survive(person):
    join(person, query="?next=https://elsewhere.example.org/")
    assert "elsewhere" not in mail.outbox[-1].body
    person.open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert person.url == "/me/profile/?next=/me/"


def test_without_a_group_the_way_ends_at_their_week(person):
    join(person)
    person.open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert person.press("Save profile", name="Member A", time_zone="UTC").url == "/me/"


def test_opening_the_link_confirms_nothing_and_a_used_link_says_so(person):
    join(person)
    link = in_last_mail(CONFIRM_PAGE)
    for _visit in range(2):
        person.open(link)
    assert EmailAddress.objects.get().verified is False
    person.press("Confirm this address").open(link)
    assert "This link has been used, or is too old" in person.words
    assert PlainBrowser().open("/accounts/confirm-email/nonsense/").status == 200


@pytest.mark.parametrize("typed", ["taken@example.org", "Taken@Example.ORG", " taken@example.org "])
@pytest.mark.parametrize("stored", ["taken@example.org", "Taken@example.org"])
@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_stranger_does_not_learn_that_an_address_is_taken(person, typed, stored, is_confirmed):
    taken = MemberFactory(email=stored, verified=False)
    EmailAddress.objects.create(user=taken, email="taken@example.org", verified=is_confirmed, primary=True)
    known = join(person, email=typed)
    fresh = join(PlainBrowser(), email="fresh@example.org")
    assert (known.status, known.url, known.passed) == (fresh.status, fresh.url, fresh.passed)
    assert re.sub("csrf[^>]*>", "", known.words) == re.sub("csrf[^>]*>", "", fresh.words)
    assert Member.objects.count() == 2
    told, asked = mail.outbox
    assert (told.to, told.subject) == (["taken@example.org"], "You have an account already")
    assert (asked.to, asked.subject) == (["fresh@example.org"], "Confirm your address to join")


@pytest.mark.django_db(transaction=True)
def test_many_who_join_with_one_address_at_the_same_moment_make_one_account():
    data = {"email": "one@example.org", "password1": PASSWORD}
    presses = [partial(Client().post, "/accounts/signup/", data) for _person in range(8)]
    assert [response.status_code for response in race(*presses)] == [302] * 8
    assert Member.objects.count() == 1
    assert {message.to[0] for message in mail.outbox} == {"one@example.org"}


def test_pressing_twice_makes_one_account_and_one_mail(person):
    person.open("/accounts/signup/")
    for _press in range(2):
        form, _button = person.form("Join")
        data = dict(form.fields) | {"email": "twice@example.org", "password1": PASSWORD}
        assert person.client.post("/accounts/signup/", data).status_code == 302
    assert (Member.objects.count(), len(mail.outbox)) == (1, 1)
    PlainBrowser().open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert EmailAddress.objects.get().verified is True


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("", "", "This field is required."),
        ("no address", PASSWORD, "Enter a valid email address."),
        ("a@" + "b" * 250 + ".org", PASSWORD, "Enter a valid email address."),
        ("a" * 64 + "@" + "b." * 94 + "org", PASSWORD, "at most 254 characters"),
        ("a\x00b@example.org", PASSWORD, "Null characters are not allowed."),
        ("a@example.org", "nine char", "at least 10 characters"),
        ("someone.else@example.org", "someone.else", "too similar"),
        ("a@example.org", "password123", "too common"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_at_the_top(person, email, password, said):
    join(person, email=email, password=password)
    assert (person.status, person.url) == (200, "/accounts/signup/")
    assert person.words.count(said) >= 2
    assert 'role="alert"' in person.html
    assert re.search(r'aria-invalid="true"[^>]*aria-describedby="[^"]*_error', person.html)
    assert person.filled_in("Join")["password1"] == ""
    assert Member.objects.count() == 0


@pytest.mark.parametrize("email", ["a@bücher.example", "o'neill+x@example.org", "a@xn--bcher-kva.example"])
def test_unusual_addresses_are_addresses(person, email):
    assert join(person, email=email).url == "/accounts/confirm-email/"
    assert mail.outbox[-1].to == [email]


def test_a_mail_server_that_is_silent_is_told_and_breaks_nothing(person, settings):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 2},
        }
    }
    join(person)
    assert (person.status, person.url) == (200, "/accounts/confirm-email/")
    assert "The mail could not be sent just now." in person.words


# Signing in


@pytest.mark.parametrize("typed", ["a@example.org", "A@Example.ORG"])
def test_password(person, typed):
    MemberFactory(email="a@example.org")
    assert sign_in(person, typed).url == "/me/"


def test_a_wrong_password_is_told_kindly_and_the_address_stays(person):
    MemberFactory(email="a@example.org")
    known = sign_in(person, "a@example.org", "not the phrase")
    assert known.filled_in("Sign in")["login"] == "a@example.org"
    assert "This email and this password do not go together." in known.words
    unknown = sign_in(PlainBrowser(), "b@example.org", "not the phrase")
    assert unknown.words.replace("b@", "a@") == known.words


def test_a_code_signs_in_without_a_password(person):
    MemberFactory(email="a@example.org")
    person.open("/accounts/login/?next=/me/profile/").follow("Send me a code")
    person.press("Send me a code", email="A@example.org")
    code = in_last_mail(CODE)
    assert person.press("Sign in", code="WRNG-WRNG").words.count("This is not the code we sent.") == 2
    assert person.press("Sign in", code=code.lower().replace("-", " ")).url == "/me/profile/"


def test_a_code_does_not_sign_anybody_out_elsewhere():
    person = browser_of(MemberFactory(email="a@example.org"))
    other = PlainBrowser().open("/accounts/login/code/").press("Send me a code", email="a@example.org")
    assert other.press("Sign in", code=in_last_mail(CODE)).url == "/me/"
    assert person.open("/me/").url == "/me/"


def test_nobody_learns_from_the_code_page_whether_there_is_an_account(person):
    MemberFactory(email="a@example.org")
    known = person.open("/accounts/login/code/").press("Send me a code", email="a@example.org")
    unknown = PlainBrowser().open("/accounts/login/code/").press("Send me a code", email="b@example.org")
    assert (unknown.url, unknown.words.replace("b@", "a@")) == (known.url, known.words)
    assert [message.to for message in mail.outbox] == [["a@example.org"]]


def test_three_wrong_codes_are_the_end_of_it(person):
    MemberFactory(email="a@example.org")
    person.open("/accounts/login/code/").press("Send me a code", email="a@example.org")
    for _try in range(3):
        person.press("Sign in", code="WRNG-WRNG")
    assert (person.url, "too many tries" in person.words) == ("/accounts/login/code/", True)


def test_a_new_code_and_another_address_are_one_button_away(person):
    MemberFactory(email="a@example.org")
    person.open("/accounts/login/code/").press("Send me a code", email="a@example.org")
    first = in_last_mail(CODE)
    person.press("Send a new code")
    assert in_last_mail(CODE) != first
    assert person.press("Use another address").url == "/accounts/login/code/"


def test_signing_out_asks_by_get_and_does_it_by_post():
    person = browser_of(MemberFactory(email="a@example.org"))
    person.open("/accounts/logout/").open("/me/")
    assert person.url == "/me/"
    assert person.press("Sign out").url == "/"
    assert person.open("/me/").url == "/accounts/login/?next=/me/"


def test_a_closed_account_says_so_only_to_who_knows_its_password(person):
    MemberFactory(email="a@example.org", is_active=False)
    assert "This account is closed" in sign_in(person, "a@example.org").words
    assert sign_in(PlainBrowser(), "a@example.org", "not the phrase").url == "/accounts/login/"


def test_who_comes_without_a_name_gives_it_first(person):
    MemberFactory(email="a@example.org", name="", time_zone="")
    assert sign_in(person, "a@example.org").url == "/me/profile/?next=/me/"


# Passwords


def test_a_forgotten_password_is_replaced_by_a_link(person):
    MemberFactory(email="a@example.org")
    person.open("/accounts/login/").follow("I have forgotten my password")
    known = person.press("Send me the link", email="a@example.org").words
    assert PlainBrowser().open("/accounts/password/reset/").press("Send me the link", email="b@example.org").words == (
        known
    )
    assert [message.to for message in mail.outbox] == [["a@example.org"]]
    link = in_last_mail(RESET_PAGE)
    person.open(link).press("Change password", password1="another long phrase")
    assert person.url == "/accounts/password/reset/key/done/"
    assert mail.outbox[-1].subject == "Your password was changed"
    assert "This link has been used" in person.open(link).words
    assert sign_in(person, "a@example.org", "another long phrase").url == "/me/"


def test_a_password_is_changed_by_who_knows_it():
    person = browser_of(MemberFactory(email="a@example.org")).open("/accounts/password/change/")
    person.press("Change password", oldpassword="not the phrase", password1="another long phrase")
    assert person.words.count("This is not your present password.") == 2
    person.press("Change password", oldpassword=PASSWORD, password1="another long phrase")
    assert (person.url, "Your password is changed." in person.words) == ("/me/", True)
    assert sign_in(PlainBrowser(), "a@example.org", "another long phrase").url == "/me/"


def test_somebody_without_a_password_may_set_one(person):
    member = MemberFactory(email="a@example.org")
    member.set_unusable_password()
    member.save()
    person.open("/accounts/login/code/").press("Send me a code", email="a@example.org")
    person.press("Sign in", code=in_last_mail(CODE)).open("/accounts/password/change/")
    assert person.url == "/accounts/password/set/"
    assert person.press("Set password", password1=PASSWORD).url == "/me/"
    assert sign_in(PlainBrowser(), "a@example.org").url == "/me/"


# Addresses


def test_a_lasting_address_is_added_confirmed_and_made_the_main_one():
    member = MemberFactory(email="college@example.edu")
    person = browser_of(member).open("/accounts/email/")
    person.press("Add this address", email="Lasting@example.org")
    assert addresses_of(member) == [("college@example.edu", True, True), ("lasting@example.org", False, False)]
    person.open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert person.url == "/accounts/email/"
    for address in ("college@example.edu", "lasting@example.org"):
        assert sign_in(PlainBrowser(), address).url == "/me/"
        other = PlainBrowser().open("/accounts/login/code/").press("Send me a code", email=address)
        assert mail.outbox[-1].to == [address]
        assert other.press("Sign in", code=in_last_mail(CODE)).url == "/me/"
    person.press("Make it the main one")
    member.refresh_from_db()
    assert member.email == "lasting@example.org"
    assert addresses_of(member) == [("college@example.edu", True, False), ("lasting@example.org", True, True)]
    assert (mail.outbox[-1].to, mail.outbox[-1].subject) == (
        ["college@example.edu"],
        "Your main address is another one now",
    )
    person.press("Remove")
    assert addresses_of(member) == [("lasting@example.org", True, True)]
    assert sign_in(PlainBrowser(), "college@example.edu").url == "/accounts/login/"


@pytest.mark.parametrize("action", ["action_remove", "action_primary", "action_send"])
def test_other_peoples_addresses_are_out_of_reach(action):
    other, member = MemberFactory(email="b@example.org"), MemberFactory(email="a@example.org")
    person = browser_of(member).open("/accounts/email/")
    token = dict(person.form("Add this address")[0].fields)["csrfmiddlewaretoken"]
    data = {"csrfmiddlewaretoken": token, "email": "b@example.org", action: ""}
    assert person.client.post("/accounts/email/", data).status_code == 302
    assert addresses_of(other) == [("b@example.org", True, True)]
    assert addresses_of(member) == [("a@example.org", True, True)]
    assert mail.outbox == []


def test_the_main_address_and_an_unconfirmed_one_keep_their_roles():
    member = MemberFactory(email="a@example.org")
    EmailAddress.objects.create(user=member, email="b@example.org")
    person = browser_of(member).open("/accounts/email/")
    token = dict(person.form("Add this address")[0].fields)["csrfmiddlewaretoken"]
    for email, action in (("a@example.org", "action_remove"), ("b@example.org", "action_primary")):
        data = {"csrfmiddlewaretoken": token, "email": email, action: ""}
        assert 'class="flash flash--alert"' in person.client.post("/accounts/email/", data, follow=True).text
    assert addresses_of(member) == [("a@example.org", True, True), ("b@example.org", False, False)]


def test_four_addresses_are_the_most():
    member = MemberFactory(email="a@example.org")
    for name in "bcd":
        EmailAddress.objects.create(user=member, email=f"{name}@example.org")
    page = browser_of(member).open("/accounts/email/").words
    assert "You have as many addresses as one account holds." in page


def test_an_address_that_somebody_only_typed_is_still_its_owners(person):
    """Adding an address without confirming it neither keeps its owner out nor lets them into a stranger's account."""
    squatter = MemberFactory(email="squatter@example.org")
    EmailAddress.objects.create(user=squatter, email="owner@example.org")
    assert owner_of("owner@example.org") is None
    PlainBrowser().open("/accounts/login/code/").press("Send me a code", email="owner@example.org")
    PlainBrowser().open("/accounts/password/reset/").press("Send me the link", email="owner@example.org")
    assert mail.outbox == []
    join(person, email="owner@example.org").open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    owner = Member.objects.get(email="owner@example.org")
    assert addresses_of(owner) == [("owner@example.org", True, True)]
    assert addresses_of(squatter) == [("owner@example.org", False, False), ("squatter@example.org", True, True)]


def test_a_password_typed_before_anybody_confirmed_is_worth_nothing(person):
    """A stranger joins with somebody's address and a password of the stranger's; its owner comes by a code."""
    join(PlainBrowser(), email="owner@example.org", password="what the stranger knows")
    person.open("/accounts/login/code/").press("Send me a code", email="owner@example.org")
    person.press("Sign in", code=in_last_mail(CODE))
    assert person.url == "/me/profile/?next=/me/"
    assert "you have no password yet" in person.words
    assert sign_in(PlainBrowser(), "owner@example.org", "what the stranger knows").url == "/accounts/login/"


def test_an_account_that_was_never_used_does_not_hold_an_address():
    """Somebody joined with an address whose mail was lost, joined again with another, and adds the first."""
    join(PlainBrowser(), email="first@example.org")
    member = MemberFactory(email="second@example.org")
    EmailAddress.objects.create(user=member, email="first@example.org")
    person = browser_of(member).open("/accounts/email/")
    key = EmailConfirmationHMAC.create(member.emailaddress_set.get(email="first@example.org")).key
    person.open(f"/accounts/confirm-email/{key}/").press("Confirm this address")
    person.press("Make it the main one")
    member.refresh_from_db()
    assert member.email == "first@example.org"
    assert Member.objects.count() == 1


def test_letters_that_only_look_alike_are_other_addresses():
    MemberFactory(email="mike@example.org", verified=False)
    assert owner_of("mıke@example.org") is None
    assert owner_of("MIKE@example.org").email == "mike@example.org"


# Links that were sent to somebody else


def test_opening_somebody_elses_confirmation_signs_nobody_out(person):
    join(person, email="other@example.org")
    member = browser_of(MemberFactory(email="a@example.org")).open(in_last_mail(CONFIRM_PAGE))
    assert member.open("/me/").url == "/me/"
    member.open(in_last_mail(CONFIRM_PAGE)).press("Confirm this address")
    assert member.url == "/accounts/login/"
    assert EmailAddress.objects.get(email="other@example.org").verified is True


def test_opening_somebody_elses_new_password_signs_nobody_out(person):
    MemberFactory(email="other@example.org")
    person.open("/accounts/password/reset/").press("Send me the link", email="other@example.org")
    member = browser_of(MemberFactory(email="a@example.org")).open(in_last_mail(RESET_PAGE))
    assert member.open("/me/").url == "/me/"
    member.open(in_last_mail(RESET_PAGE)).press("Change password", password1="another long phrase")
    assert member.url == "/accounts/password/reset/key/done/"
    assert member.open("/me/").url == "/accounts/login/?next=/me/"
    assert sign_in(PlainBrowser(), "other@example.org", "another long phrase").url == "/me/"


# Words


def test_pages_and_mails_call_the_site_by_its_name(person):
    Site.objects.create(pk=1, name="Reading & Research", contact_email="hello@example.org")
    for page in ("login", "signup", "login/code", "password/reset", "confirm-email", "inactive"):
        assert "Reading &amp; Research</title>" in person.open(f"/accounts/{page}/").html
        assert "testserver" not in person.words
    join(person)
    body = mail.outbox[-1].body
    assert body.startswith("Welcome to Reading & Research. One step is left.\n\nOpen this page")
    assert body.endswith("-- \nReading & Research\nhttp://testserver/\nQuestions? Write to hello@example.org.")


@pytest.mark.parametrize("path", ["login", "password/reset", "signup"])
def test_too_many_tries_are_told_kindly(path):
    for _try in range(31):
        data = {"login": "a@example.org", "password": "x", "email": "a@example.org", "password1": "x"}
        response = Client().post(f"/accounts/{path}/", data)
    assert (response.status_code, "That was too many tries" in response.text) == (429, True)


def test_too_many_codes_are_told_at_the_field():
    for _try in range(4):
        response = Client().post("/accounts/login/code/", {"email": "a@example.org"})
    assert (response.status_code, "too many tries" in response.text) == (200, True)
