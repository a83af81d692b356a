import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
import redis
from django.core.cache import cache
from django.utils import timezone

from collaborative.embedded.servers import Postgres, Valkey, runtime_dir
from collaborative.home.beats import WORKER
from notifications.models import Delivery
from reading_groups.models import Session
from tests.factories import EnrolmentFactory, ReadingGroupFactory, SessionFactory
from tests.notifications.faults.processes import PATIENCE, Processes

type Start = Callable[..., Processes]


@pytest.fixture
def start(transactional_db, tmp_path, mail_server) -> Iterator[Start]:
    """Makes `Processes`, whose workers and beats end with the test."""
    made: list[Processes] = []

    def make(**options: Any) -> Processes:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Processes(folder, mail_server.url, **options))
        return made[-1]

    yield make
    mail_server.release()
    for processes in made:
        processes.kill_all()


@pytest.fixture
def processes(start) -> Processes:
    return start()


def session_tomorrow(members: int) -> Session:
    """One that starts in twenty hours of real time, so that everybody is owed a reminder now."""
    group = ReadingGroupFactory(capacity=members)
    for _ in range(members):
        EnrolmentFactory(group=group)
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(hours=20))


def count_of(state: str) -> int:
    """Of what is due; of what is to come, such as the reminder an hour before, nobody sees anything yet."""
    return Delivery.objects.filter(state=state, due_at__lte=timezone.now()).count()


def wait_for_ticks(processes: Processes, count: int = 3) -> None:
    """Until workers have taken so many more heartbeats: whatever else was due has had its turn."""
    seen = {cache.get(WORKER.key)}

    def have_come() -> bool:
        seen.add(cache.get(WORKER.key))
        return len(seen) > count

    processes.wait_until(have_come, "the ticks go on")


class OwnValkey(Valkey):
    """A broker of the test's own, that can be killed."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self.url = self.start()

    def kill(self) -> None:
        """SIGKILL; what it remembered is gone."""
        server = redis.Redis(unix_socket_path=str(self.socket))
        pid = server.info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        for dump in self.data.glob("*.rdb"):
            dump.unlink()


class OwnPostgres(Postgres):
    """A database of the test's own, that can be stopped as its operators would, or as the power would."""

    def __init__(self, data: Path) -> None:
        # A commit has to survive an immediate stop, as on a real site; the disk itself does not fail here.
        super().__init__(data, {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"})
        self.url = self.start()

    def empty(self) -> None:
        self.ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SELECT 1")

    def copy_from(self, url: str) -> None:
        """Everything that another database has."""
        programs = self._server().bin_path
        dump = subprocess.run([programs / "pg_dump", "--no-owner", url], stdout=subprocess.PIPE, check=True)
        subprocess.run(
            [programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", self.url],
            input=dump.stdout,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def stop_at_once(self, mode: str) -> None:
        """`fast` breaks off what runs and ends in order; `immediate` ends as if the power had failed."""
        pid = self._postmaster_pid()
        assert pid is not None
        os.kill(pid, {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
        psutil.Process(pid).wait(PATIENCE)

    def ask(self, query: str) -> list[tuple]:
        connection = psycopg2.connect(self.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            connection.close()


@pytest.fixture
def broker(tmp_path) -> Iterator[OwnValkey]:
    server = OwnValkey(tmp_path / "valkey")
    yield server
    server.stop()
    shutil.rmtree(runtime_dir(server.data), ignore_errors=True)


@pytest.fixture(scope="module")
def database_server(tmp_path_factory) -> Iterator[OwnPostgres]:
    server = OwnPostgres(tmp_path_factory.mktemp("own") / "postgres")
    yield server
    server.stop()
