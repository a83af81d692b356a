import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from collaborative import parts

# Playwright's synchronous API runs an event loop in the thread of the tests, which Django would refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# What other processes send does not wait for the morning; tests run at any hour.
os.environ.setdefault("QUIET_HOURS", "none")
# Nor is there a limit to what one member of a test gets.
os.environ.setdefault("OPTIONAL_MAILS_A_WEEK", "none")

# How long something takes says more about the machine than about the code.
hypothesis_settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("any machine")

SHIPPED = parts.PARTS


@pytest.fixture(autouse=True)
def every_part_is_on(monkeypatch):
    """Most tests are about what a part does while it is on; a site without a row, or with a new one, has them all."""
    monkeypatch.setattr(parts, "PARTS", tuple(replace(part, is_on_at_first=True) for part in SHIPPED))


@pytest.fixture(autouse=True)
def no_quiet_hours(settings):
    """Messages of most tests go at once, in whatever zone their reader is."""
    settings.QUIET_HOURS = None


@pytest.fixture(autouse=True)
def no_weekly_limit(settings):
    """Somebody in a test may be told a lot."""
    settings.OPTIONAL_MAILS_A_WEEK = None


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


@pytest.fixture(autouse=True)
def nobody_asks_arxiv(settings):
    """Tests that look papers up have a server of their own."""
    settings.ARXIV_API_URL = ""


@pytest.fixture
def parts_of_a_new_site(monkeypatch):
    """The parts as they are shipped, some of them off until an admin switches them on."""
    monkeypatch.setattr(parts, "PARTS", SHIPPED)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data that REAL_DATA names."""
    folder = os.environ.get("REAL_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REAL_DATA names no folder of real data here")
    return Path(folder)
