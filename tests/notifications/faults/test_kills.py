"""The promise, with real workers that are killed: no reminder is lost; at most one duplicate for each worker killed
between the server's acceptance and the commit, and none otherwise. Two beats run.
"""

import random
import threading

import pytest

from notifications.models import Delivery
from tests.notifications.faults.conftest import count_of, session_tomorrow, wait_for_ticks
from tests.notifications.faults.unguarded import APP
from tests.smtp import hang

pytestmark = pytest.mark.xdist_group("processes")
State = Delivery.State

# Of the dialogue with the mail server: before the message, and between acceptance and the reply.
STAGES = ("MAIL", "RCPT", "DATA", "ACCEPTED")


def test_a_worker_killed_before_it_hears_of_acceptance_doubles_that_message(processes, mail_server):
    session_tomorrow(6)
    processes.beat()
    processes.beat()
    mail_server.hold_at(3)
    worker = processes.worker()
    mail_server.wait_for(3)
    # The server has the message, and the worker does not know it yet.
    processes.kill(worker)
    mail_server.release()
    processes.worker()
    processes.wait_until(lambda: count_of(State.SENT) == 6, "all sent")
    assert sorted(mail_server.recipients().values()) == [1, 1, 1, 1, 1, 2]
    assert len(mail_server.ids()) == 6, "the second copy of a message has the same Message-ID"
    assert sum(Delivery.objects.values_list("attempts", flat=True)) == 7


@pytest.mark.parametrize("seed", [random.randrange(10**6)], ids=["a new seed each run"])
def test_kills_at_random_moments_lose_nothing(processes, mail_server, seed):
    """Ten of the pool's processes and one whole worker, at moments that the seed decides."""
    print(f"seed {seed}")  # noqa: T201 (shown where the test fails)
    chance, pause, killed = random.Random(seed), threading.Event(), 0
    session_tomorrow(60)
    processes.beat()
    processes.beat()
    worker = processes.worker(concurrency=2)
    for number in range(11):
        stage, passing = chance.choice(STAGES), chance.randint(1, 3)
        wanted = mail_server.stages[stage] + passing
        mail_server.wait_until(lambda stage=stage, wanted=wanted: mail_server.stages[stage] >= wanted)
        pause.wait(chance.uniform(0, 0.02))
        if number == 5:
            processes.kill(worker)
            worker, killed = processes.worker(concurrency=2), killed + 2
        else:
            processes.kill_child(worker, chance.randrange(2))
            killed += 1
    processes.wait_until(lambda: count_of(State.SENT) == 60, "all sent")
    assert len(mail_server.recipients()) == len(mail_server.ids()) == 60
    assert len(mail_server.messages) <= 60 + killed
    assert len(mail_server.messages) <= sum(Delivery.objects.values_list("attempts", flat=True)) <= 60 + killed


# The controls: the same kill, with a guard taken away -----------------------------------------------------------------


def send_two_with_a_kill(processes, mail_server) -> None:
    """A worker dies before the server has its message; another one comes and is done with whatever it can do."""
    session_tomorrow(2)
    processes.beat()
    mail_server.answers = [("RCPT", hang)]
    worker = processes.worker()
    mail_server.wait_until(lambda: mail_server.stages["RCPT"] == 1)
    processes.kill(worker)
    processes.worker()
    mail_server.wait_for(1)
    processes.wait_until(lambda: count_of(State.DUE) == 0, "nothing is left to take")
    wait_for_ticks(processes)


def test_without_an_end_of_the_lease_it_is_lost(start, mail_server):
    send_two_with_a_kill(start(environment={"DELIVERY_LEASE_SECONDS": "1e9"}), mail_server)
    assert (count_of(State.SENDING), len(mail_server.messages)) == (1, 1)


def test_written_down_before_it_is_sent_it_is_lost(start, mail_server):
    send_two_with_a_kill(start(app=APP, environment={"WITHOUT": "writing down after sending"}), mail_server)
    assert (count_of(State.SENT), len(mail_server.messages)) == (2, 1)
