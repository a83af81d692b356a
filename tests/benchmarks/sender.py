"""A worker process without the broker: `python -m tests.benchmarks.sender` sends what is due, a run after the other.

Begins when it reads a line, after a first run that warms it up on nothing; prints the seconds that it took.
"""

import sys
from time import perf_counter

import django

django.setup()

from collaborative.home.kinds import frame, kinds_with  # noqa: E402 (settings come first)
from collaborative.models import Site  # noqa: E402
from core import clock  # noqa: E402
from notifications.actions import send_due  # noqa: E402


def run() -> int:
    return send_due(kinds=kinds_with(Site.current().parts), frame=frame(), clock=clock.now)


print(run(), flush=True)  # noqa: T201
sys.stdin.readline()
start = perf_counter()
while run():
    pass
print(perf_counter() - start, flush=True)  # noqa: T201
