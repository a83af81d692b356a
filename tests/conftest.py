import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache

# Playwright's synchronous API runs an event loop in the thread of the tests, which Django would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def now() -> datetime:
    """A Tuesday in term time, a month after European clocks changed."""
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_cache():
    """Rate limits and heartbeats of one test do not reach the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages link to static files by their plain names; the browser tests serve the collected ones."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data that REAL_DATA names."""
    folder = os.environ.get("REAL_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REAL_DATA names no folder of real data here")
    return Path(folder)
