"""A real server on the test database, and a real Chromium."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from collaborative.models import Site
from reading_groups.actions import index_groups, join_group
from reading_groups.models import ReadingGroup
from tests.factories import (
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 30


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in Path(item.fspath).parts:
            item.add_marker(pytest.mark.browser)
            # One worker has the server; the others do the rest meanwhile.
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    # Machines that test have no GPU; imitating one takes much of their time.
    quiet += ["--disable-gpu"]
    path = os.environ.get("PLAYWRIGHT_CHROMIUM") or "/usr/bin/chromium"
    # Chromium's own sandbox does not start as root, as tests in a container often run.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": [*quiet, *sandbox]}


@pytest.fixture(autouse=True)
def no_page_stays_open(browser) -> Iterator[None]:
    """Pages that a test leaves open go on being drawn, which slows all the others down."""
    yield
    for context in list(browser.contexts):
        context.close()


@pytest.fixture(scope="session")
def collected(playwright, django_db_setup, tmp_path_factory) -> Iterator[dict[str, str]]:
    """The environment in which a server finds its collected files."""
    environment = {"STATIC_ROOT": str(tmp_path_factory.mktemp("static")), "PYTHONPATH": str(ROOT)}
    manage = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(manage, env=os.environ | environment, check=True, cwd=ROOT)
    yield environment
    # While Playwright's event loop runs, Django keeps another connection than before and after it; the test
    # database cannot be removed while one is open that nobody knows of any more.
    connections.close_all()


@contextmanager
def _serving(collected: dict[str, str]) -> Iterator[str]:
    """Serve the test database as in production: granian, collected files, compression, our headers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = os.environ["DATABASE_URL"].replace("@/postgres?", f"@/{connection.settings_dict['NAME']}?")
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | collected | {"DATABASE_URL": url, "BASE_URL": address, "LOG_LEVEL": "ERROR"}
    environment["ARXIV_API_URL"] = ""
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4", "--log-level", "error"]
    server = subprocess.Popen([*command, "collaborative.wsgi:application"], env=environment, cwd=ROOT)
    try:
        _wait_for(f"{address}/health/live", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="session")
def site(collected) -> Iterator[str]:
    """The address of the site, which serves the tests one after the other."""
    with _serving(collected) as address:
        yield address


@pytest.fixture
def new_site(transactional_db, collected) -> Iterator[str]:
    """The address of a site that has served no other test.

    A server remembers the numbers of content types, which the log of the admin refers to. Each test's database has
    its own, so of the tests that write in the admin all but one need a server of their own.
    """
    with _serving(collected) as address:
        yield address


def _wait_for(url: str, server: subprocess.Popen) -> None:
    for _attempt in range(STARTS_WITHIN * 10):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            # It does not listen yet, or has not loaded what answers. Waiting for the process itself is the pause, and
            # tells at once if it ended.
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError("the server ended while starting") from None
    raise RuntimeError("the server did not start")


@pytest.fixture
def term(transactional_db) -> dict[str, ReadingGroup]:
    """What a newcomer finds: a group with places, a full one with somebody waiting, and one of another format."""
    for file in Path(settings.LOCAL_MAIL_DIR).glob("*.eml"):
        file.unlink()
    Site.objects.create(pk=1, name="A Research Collaborative", zone="Europe/Berlin", contact_email="hello@example.org")
    statistics = TopicFactory(name="Statistics", slug="statistics")
    bootstrap = TopicFactory(name="The bootstrap", slug="bootstrap", parent=statistics)
    networks = TopicFactory(name="Neural networks", slug="networks")
    organizer = MemberFactory(name="Member C", email="organizer@example.org")
    attention = ReadingGroupFactory(
        title="Attention, from the beginning",
        slug="attention",
        description="We read the papers in the order they were written. *Two people present*; nobody presents alone.",
        topics=[networks],
        organizers=[organizer],
        zone="Europe/Berlin",
        call_url="https://meet.example.org/attention",
    )
    slowly = ReadingGroupFactory(title="Statistics, slowly", slug="slowly", topics=[bootstrap], capacity=1)
    chapters = ReadingGroupFactory(title="One long book", slug="book", format="textbook", topics=[statistics])
    starts = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    for group in (attention, slowly, chapters):
        for week in range(-3, 4):
            session = SessionFactory(group=group, starts_at=starts + timedelta(weeks=week))
            paper = PaperFactory(title=f"Paper {week + 4} of {group.title}", authors=["A. Author"], year=2017)
            ReadingFactory(group=group, session=session, paper=paper)
    for _person in range(2):
        join_group(actor=MemberFactory(), group_id=slowly.pk, now=timezone.now())
    index_groups(group_ids=[attention.pk, slowly.pk, chapters.pk])
    return {"attention": attention, "slowly": slowly, "book": chapters}
