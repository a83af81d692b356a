"""A real Celery worker and real beats, on the test's own database, Valkey number and mail server."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from collaborative.embedded import ROOT

PATIENCE = 60
LEASE_SECONDS = 2
TICK_SECONDS = 0.2


class Processes:
    """Starts them, each in a session of its own, so that a kill takes the pool's children along."""

    def __init__(self, folder: Path, mail_url: str) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen] = []
        server, _slash, query = os.environ["DATABASE_URL"].partition("/postgres?")
        self.environment = os.environ | {
            "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}?{query}",
            "REDIS_URL": settings.REDIS_URL,
            "EMAIL_URL": mail_url,
            "TICK_SECONDS": str(TICK_SECONDS),
            "DELIVERY_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOCAL_DIR": str(folder),
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

    def kill_all(self) -> None:
        for process in list(self.running):
            self.kill(process)

    def logs(self) -> str:
        return "\n".join(f"{file.name}:\n{file.read_text()[-3000:]}" for file in sorted(self.folder.glob("*.log")))

    def _start(self, *arguments: str) -> subprocess.Popen:
        with open(self.folder / f"{arguments[0]}-{len(self.running)}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "collaborative.celery", *arguments, "--loglevel", "WARNING"],
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
