"""The database and the broker that run by themselves, where no URL names others.

`ensure_running()` is called by every entry point (manage.py, the web server, Celery) before settings are read.
It starts PostgreSQL and Valkey below `.local/` unless they run already, and puts their addresses into the
environment. Whoever uses them holds a shared lock on one file; the last one to leave stops both servers. The kernel
drops the lock of a process that is killed, so nothing leaks and nothing needs counting.
"""

import atexit
import fcntl
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from collaborative.embedded.servers import Postgres, Valkey

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Path(os.environ.get("LOCAL_DIR") or ROOT / ".local")

YES = ("1", "true", "yes", "on")
NO = ("", "0", "false", "no", "off")

_in_use: IO[str] | None = None


class EmbeddedRefused(SystemExit):
    """Production names its own servers; the message is the one line that the operator sees."""


def in_production() -> bool:
    """Whether PRODUCTION is set. Ends the program unless it is a plain yes or no: a typo must not open a local site."""
    value = os.environ.get("PRODUCTION", "").strip().lower()
    if value not in {*YES, *NO}:
        raise SystemExit("PRODUCTION must be 1 or 0.")
    return value in YES


def ensure_running() -> None:
    """Guarantee that DATABASE_URL and REDIS_URL are set, starting the embedded servers where they are not.

    Does nothing where both are set. Raises EmbeddedRefused in production. Side effects: may start processes that
    outlive this call and end with the last user; sets environment variables, which child processes inherit.
    """
    wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not wanted or _in_use is not None:
        return
    if in_production():
        raise EmbeddedRefused(f"PRODUCTION=1 needs {' and '.join(wanted)}: embedded servers are for local use only.")
    LOCAL.mkdir(parents=True, exist_ok=True)
    with _starting():
        _hold()
        if "DATABASE_URL" in wanted:
            os.environ["DATABASE_URL"] = Postgres(LOCAL / "postgres").start()
        if "REDIS_URL" in wanted:
            os.environ["REDIS_URL"] = Valkey(LOCAL / "valkey").start()
    atexit.register(_leave, os.getpid())


@contextmanager
def _starting():
    """One process at a time starts or stops servers."""
    with open(LOCAL / "starting.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hold() -> None:
    global _in_use
    _in_use = open(LOCAL / "in-use.lock", "w")  # noqa: SIM115 (held until the process ends)
    fcntl.flock(_in_use, fcntl.LOCK_SH)


def _leave(pid: int) -> None:
    """At exit: stop the servers if nobody else holds the lock. Forked children leave this to their parent."""
    if os.getpid() != pid or _in_use is None:
        return
    try:
        with _starting():
            fcntl.flock(_in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Valkey(LOCAL / "valkey").stop()
            Postgres(LOCAL / "postgres").stop()
    except BlockingIOError:
        pass  # somebody else still works with them
    except OSError as error:
        print(f"Could not stop the embedded servers: {error}", file=sys.stderr)
