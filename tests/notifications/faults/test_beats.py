"""Two clocks at once: each message is owed once."""

import threading

import pytest
from django.db import connection

from notifications.models import Delivery
from notifications.querysets import DeliveryQuerySet
from tests.notifications.faults.conftest import count_of, session_tomorrow, wait_for_ticks
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("processes")]
State = Delivery.State


def test_two_beats_and_two_workers_double_nothing(processes, mail_server):
    session_tomorrow(30)
    processes.beat()
    processes.beat()
    processes.worker(concurrency=2)
    processes.wait_until(lambda: count_of(State.SENT) == 30, "all sent")
    wait_for_ticks(processes)
    assert Delivery.objects.filter(kind="session_tomorrow").count() == 30
    assert (len(mail_server.messages), set(mail_server.recipients().values())) == (30, {1})


@pytest.fixture
def both_look_before_either_writes(monkeypatch):
    """The worst moment: both clocks have seen that the rows are missing."""
    look, both_have = DeliveryQuerySet.missing, threading.Barrier(2)

    def missing(self, rows):
        found = look(self, rows)
        both_have.wait()
        return found

    monkeypatch.setattr(DeliveryQuerySet, "missing", missing)


@pytest.fixture
def without_the_constraint():
    [constraint] = [each for each in Delivery._meta.constraints if each.name == "delivery_owed_once"]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Delivery, constraint)
    yield
    Delivery.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Delivery, constraint)


def test_clocks_that_look_at_once_owe_each_message_once(post, session_in, mail_server, both_look_before_either_writes):
    session_in(24, members=5)
    race(post.scan, post.scan)
    post.send()
    assert set(mail_server.recipients().values()) == {1}


def test_without_the_constraint_they_owe_it_twice(
    without_the_constraint, post, session_in, mail_server, both_look_before_either_writes
):
    session_in(24, members=5)
    race(post.scan, post.scan)
    post.send()
    assert set(mail_server.recipients().values()) == {2}
