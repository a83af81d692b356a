"""The promise, with real processes: no reminder is lost; at most one duplicate for each worker killed between the
server's acceptance and the commit, and none otherwise. Two beats run in every test.
"""

from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from collaborative.home.tasks import HEARTBEAT_KEY
from notifications.models import Delivery
from reading_groups.models import Session
from tests.factories import EnrolmentFactory, ReadingGroupFactory, SessionFactory
from tests.notifications.processes import Processes

pytestmark = pytest.mark.xdist_group("processes")
State = Delivery.State


@pytest.fixture
def processes(transactional_db, tmp_path, mail_server):
    started = Processes(tmp_path, mail_server.url)
    yield started
    started.kill_all()


def session_tomorrow(members: int) -> Session:
    """One that starts in twenty hours of real time, so that everybody is owed a reminder now."""
    group = ReadingGroupFactory(capacity=members)
    for _ in range(members):
        EnrolmentFactory(group=group)
    return SessionFactory(group=group, starts_at=timezone.now() + timedelta(hours=20))


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state=State.SENT).count() == count


def test_a_killed_worker_loses_nothing_and_doubles_one_message_at_most(processes, mail_server):
    session_tomorrow(12)
    processes.beat()
    processes.beat()
    for killed_at in (3, 7):
        mail_server.hold_at(killed_at)
        worker = processes.worker()
        mail_server.wait_for(killed_at)
        # The server has the message, and the worker does not know it yet.
        processes.kill(worker)
        mail_server.release()
    processes.worker()
    processes.wait_until(lambda: all_sent(12), "all sent")
    assert len(mail_server.recipients()) == 12
    assert len(mail_server.ids()) == 12, "the second copy of a message has the same Message-ID"
    # One more for each worker that was killed; on a slow machine both may be of the same message.
    assert len(mail_server.messages) == 14
    assert sum(Delivery.objects.values_list("attempts", flat=True)) == 14


def test_an_emptied_broker_loses_nothing(processes, mail_server):
    session_tomorrow(8)
    processes.beat()
    processes.beat()
    mail_server.hold_at(3)
    processes.worker()
    mail_server.wait_for(3)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert cache.get(HEARTBEAT_KEY) is None
    mail_server.release()
    processes.wait_until(lambda: all_sent(8), "all sent")
    session_tomorrow(4)
    processes.wait_until(lambda: all_sent(12), "what was owed after the flush is sent as well")
    processes.wait_until(lambda: cache.get(HEARTBEAT_KEY) is not None, "the worker is heard of again")
    assert set(mail_server.ids().values()) == {1}


def test_two_beats_and_two_workers_double_nothing(processes, mail_server):
    session_tomorrow(30)
    processes.beat()
    processes.beat()
    processes.worker(concurrency=2)
    processes.wait_until(lambda: all_sent(30), "all sent")
    heartbeats = set()

    def ticks_go_on() -> bool:
        heartbeats.add(cache.get(HEARTBEAT_KEY))
        return len(heartbeats) >= 5

    processes.wait_until(ticks_go_on, "the ticks go on")
    assert Delivery.objects.filter(kind="session_tomorrow").count() == 30
    assert (len(mail_server.messages), set(mail_server.recipients().values())) == (30, {1})
