"""The worker and the clock: `celery -A collaborative.celery worker`, `celery -A collaborative.celery beat`."""

import os

from celery import Celery
from celery.signals import setup_logging, worker_ready
from django_structlog.celery.steps import DjangoStructLogInitStep

from collaborative import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")
embedded.ensure_running()

app = Celery("collaborative")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**kwargs: object) -> None:
    """Celery leaves logging alone when somebody is connected here; Django has configured it already."""


@worker_ready.connect
def say_so_at_once(**kwargs: object) -> None:
    """The first heartbeat does not wait for the clock, so a site that has just started is soon ready."""
    app.send_task("collaborative.home.tasks.heartbeat")
