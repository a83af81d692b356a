"""The worker and the clock: `celery -A collaborative.celery worker`, `celery -A collaborative.celery beat`."""

import os

from celery import Celery
from celery.signals import after_task_publish, setup_logging, worker_ready
from django.utils import timezone
from django_structlog.celery.steps import DjangoStructLogInitStep

from collaborative import embedded
from collaborative.home import beats

HEARTBEAT = "collaborative.home.tasks.heartbeat"
# The ticks whose beats `/health/ready` looks for.
FIRST = (HEARTBEAT, "collaborative.home.tasks.write_obligations", "collaborative.home.tasks.send_due")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")
embedded.ensure_running()

app = Celery("collaborative")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery leaves logging alone when somebody is connected here; Django has configured it already."""


@after_task_publish.connect(sender=HEARTBEAT)
def hear_the_clock(**kwargs: object) -> None:
    """Called where a heartbeat is put out, once the broker has it; a worker need not be there for this."""
    beats.give(beats.CLOCK, timezone.now())


@worker_ready.connect
def say_so_at_once(**kwargs: object) -> None:
    """The first beats do not wait for the clock, so a site that has just started is soon ready."""
    for task in FIRST:
        app.send_task(task)
