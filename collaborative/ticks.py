"""What the clock puts out. Only ticks: what is due is read from the database, so a lost broker loses nothing."""

from typing import Any

from celery.schedules import schedule

# For each tick how many times less often it comes than the most frequent one, and its task.
TICKS = {
    "write-obligations": (6, "collaborative.home.tasks.write_obligations"),
    "send-due": (1, "collaborative.home.tasks.send_due"),
    "pass-on-holds": (6, "reading_groups.tasks.pass_on_expired_holds"),
    "apply-decisions": (3, "cohorts.tasks.apply_decisions"),
    "send-group-messages": (3, "reading_groups.tasks.send_messages"),
    "heartbeat": (2, "collaborative.home.tasks.heartbeat"),
}


def ticks_every(tick_seconds: float) -> dict[str, dict[str, Any]]:
    """The ticks as Celery's clock wants them, where the most frequent one comes every so many seconds.

    A tick that waited while the next ones queued up behind it has been overtaken by them, and is dropped. What comes
    most often is dropped first, so that a backlog of it never crowds out the rest.
    """
    return {
        name: {
            "task": task,
            "schedule": schedule(times * tick_seconds),
            "options": {"expires": max(3 * times * tick_seconds, 30)},
        }
        for name, (times, task) in TICKS.items()
    }
