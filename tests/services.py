"""One PostgreSQL and one Valkey for the run, loaded as a plugin before Django reads its settings.

The process that the tests were started with owns both servers; xdist's workers inherit their addresses, and each has
a database and a Valkey number of its own.
"""

import os
import shutil
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
_owned: list = []


def _start() -> None:
    folder = Path(tempfile.mkdtemp(prefix="collaborative-tests-"))
    os.environ["LOCAL_DIR"] = str(folder)
    # Where collected files would be; WhiteNoise warns when there is no such folder.
    (folder / "static").mkdir()
    os.environ.pop("PRODUCTION", None)
    from collaborative.embedded.servers import Postgres, Valkey

    # Nothing here outlives the run, so nothing waits for the disk.
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    postgres, valkey = Postgres(folder / "postgres", fast), Valkey(folder / "valkey")
    os.environ["DATABASE_URL"] = postgres.start()
    os.environ["REDIS_URL"] = valkey.start()
    _owned.extend([valkey, postgres, folder])


def pytest_unconfigure(config) -> None:
    if _owned:
        valkey, postgres, folder = _owned
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        _owned.clear()


if WORKER:
    # Mails that one worker's tests read or remove are not another's.
    os.environ["LOCAL_DIR"] += f"/{WORKER}"
    (Path(os.environ["LOCAL_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].split("?")[0] + f"?db={int(WORKER.removeprefix('gw')) + 1}"
else:
    _start()
