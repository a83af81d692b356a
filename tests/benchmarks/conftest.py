"""Speed as ratios within one run: how many times a one-query Django view a page or an action costs."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest

ROUNDS = 15


def pytest_collection_modifyitems(items):
    for item in items:
        if "benchmarks" in str(item.fspath):
            item.add_marker(pytest.mark.bench)


@pytest.fixture
def seconds() -> Callable[[Callable[[], object]], float]:
    """The median time of a call, after one that warms up."""

    def measure(work: Callable[[], object], rounds: int = ROUNDS) -> float:
        work()
        times = []
        for _round in range(rounds):
            start = perf_counter()
            work()
            times.append(perf_counter() - start)
        return median(times)

    return measure
