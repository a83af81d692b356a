"""Real Celery workers and beats, on the test's own database, Valkey number and mail server unless it names others."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from collaborative.embedded import ROOT

PATIENCE = 60
# Long enough that a worker on a busy machine does not lose its message to another while it sends it.
LEASE_SECONDS = 3
TICK_SECONDS = 0.2


def own_database() -> str:
    """The address of the database that this process tests with, for others."""
    server, _slash, query = os.environ["DATABASE_URL"].partition("/postgres?")
    return f"{server}/{connection.settings_dict['NAME']}?{query}"


class Processes:
    """Starts them, each in a session of its own, so that a kill takes the pool's children along.

    `app` names the Celery app: that of the site, or one of a test's that takes a guard away. What `environment` says
    goes before what they would have otherwise.
    """

    def __init__(
        self,
        folder: Path,
        mail_url: str,
        *,
        app: str = "collaborative.celery",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.app = app
        self.running: list[subprocess.Popen] = []
        self.environment = {
            **os.environ,
            "DATABASE_URL": own_database(),
            "REDIS_URL": settings.REDIS_URL,
            "EMAIL_URL": mail_url,
            "TICK_SECONDS": str(TICK_SECONDS),
            "DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOCAL_DIR": str(folder),
            **(environment or {}),
        }

    def worker(self, concurrency: int = 1) -> subprocess.Popen:
        return self._start("worker", "--concurrency", str(concurrency), "--without-gossip", "--without-mingle")

    def beat(self) -> subprocess.Popen:
        return self._start("beat", "--pidfile=")

    def kill(self, process: subprocess.Popen) -> None:
        """SIGKILL: no goodbye, no clean-up."""
        self.running.remove(process)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def kill_child(self, process: subprocess.Popen, number: int) -> None:
        """SIGKILL to one of the processes that a worker has its tasks done by. The worker starts another."""
        children = self.children(process)
        children[number % len(children)].kill()

    def children(self, process: subprocess.Popen) -> list[psutil.Process]:
        """What a worker has its tasks done by, once there is one."""
        found: list[psutil.Process] = []

        def are_there() -> bool:
            found[:] = psutil.Process(process.pid).children()
            return bool(found)

        self.wait_until(are_there, "the worker has children")
        return found

    def kill_all(self) -> None:
        for process in list(self.running):
            self.kill(process)

    def logs(self) -> str:
        return "\n".join(f"{file.name}:\n{file.read_text()[-3000:]}" for file in sorted(self.folder.glob("*.log")))

    def _start(self, *arguments: str) -> subprocess.Popen:
        with open(self.folder / f"{arguments[0]}-{len(self.running)}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", self.app, *arguments, "--loglevel", "WARNING"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def wait_until(self, condition: Callable[[], bool], what: str) -> None:
        """Look again and again until it is so. Raises AssertionError, with the logs, when patience ends."""
        deadline, pause = time.monotonic() + PATIENCE, threading.Event()
        while not condition():
            assert time.monotonic() < deadline, f"Not in time: {what}\n{self.logs()}"
            pause.wait(0.05)
