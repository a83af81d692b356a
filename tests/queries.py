"""Literal query counts, beyond the two that find the session and its member."""

from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def exactly(count: int, *, signed_in: bool = False):
    """Fail unless this many queries ran, apart from session and member where somebody is signed in."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = len(captured) - (2 if signed_in else 0)
    listing = "\n".join(f"{n}. {query['sql'][:160]}" for n, query in enumerate(captured, 1))
    assert asked == count, f"{asked} queries instead of {count}:\n{listing}"
