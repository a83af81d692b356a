"""Valkey is emptied, or dies and comes back with nothing: the next tick finds in the database what is owed."""

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from collaborative.celery import app as celery
from collaborative.home.beats import WORKER
from collaborative.home.tasks import write_obligations
from notifications.models import Delivery
from tests.notifications.faults.conftest import OwnValkey, count_of, session_tomorrow
from tests.notifications.faults.unguarded import APP, send_one

pytestmark = pytest.mark.xdist_group("processes")
State = Delivery.State


def test_an_emptied_broker_loses_nothing(processes, mail_server):
    session_tomorrow(8)
    processes.beat()
    processes.beat()
    mail_server.hold_at(3)
    processes.worker()
    mail_server.wait_for(3)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert cache.get(WORKER.key) is None
    mail_server.release()
    processes.wait_until(lambda: count_of(State.SENT) == 8, "all sent")
    session_tomorrow(4)
    processes.wait_until(lambda: count_of(State.SENT) == 12, "what was owed after the flush is sent as well")
    processes.wait_until(lambda: cache.get(WORKER.key) is not None, "the worker is heard of again")
    assert set(mail_server.ids().values()) == {1}


def test_a_broker_that_dies_and_comes_back_loses_nothing(start, broker, mail_server):
    processes = start(environment={"REDIS_URL": broker.url})
    session_tomorrow(8)
    processes.beat()
    processes.beat()
    mail_server.hold_at(3)
    processes.worker()
    mail_server.wait_for(3)
    broker.kill()
    # What it has in hand needs no broker.
    mail_server.release()
    mail_server.wait_for(4)
    broker.start()
    session_tomorrow(4)
    processes.wait_until(lambda: count_of(State.SENT) == 12, "all sent, and what was owed after the restart as well")
    assert set(mail_server.ids().values()) == {1}


def test_messages_that_only_a_broker_remembers_are_lost_with_it(start, broker, mail_server):
    """The control: a task for each message, and no ticks that read the ledger."""
    session_tomorrow(3)
    write_obligations()
    due = Delivery.objects.filter(due_at__lte=timezone.now())
    last, *before = due.order_by("id").values_list("pk", flat=True)
    put_into(broker, before)
    broker.kill()
    broker.start()
    put_into(broker, [last])
    processes = start(app=APP, environment={"REDIS_URL": broker.url, "WITHOUT": "ticks"})
    processes.worker()
    processes.wait_until(lambda: count_of(State.SENT) == 1, "what was put in after the restart is sent")
    # Tasks are taken in their order, so that those before it are gone.
    assert (count_of(State.DUE), len(mail_server.messages)) == (2, 1)


def put_into(broker: OwnValkey, pks: list[int]) -> None:
    with celery.connection_for_write(broker.url.replace("unix://", "redis+socket://")) as connection:
        for pk in pks:
            send_one.apply_async(kwargs={"pk": pk}, connection=connection)
