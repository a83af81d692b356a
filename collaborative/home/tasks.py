"""The ticks. Each reads what is due from the database, so losing the broker, or running two clocks, changes nothing."""

from celery import shared_task
from django.core.cache import cache

from collaborative.home.kinds import frame, kinds_with
from collaborative.models import Site
from core import clock
from notifications import actions

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = 90


@shared_task
def write_obligations(**_ignored: object) -> int:
    """Write what falls due within the next 48 hours."""
    return actions.write_obligations(kinds=list(kinds_with(Site.current().parts).values()), now=clock.now())


@shared_task
def send_due(**_ignored: object) -> int:
    """Send what is due."""
    return actions.send_due(kinds=kinds_with(Site.current().parts), frame=frame(), clock=clock.now)


@shared_task
def heartbeat(**_ignored: object) -> None:
    """Say that work is really consumed; `/health/ready` looks for this."""
    cache.set(HEARTBEAT_KEY, clock.now().isoformat(), HEARTBEAT_SECONDS)
