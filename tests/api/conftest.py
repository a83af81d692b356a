import pytest
from django.test import Client
from django.utils import timezone

from collaborative.home.actions import make_token
from tests.factories import MemberFactory


@pytest.fixture
def program_of():
    """A program that uses a member's own token."""

    def make(member) -> Client:
        key = make_token(actor=member, now=timezone.now())
        return Client(headers={"Authorization": f"Token {key}"}, enforce_csrf_checks=True)

    return make


@pytest.fixture
def member():
    return MemberFactory()


@pytest.fixture
def program(program_of, member):
    return program_of(member)
