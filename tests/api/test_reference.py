"""The schema and its page."""

import re
from io import StringIO

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.api.problems import problem_of
from tests.collaborative.test_policies import policy
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, member):
    client.force_login(member)
    return client


def test_the_schema_validates_without_a_warning():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=StringIO())


def test_the_schema_describes_every_endpoint(program):
    described = set(program.get("/api/v1/schema/").json()["paths"])

    def routes(resolver, before=""):
        for pattern in resolver.url_patterns:
            here = before + re.sub(r"[\^$]|\\Z", "", str(pattern.pattern))
            if isinstance(pattern, URLPattern):
                yield re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", here)
            else:
                yield from routes(pattern, here)

    there = {"/" + route for route in routes(get_resolver()) if route.startswith("api/")}
    assert there - described == {"/api/v1/schema/", "/api/v1/docs/"}


def test_schema_and_reference_are_for_members(client):
    assert problem_of(Client().get("/api/v1/schema/")) == (401, "not_authenticated")
    assert client.get("/api/v1/docs/").headers["Location"] == "/accounts/login/?next=/api/v1/docs/"


def test_the_reference_is_served_from_here_under_the_policy_of_the_site(signed_in):
    response = signed_in.get("/api/v1/docs/")
    sources = re.findall(r'(?:src|href|data-schema)="([^"]*)"', response.text)
    assert all(source.startswith("/") for source in sources)
    files = [source.removeprefix("/static/") for source in sources if source.startswith("/static/")]
    assert len(files) == 4
    assert all(finders.find(file) for file in files)
    assert "<style" not in response.text
    assert not re.search(r"<script(?![^>]* src=)", response.text)
    found = policy(response)
    assert {source for source in found["script-src"] if not source.startswith("'nonce-")} == {"'self'"}
    assert found["style-src"] == {"'self'"}


def test_the_schema_says_nothing_of_the_framework_s_own_failures(signed_in):
    told = signed_in.get("/api/v1/schema/").json()
    join = told["paths"]["/api/v1/groups/{slug}/join/"]["post"]
    assert set(join["responses"]) == {"200", "409"}
    assert "requestBody" not in join
    assert MemberFactory._meta.model.__name__ not in told["components"]["schemas"]
