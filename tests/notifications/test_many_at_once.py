"""Several clocks and several senders at the same moment: each message is owed once and goes out once.

Threads with connections of their own stand in for workers; PostgreSQL and the mail server are real.
"""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from collaborative.home.kinds import BY_KEY
from notifications import actions
from notifications.mail import Outbox
from notifications.models import Delivery
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
State = Delivery.State


def test_clocks_that_scan_at_once_owe_each_message_once(post, session_in):
    session_in(30, members=200)
    race(*[post.scan] * 4)
    assert Delivery.objects.count() == 200


def test_senders_at_once_send_each_message_once(post, session_in, mail_server):
    session_in(24, members=40)
    post.scan()
    done = race(*[post.send] * 4)
    assert sum(done) == 40
    assert len(mail_server.messages) == 40
    assert set(mail_server.ids().values()) == set(mail_server.recipients().values()) == {1}
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_without_lock_and_lease_the_same_senders_send_twice(post, session_in, mail_server):
    """The control: look, send, write down, as a worker does, but without claiming the row first."""
    session_in(24, members=1)
    post.scan()
    both_have_read = threading.Barrier(2)

    def send_unclaimed() -> None:
        delivery = Delivery.objects.claimable(post.now).first()
        both_have_read.wait()
        with Outbox(post.frame) as outbox:
            message = {"delivery": delivery, "reader": delivery.member}
            outbox.send(**message, words=outbox.words(**message, kind=BY_KEY[delivery.kind], now=post.now))
        Delivery.objects.filter(pk=delivery.pk).update(state=State.SENT, sent_at=post.now)

    race(send_unclaimed, send_unclaimed)
    assert list(mail_server.ids().values()) == [2]


def test_a_claimed_message_is_nobody_elses_until_its_lease_ends(post, session_in, mail_server, settings):
    session_in(24)
    post.scan()
    assert actions.claim_next(now=post.now) is not None
    post.advance(seconds=settings.DELIVERY_LEASE_SECONDS - 1)
    assert post.send() == 0
    post.advance(seconds=1)
    assert post.send() == 1
    assert len(mail_server.messages) == 1


def test_the_lease_counts_from_the_claim_and_not_from_the_start_of_the_run(post, session_in, mail_server, settings):
    """A long run: the clock moves between the first message and the last."""
    session_in(24, members=2)
    post.scan()
    began = post.now
    leases = []

    def clock():
        leases.extend(Delivery.objects.filter(state=State.SENDING).values_list("lease_until", flat=True))
        post.advance(seconds=1)
        return post.now

    actions.send_due(kinds=BY_KEY, frame=post.frame, clock=clock)
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    first, last = min(leases) - lease, max(leases) - lease
    assert began < first < last
    assert min(Delivery.objects.values_list("sent_at", flat=True)) > first


def test_a_run_ends_in_time_for_the_next(post, session_in, mail_server):
    session_in(24, members=30)
    post.scan()

    def clock():
        post.advance(seconds=1)
        return post.now

    done = actions.send_due(kinds=BY_KEY, frame=post.frame, clock=clock)
    assert 1 <= done < 20


def test_a_worker_that_slept_through_its_lease_undoes_nothing(post, session_in, mail_server, settings, caplog):
    session_in(24)
    post.scan()
    asleep = actions.claim_next(now=post.now)
    post.advance(seconds=settings.DELIVERY_LEASE_SECONDS)
    post.send()
    mail_server.answers = [("RCPT", "450 later")]
    with Outbox(post.frame) as outbox:
        delivery = actions.deliver(delivery=asleep, kinds=BY_KEY, outbox=outbox, clock=post.clock)
    assert (delivery.state, delivery.attempts) == (State.SENT, 2)
    assert "delivery_taken_over" in caplog.text


def test_a_sent_message_is_written_down_though_the_database_went_away(post, session_in, mail_server):
    """The connection is cut between the server's acceptance and the commit."""
    session_in(24, members=3)
    post.scan()
    own = []

    def cut() -> None:
        mail_server.wait_for(2)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", own)
        connection.close()
        mail_server.release()

    mail_server.hold_at(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own.extend(cursor.fetchone())
    cutter = threading.Thread(target=cut)
    cutter.start()
    assert post.send() == 3
    cutter.join()
    assert set(mail_server.ids().values()) == {1}
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}
