"""A Celery app whose workers have one guard of the ledger taken away, the one that WITHOUT names. For controls."""

import os
from typing import Any

from celery import shared_task
from celery.signals import worker_init

from collaborative.celery import app

__all__ = ["app"]

APP = "tests.notifications.faults.unguarded"


@worker_init.connect
def take_away(**_ignored: object) -> None:
    from notifications import actions

    if os.environ["WITHOUT"] == "writing down after sending":
        deliver = actions.deliver

        def write_down_first(*, delivery: Any, clock: Any, **about: Any) -> Any:
            done = actions._close(delivery, actions.State.SENT, "", sent_at=clock())
            deliver(delivery=delivery, clock=clock, **about)
            return done

        actions.deliver = write_down_first
    elif os.environ["WITHOUT"] == "reconnecting":
        actions.RECONNECT_PAUSES = ()
    else:
        assert os.environ["WITHOUT"] == "ticks"


@shared_task
def send_one(*, pk: int, **_ignored: object) -> None:
    """What many sites do instead of a ledger: each message is a task, and the broker remembers it."""
    from collaborative.home.kinds import BY_KEY, frame
    from core.clock import now
    from notifications.actions import deliver
    from notifications.mail import Outbox
    from notifications.models import Delivery

    Delivery.objects.filter(pk=pk).update(state=Delivery.State.SENDING, attempts=1)
    with Outbox(frame()) as outbox:
        deliver(delivery=Delivery.objects.get(pk=pk), kinds=BY_KEY, outbox=outbox, clock=now)
