"""The site's Celery app, whose workers say until when each of its tasks has looked, and which have failed."""

from typing import Any

from celery.signals import task_failure, task_postrun, task_prerun

from collaborative.celery import app
from tests.notifications.term import clock

__all__ = ["app"]

FINISHED, FAILED = "term:finished", "term:failed"
_began: dict[str, float] = {}


@task_prerun.connect
def begin(task_id: str, **_ignored: Any) -> None:
    _began[task_id] = clock.now().timestamp()


@task_failure.connect
def fail(sender: Any, exception: BaseException, **_ignored: Any) -> None:
    clock.valkey().sadd(FAILED, f"{sender.name}: {exception!r}")


@task_postrun.connect
def end(task_id: str, task: Any, **_ignored: Any) -> None:
    clock.valkey().zadd(FINISHED, {task.name: _began.pop(task_id)}, gt=True)
