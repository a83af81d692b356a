"""The site's settings for workers and beats whose time is the test's: it stands still until the test moves it."""

from celery.schedules import schedule

from collaborative.settings import *  # noqa: F403
from collaborative.settings import CELERY_BEAT_SCHEDULE

CLOCK = "tests.notifications.term.clock.now"


def _every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": schedule(seconds), "options": {"expires": 30}}


# The same ticks, at the pace of a term in a minute.
PACE = {"send-due": 0.1, "write-obligations": 0.25, "pass-on-holds": 0.25, "send-group-messages": 0.25}
CELERY_BEAT_SCHEDULE = {
    name: _every(PACE.get(name, 2), str(entry["task"])) for name, entry in CELERY_BEAT_SCHEDULE.items()
}
