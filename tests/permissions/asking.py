"""What somebody gets, told in the words of the table."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.permissions.rows import IN
from tests.permissions.scene import Scene

SIGN_IN = "/accounts/login/"

# The table that a statement writes to, rather than locks.
WRITES = re.compile(r'(?:INSERT INTO|(?<!FOR )(?<!KEY )(?<!DO )UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# One for all, since each loads the middleware anew; the cookies say who asks.
client = Client()


def ask(
    scene: Scene, role: str, method: str, path: str, sends: dict[str, Any] | None = None
) -> tuple[HttpResponse, set[str]]:
    """The response, and which tables were written to; after that the scene is as it was."""
    written: set[str] = set()

    def watch(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if context["cursor"].rowcount:
            written.update(WRITES.findall(sql))
        return result

    client.cookies.clear()
    if role in scene.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = scene.sessions[role]
    with connection.execute_wrapper(watch):
        response = getattr(client, method.lower())(path, None if method == "GET" else sends)
    if written:
        transaction.savepoint_rollback(scene.savepoint)
    return response, written - {Session._meta.db_table}


def outcome(scene: Scene, role: str, method: str, path: str, sends: dict[str, Any] | None = None) -> int | str:
    """What a role gets, and what was written where nothing may be: by a GET, or by who is refused."""
    response, written = ask(scene, role, method, path, sends)
    got: int | str = response.status_code
    may_write = method != "GET" and response.status_code < 400
    if response.status_code in {301, 302}:
        place = urlsplit(response.headers["Location"]).path
        may_write = may_write and place != SIGN_IN
        has_acted = written or method == "GET"
        got = IN if place == SIGN_IN else f"{'→' if has_acted else '↩'} {place}"
    return f"{got}, and wrote to {', '.join(sorted(written))}" if written and not may_write else got
