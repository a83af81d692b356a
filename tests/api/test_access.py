"""Who gets in, how failures are told, and what nobody should send."""

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.authtoken.models import Token

from collaborative.home.actions import delete_account, make_token
from collaborative.models import Site
from reading_groups import actions
from reading_groups.models import Enrolment
from tests.api.problems import problem_of
from tests.factories import MemberFactory, ReadingGroupFactory

pytestmark = pytest.mark.django_db
TASKS, JOIN = "/api/v1/tasks/", "/api/v1/groups/open/join/"


def with_token(key: str) -> Client:
    return Client(headers={"Authorization": f"Token {key}"})


# Tokens


def test_a_token_is_shown_once_and_kept_as_a_digest(client, member):
    client.force_login(member)
    assert "You have no token" in client.get("/me/tokens/").text
    made = client.post("/me/tokens/", {"action": "make"})
    key = made.context["key"]
    assert made.text.count(key) == 1
    assert "no-store" in made.headers["Cache-Control"]
    assert key not in client.get("/me/tokens/").text
    assert [len(key) > 40, Token.objects.get().key in made.text, Token.objects.get().key == key] == [True, False, False]
    assert with_token(key).get(TASKS).status_code == 200
    # What stands in the database opens nothing.
    assert problem_of(with_token(Token.objects.get().key).get(TASKS)) == (401, "authentication_failed")


def test_a_new_token_ends_the_one_before_and_revoking_ends_it(client, member):
    client.force_login(member)
    first, second = (client.post("/me/tokens/", {"action": "make"}).context["key"] for _ in range(2))
    assert [with_token(key).get(TASKS).status_code for key in (first, second)] == [401, 200]
    assert client.post("/me/tokens/", {"action": "revoke"}).headers["Location"] == "/me/tokens/"
    assert with_token(second).get(TASKS).status_code == 401
    # Nothing else does anything, and revoking twice changes nothing.
    for action in ("revoke", "", "nonsense"):
        assert client.post("/me/tokens/", {"action": action}).status_code == 302
    assert not Token.objects.exists()


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token nonsense", "Token \xff\xfe", "Token " + "x" * 4000])
def test_a_wrong_token_is_told_and_the_session_does_not_stand_in_for_it(client, member, header):
    client.force_login(member)
    response = client.get(TASKS, headers={"Authorization": header})
    assert problem_of(response) == (401, "authentication_failed")
    assert response.headers["WWW-Authenticate"] == "Token"


def test_the_token_of_somebody_who_has_gone_opens_nothing(member):
    key = make_token(actor=member, now=timezone.now())
    member.is_active = False
    member.save()
    assert problem_of(with_token(key).get(TASKS)) == (401, "authentication_failed")
    member.is_active = True
    member.save()
    delete_account(actor=member, now=timezone.now())
    assert not Token.objects.exists()
    assert problem_of(with_token(key).get(TASKS)) == (401, "authentication_failed")


def test_whoever_is_not_known_is_told_how_to_be(client):
    response = client.get(TASKS)
    assert problem_of(response) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == "Token"


# Sessions


def test_a_session_needs_the_token_against_forgery_to_change_something(member):
    ReadingGroupFactory(slug="open")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member)
    assert browser.get(TASKS).status_code == 200
    assert problem_of(browser.post(JOIN)) == (403, "csrf_failed")
    assert not Enrolment.objects.exists()
    browser.get("/me/tokens/")
    token = browser.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    assert browser.post(JOIN, content_type="application/json", headers=headers).status_code == 200
    # Forms are for the site's pages.
    assert problem_of(browser.post(JOIN, {"a": "b"}, headers=headers)) == (415, "unsupported_media_type")


def test_a_token_needs_no_other(program):
    ReadingGroupFactory(slug="open")
    assert program.post(JOIN).status_code == 200


# Limits and failures


def test_who_asks_too_often_waits(program, program_of):
    answers = [program.get(TASKS).status_code for _ in range(120)]
    assert set(answers) == {200}
    response = program.get(TASKS)
    assert problem_of(response) == (429, "throttled")
    assert 0 < int(response.headers["Retry-After"]) <= 60
    # Each for themselves.
    assert program_of(MemberFactory()).get(TASKS).status_code == 200


def test_a_wrong_method_a_wrong_format_and_a_wrong_address(program):
    ReadingGroupFactory(slug="open")
    assert problem_of(program.delete("/api/v1/groups/open/")) == (405, "method_not_allowed")
    assert problem_of(program.post(TASKS)) == (405, "method_not_allowed")
    assert problem_of(program.get(JOIN)) == (405, "method_not_allowed")
    assert problem_of(program.get(TASKS, headers={"Accept": "application/xml"})) == (406, "not_acceptable")
    for path in ("/api/v1/nowhere/", "/api/", "/api/v1/groups/%00/", "/api/v1/groups/🦉/join/"):
        assert problem_of(program.get(path)) == (404, "unknown"), path


@pytest.mark.parametrize(
    "query",
    [
        {"q": "'\"%_\\ \u202e 😀"},
        {"q": "a\0b"},
        {"q": "x" * 5000},
        {"topic": "nowhere"},
        {"topic": "\0"},
        {"format": "xml"},
        {"order": "-password"},
        {"open": "2"},
        {"page": "two"},
        {"page": "99999999999999999999999"},
        {"page": "9" * 5000},
        {"page": "-1"},
        {"page_size": "9" * 5000},
        {"page_size": "-1"},
        {"version": "nine"},
    ],
)
def test_nonsense_in_the_query_is_told_and_breaks_nothing(program, query):
    response = program.get("/api/v1/groups/", query)
    if response.status_code != 200:
        assert problem_of(response) in {(400, "invalid"), (404, "unknown")}


def test_a_filter_that_means_nothing_is_told_on_its_field(program):
    response = program.get("/api/v1/groups/", {"format": "xml", "order": "size"})
    assert problem_of(response) == (400, "invalid")
    assert set(response.json()["errors"]) == {"format", "order"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("{", "application/json"),
        ("[1, 2", "application/json"),
        ("\udcff".encode("utf-8", "surrogateescape"), "application/json"),
        ("x", "multipart/form-data; boundary="),
        ("x", "multipart/form-data; boundary=y"),
        ("<a/>", "text/xml"),
        (b"{}", "application/json; charset=utf-7"),
        ("x", ""),
    ],
)
def test_whatever_is_sent_along_breaks_nothing(program, client, member, body, content_type):
    """Joining and leaving read no body."""
    client.force_login(member)
    ReadingGroupFactory(slug="open")
    for who in (program, client):
        response = who.post(JOIN, body, content_type=content_type)
        assert response.status_code in {200, 400}
        if response.status_code == 400:
            problem_of(response)


def test_a_group_that_vanishes_meanwhile_is_told(program, monkeypatch):
    group = ReadingGroupFactory(slug="open")
    for verb in ("join_group", "leave_group"):
        act = getattr(actions, verb)

        def vanish(act=act, **kwargs):
            group.delete()
            return act(**kwargs)

        monkeypatch.setattr(actions, verb, vanish)
    assert problem_of(program.post(JOIN)) == (404, "unknown")
    group = ReadingGroupFactory(slug="open")
    assert problem_of(program.post("/api/v1/groups/open/leave/")) == (404, "unknown")


def test_a_fault_of_ours_is_told_as_a_problem_as_well(member, monkeypatch):
    key = make_token(actor=member, now=timezone.now())
    ReadingGroupFactory(slug="open")
    monkeypatch.setattr(actions, "join_group", lambda **kwargs: 1 / 0)
    client = Client(headers={"Authorization": f"Token {key}"}, raise_request_exception=False)
    assert problem_of(client.post(JOIN)) == (500, "failed")


# Parts that are off


@pytest.mark.parametrize(
    ("part", "paths"),
    [
        ("groups", ["/api/v1/groups/", "/api/v1/groups/open/", "/api/v1/groups/open/join/"]),
        ("projects", [TASKS]),
        ("mentoring", ["/api/v1/rounds/", "/api/v1/rounds/open/", "/api/v1/rounds/open/matches/"]),
        ("cohorts", ["/api/v1/cohorts/", "/api/v1/cohorts/open/"]),
    ],
)
def test_what_belongs_to_a_part_that_is_off_is_not_there(program_of, client, part, paths):
    every = {"groups", "projects", "mentoring", "handbook", "cohorts"}
    Site.objects.update_or_create(pk=1, defaults={"parts": sorted(every - {part})})
    admin = program_of(MemberFactory(is_superuser=True))
    ReadingGroupFactory(slug="open")
    for path in paths:
        for who in (admin, client):
            assert problem_of(who.get(path)) == (404, "unknown")
    described = admin.get("/api/v1/schema/").json()["paths"]
    assert not {address.replace("{slug}", "open") for address in described} & set(paths)
    assert "/api/v1/agenda/" in described
    assert admin.get("/api/v1/agenda/").status_code == 200
