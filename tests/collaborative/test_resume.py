"""Nothing that somebody typed is lost when a session or a form has expired, and no other site sends in their name."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from collaborative.home.resume import MOST_CHARACTERS, SESSION_KEY
from members.models import Institution
from reading_groups.models import Enrolment
from tests.clients import browser_of
from tests.factories import MemberFactory, ReadingGroupFactory, TopicFactory
from tests.factories.members import PASSWORD
from tests.plain_browser import PlainBrowser

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MemberFactory(email="a@example.org", name="Member A")


@pytest.fixture
def person(member):
    """Signed in, as a page that was opened an hour ago finds them."""
    return browser_of(member)


def session_ends(person):
    del person.client.cookies[settings.SESSION_COOKIE_NAME]


def token_ages(person):
    """The page still holds a token of the cookie before, as after a sign-in in another tab."""
    person.client.cookies["csrftoken"] = "n" * 32


def sign_in_again(person):
    return person.press("Sign in", login="a@example.org", password=PASSWORD)


# A session that has ended


def test_a_profile_comes_back_after_the_sign_in_and_is_sent_whole(person, member):
    topic = TopicFactory(name="Graphs")
    person.open("/me/profile/?next=/groups/")
    session_ends(person)
    typed = {
        "name": "Member “A”",
        "bio": "\nFirst line\n<b>second</b>",
        "topics-0-topic": str(topic.pk),
        "topics-0-level": "2",
        "topics-0-months": "18",
    }
    person.press("Save profile", **typed)
    assert person.url == "/accounts/login/?next=/resume/"
    sign_in_again(person)
    assert (person.url, "Nothing has been sent yet." in person.words) == ("/resume/", True)
    kept = person.filled_in("Send it now")
    assert {name: kept[name] for name in typed} == typed
    assert kept["next"] == "/groups/"
    assert person.press("Send it now").url == "/groups/"
    member.refresh_from_db()
    assert (member.name, member.bio) == ("Member “A”", "First line\n<b>second</b>")
    experience = member.topic_experience.get()
    assert (experience.topic, experience.level, experience.months) == (topic, 2, 18)
    assert SESSION_KEY not in person.client.session


def test_only_what_somebody_typed_is_shown(person):
    person.open("/me/profile/?next=/groups/")
    session_ends(person)
    person.press("Save profile", name="Member A", **{"topics-0-months": "18"})
    sign_in_again(person)
    labels = [label for label in ("Name", "Time zone", "Next", "TOTAL", "Months", "Bio") if f">{label}<" in person.html]
    assert labels == ["Name", "Time zone"]


@pytest.mark.parametrize(("button", "state"), [("Take a place", "enrolled"), ("Join the waitlist", "waitlisted")])
def test_a_place_is_taken_after_the_sign_in(person, member, button, state):
    group = ReadingGroupFactory(slug="attention", capacity=1, places_taken=int(button == "Join the waitlist"))
    person.open("/groups/attention/")
    session_ends(person)
    person.press(button)
    assert group.enrolments.count() == 0
    sign_in_again(person)
    assert "You had pressed a button, and nothing has been done yet." in person.words
    assert person.press("Do it now").url == "/groups/attention/"
    assert list(group.enrolments.values_list("member", "state")) == [(member.pk, state)]


def test_a_place_is_given_up_after_the_sign_in(person, member):
    group = ReadingGroupFactory(slug="attention")
    person.open("/groups/attention/").press("Take a place")
    session_ends(person)
    person.press("Give up my place")
    assert group.enrolments.get().state == Enrolment.State.ENROLLED
    sign_in_again(person).press("Do it now")
    assert group.enrolments.get().state == Enrolment.State.LEFT


def test_it_stays_until_it_is_sent_or_dropped(person):
    person.open("/me/profile/")
    session_ends(person)
    person.press("Save profile", name="Member B")
    sign_in_again(person)
    for _reload in range(2):
        assert person.open("/resume/").filled_in("Send it now")["name"] == "Member B"
    assert person.press("Do not send it").url == "/me/"
    assert "It was not sent." in person.words
    assert person.open("/resume/").url == "/me/"
    assert SESSION_KEY not in person.client.session


def test_a_code_brings_it_back_as_well(person, mailoutbox):
    person.open("/me/profile/")
    session_ends(person)
    person.press("Save profile", name="Member B").follow("Send me a code").press(
        "Send me a code", email="a@example.org"
    )
    code = next(line for line in mailoutbox[-1].body.splitlines() if len(line) == 9 and line[4] == "-")
    assert person.press("Sign in", code=code).url == "/resume/"
    assert person.filled_in("Send it now")["name"] == "Member B"


def test_the_way_leads_on_for_somebody_who_has_no_account_yet(mailoutbox):
    group = ReadingGroupFactory(slug="attention")
    visitor = PlainBrowser().open("/accounts/login/")
    token = dict(visitor.form("Sign in")[0].fields)["csrfmiddlewaretoken"]
    visitor.client.post("/groups/attention/join/", {"csrfmiddlewaretoken": token})
    visitor.open("/accounts/login/?next=/resume/").follow("Make one")
    visitor.press("Join", email="new@example.org", password1=PASSWORD)
    link = next(line for line in mailoutbox[-1].body.splitlines() if "confirm-email" in line)
    visitor.open(link.removeprefix("http://testserver")).press("Confirm this address")
    visitor.press("Save profile", name="Member N", time_zone="Asia/Kathmandu")
    assert visitor.url == "/resume/"
    assert visitor.press("Do it now").url == "/groups/attention/"
    assert group.enrolments.get().member.name == "Member N"


def test_a_form_of_the_admin_comes_back_as_well(member):
    member.is_staff = member.is_superuser = True
    member.save()
    visitor = PlainBrowser().open("/accounts/login/")
    token = dict(visitor.form("Sign in")[0].fields)["csrfmiddlewaretoken"]
    data = {"csrfmiddlewaretoken": token, "name": "University of Nairobi", "country": "KE", "_continue": ""}
    visitor.arrive("/", visitor.client.post("/admin/members/institution/add/", data))
    sign_in_again(visitor)
    assert visitor.filled_in("Send it now")["name"] == "University of Nairobi"
    visitor.press("Send it now")
    assert visitor.status == 200
    assert Institution.objects.get().name == "University of Nairobi"


def test_passwords_are_neither_kept_nor_shown(person):
    person.open("/accounts/password/change/")
    session_ends(person)
    person.press("Change password", oldpassword=PASSWORD, password1="another long phrase")
    session = Session.objects.latest("expire_date").get_decoded()
    assert [field["value"] for field in session[SESSION_KEY]["fields"]] == ["", ""]
    sign_in_again(person)
    assert person.html.count('type="password"') == 2
    assert "Passwords are never kept." in person.words
    person.press("Send it now", oldpassword=PASSWORD, password1="another long phrase")
    assert "Your password is changed." in person.words


def test_what_is_too_long_to_keep_is_said_and_not_kept(person):
    person.open("/me/profile/")
    session_ends(person)
    person.press("Save profile", bio="x" * (MOST_CHARACTERS + 1))
    assert (person.url, "too long to keep" in person.words) == ("/accounts/login/?next=/me/profile/", True)
    assert all(len(session.session_data) < 2_000 for session in Session.objects.all())


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_of_a_visitor_lead_to_the_sign_in(client, method):
    response = getattr(client, method)("/me/profile/")
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/me/profile/")


def test_htmx_goes_to_the_sign_in_as_a_whole(client):
    htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/groups/?q=a"}
    response = client.get("/me/", headers=htmx)
    assert (response.status_code, response.headers["HX-Redirect"]) == (
        200,
        "/accounts/login/?next=/groups/%3Fq%3Da",
    )
    response = client.post("/me/profile/", {"name": "Member B"}, headers=htmx)
    assert response.headers["HX-Redirect"] == "/accounts/login/?next=/resume/"
    assert client.session[SESSION_KEY]["fields"] == [{"name": "name", "value": "Member B"}]
    elsewhere = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example.org/"}
    assert client.get("/me/", headers=elsewhere).headers["HX-Redirect"] == "/accounts/login/?next=/me/"


# A form that has expired


def test_an_old_form_comes_back_filled_in(person, member):
    person.open("/me/profile/")
    token_ages(person)
    person.press("Save profile", name="Member B", bio="Two\nlines")
    assert (person.status, person.url) == (403, "/me/profile/")
    assert "This form was open for too long" in person.words
    assert person.filled_in("Send it now")["name"] == "Member B"
    assert person.press("Send it now").url == "/me/"
    member.refresh_from_db()
    assert (member.name, member.bio) == ("Member B", "Two\nlines")


def test_an_old_sign_in_form_asks_for_the_password_once_more(member):
    visitor = PlainBrowser().open("/accounts/login/?next=/me/profile/")
    token_ages(visitor)
    visitor.press("Sign in", login="a@example.org", password=PASSWORD)
    assert (visitor.status, PASSWORD in visitor.html) == (403, False)
    assert visitor.filled_in("Send it now") == {"login": "a@example.org", "password": "", "next": "/me/profile/"}
    assert visitor.press("Send it now", password=PASSWORD).url == "/me/profile/"


def test_an_old_form_of_somebody_signed_out_takes_both_ways(person):
    group = ReadingGroupFactory(slug="attention")
    person.open("/groups/attention/")
    session_ends(person)
    token_ages(person)
    person.press("Take a place").press("Do it now")
    assert person.url == "/accounts/login/?next=/resume/"
    sign_in_again(person).press("Do it now")
    assert group.enrolments.get().state == Enrolment.State.ENROLLED


def test_fields_with_several_values_come_back_with_all(client):
    strict = Client(enforce_csrf_checks=True)
    data = {"csrfmiddlewaretoken": "o" * 64, "choice": ["first", "second"], "_save": "", "form-TOTAL_FORMS": "3"}
    page = strict.post("/groups/attention/join/?from=list", data)
    assert page.status_code == 403
    form, _button = PlainBrowser(strict).arrive("/", page).form("Send it now")
    assert form.action == "/groups/attention/join/?from=list"
    assert form.fields[1:] == [("choice", "first"), ("choice", "second"), ("_save", ""), ("form-TOTAL_FORMS", "3")]
    assert page.text.count("<label") - page.text.count('<label class="vh"') == 3  # two choices, and the appearance


def test_htmx_forms_that_are_too_old_go_to_the_same_page(person):
    person.open("/me/profile/")
    headers = {"HX-Request": "true", "X-CSRFToken": "o" * 64}
    response = person.client.post("/me/profile/", {"name": "Member B"}, headers=headers)
    assert (response.status_code, response.headers["HX-Redirect"]) == (403, "/resume/")
    assert person.open("/resume/").filled_in("Send it now") == {"name": "Member B"}


# Another site


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_another_site_is_refused_and_nothing_is_offered(person, headers):
    """Even one that guesses a token, and even in a browser that tells little."""
    group = ReadingGroupFactory(slug="attention")
    data = {"bio": "typed elsewhere"} | ({"csrfmiddlewaretoken": "o" * 64} if headers else {})
    response = person.client.post("/groups/attention/join/", data, headers=headers)
    assert response.status_code == 403
    assert "This did not come from our pages" in response.text
    assert "typed elsewhere" not in response.text
    assert "Send it now" not in response.text
    assert group.enrolments.count() == 0


def test_over_https_a_page_without_a_referrer_is_refused(person):
    data = {"csrfmiddlewaretoken": "o" * 64, "bio": "typed elsewhere"}
    response = person.client.post("/me/profile/", data, secure=True)
    assert (response.status_code, "Send it now" in response.text) == (403, False)
