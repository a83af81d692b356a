import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction

from tests.permissions.scene import Scene, build


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[Scene]:
    """Built once for the tests of a file."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def scene(db: None, built: Scene) -> Scene:
    """With the point to which whatever is done in it is taken back."""
    return replace(built, savepoint=transaction.savepoint_create())


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """Thousands of refusals are what is asked for; a log of them would bury the one that is wrong."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)
