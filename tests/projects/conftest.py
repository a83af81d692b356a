import pytest

from members.models import Member
from tests.clients import client_of
from tests.factories import OrganizerFactory


@pytest.fixture
def signed_in():
    """Makes a client for somebody."""
    return client_of


@pytest.fixture
def organizer() -> Member:
    return OrganizerFactory()
