"""The ticks. Each reads what is due from the database, so losing the broker, or running two clocks, changes nothing."""

from celery import shared_task

from collaborative.home import beats
from collaborative.home.kinds import frame, kinds_with
from collaborative.models import Site
from core import clock
from notifications import actions


@shared_task
def write_obligations(**_ignored: object) -> int:
    """Write what falls due within the next 48 hours."""
    count = actions.write_obligations(kinds=list(kinds_with(Site.current().parts).values()), now=clock.now())
    beats.give(beats.PLANNING, clock.now())
    return count


@shared_task
def send_due(**_ignored: object) -> int:
    """Send what is due. A run that breaks or hangs gives no beat, which `/health/ready` notices."""
    count = actions.send_due(kinds=kinds_with(Site.current().parts), frame=frame(), clock=clock.now)
    beats.give(beats.SENDING, clock.now())
    return count


@shared_task
def heartbeat(**_ignored: object) -> None:
    """Say that work is really consumed; `/health/ready` looks for this."""
    beats.give(beats.WORKER, clock.now())
