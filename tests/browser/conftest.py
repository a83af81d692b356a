"""A real server on the test database, and a real Chromium."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

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
    path = os.environ.get("PLAYWRIGHT_CHROMIUM") or "/usr/bin/chromium"
    # Chromium's own sandbox does not start as root, as tests in a container often run.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": [*quiet, *sandbox]}


@pytest.fixture(scope="session")
def site(django_db_setup, django_db_blocker, tmp_path_factory) -> str:
    """The address of the site, served as in production: granian, collected files, compression, our headers."""
    static = tmp_path_factory.mktemp("static")
    collect = {"STATIC_ROOT": str(static), "PYTHONPATH": str(ROOT)}
    manage = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(manage, env=os.environ | collect, check=True, cwd=ROOT)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = os.environ["DATABASE_URL"].replace("@/postgres?", f"@/{connection.settings_dict['NAME']}?")
    environment = os.environ | collect | {"DATABASE_URL": url, "PORT": str(port), "LOG_LEVEL": "ERROR"}
    command = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4", "--log-level", "error"]
    server = subprocess.Popen([*command, "collaborative.wsgi:application"], env=environment, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/health/live", server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    for _attempt in range(STARTS_WITHIN * 10):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except urllib.error.URLError:
            # Waiting for the process itself is the pause, and tells at once if it ended.
            try:
                server.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError("the server ended while starting") from None
    raise RuntimeError("the server did not start")


@pytest.fixture
def mails() -> "Mails":
    return Mails(Path(settings.LOCAL_MAIL_DIR))


class Mails:
    """The mails that the site has kept, the newest first."""

    def __init__(self, folder: Path):
        self.folder = folder
        for file in folder.glob("*.eml"):
            file.unlink()

    def latest(self) -> str:
        newest = max(self.folder.glob("*.eml"))
        return newest.name


@pytest.fixture
def demo(transactional_db):
    """The topics and a few groups that a newcomer finds."""
    call_command("load_topics", verbosity=0)
