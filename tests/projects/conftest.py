import pytest
from django.test import Client

from members.models import Member
from tests.factories import OrganizerFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def signed_in():
    """Makes a client for somebody."""

    def make(member: Member) -> Client:
        client = Client()
        client.force_login(member, backend=BACKEND)
        return client

    return make


@pytest.fixture
def organizer() -> Member:
    return OrganizerFactory()
