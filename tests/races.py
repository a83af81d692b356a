"""Several people at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def race(*works: Callable[[], Any], refusals: type[Exception] | tuple[type[Exception], ...] = ()) -> list[Any]:
    """Run the works in threads that start together, each with a connection of its own.

    Gives what each returned, in the order given, or which of the refusals it raised. Raises whatever else one raised.
    """
    start = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return work()
        except refusals as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
