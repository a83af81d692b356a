"""A mail server that says no, not now, or nothing: what is tried again, and when, and what is not."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from notifications import mail
from notifications.actions import FIRST_RETRY, LONGEST_PAUSE, MOST_ATTEMPTS
from notifications.models import Delivery
from tests.notifications.conftest import offered_place
from tests.smtp import drop, hang

pytestmark = pytest.mark.django_db
State = Delivery.State

NOT_NOW = [
    ("MAIL", "421 closing", "answered 421"),
    ("MAIL", "450 later", "answered 450"),
    ("MAIL", "550 who are you", "answered 550"),
    ("RCPT", "421 closing", "address not accepted now: 421"),
    ("RCPT", "450 greylisted", "address not accepted now: 450"),
    ("DATA", "421 closing", "message not accepted now: 421"),
    ("DATA", "450 later", "message not accepted now: 450"),
    ("RCPT", hang, "connection: SMTPServerDisconnected"),
    ("DATA", hang, "connection: SMTPServerDisconnected"),
    ("MAIL", drop, "connection: SMTPServerDisconnected"),
    ("RCPT", drop, "connection: SMTPServerDisconnected"),
    ("DATA", drop, "connection: SMTPServerDisconnected"),
]
REFUSED = [("RCPT", "550 no such user", "address refused: 550"), ("DATA", "554 not that", "message refused: 554")]


def name(value):
    return getattr(value, "__name__", None) or str(value).split()[0]


@pytest.fixture
def owed(post, session_in, mail_server, settings):
    """Two reminders due now, to a server that is given up after half a second."""
    settings.MAILERS = mail_server.mailers(timeout=0.5)
    session_in(24, members=2)
    post.scan()
    return list(Delivery.objects.order_by("due_at", "id"))


@pytest.mark.parametrize(("stage", "answer", "reason"), NOT_NOW, ids=name)
def test_what_may_work_later_is_tried_again(post, mail_server, owed, stage, answer, reason):
    mail_server.answers = [(stage, answer)]
    post.send()
    first, second = Delivery.objects.order_by("due_at", "id")
    assert (first.state, first.reason, first.attempts) == (State.DUE, reason, 1)
    assert first.lease_until == post.now + FIRST_RETRY
    assert second.state == State.SENT
    post.advance(minutes=1)
    post.send()
    first.refresh_from_db()
    assert (first.state, first.reason, first.attempts, first.sent_at) == (State.SENT, "", 2, post.now)
    assert set(mail_server.recipients().values()) == {1}


@pytest.mark.parametrize(("stage", "answer", "reason"), REFUSED, ids=name)
def test_what_is_refused_fails_once(post, mail_server, owed, stage, answer, reason):
    mail_server.answers = [(stage, answer)]
    post.send()
    post.advance(hours=2)
    post.send()
    first, second = Delivery.objects.order_by("due_at", "id")
    assert (first.state, first.reason, first.attempts) == (State.FAILED, reason, 1)
    assert (second.state, mail_server.attempts) == (State.SENT, 2)


def test_an_address_that_cannot_be_written_fails_once(post, mail_server, owed):
    type(owed[0].member).objects.filter(pk=owed[0].member_id).update(email="møøse@example.org")
    post.send()
    first, second = Delivery.objects.order_by("due_at", "id")
    assert (first.state, first.reason) == (State.FAILED, "address cannot be written")
    assert second.state == State.SENT


def test_the_pauses_grow_to_an_hour_and_end_after_a_day(post, mail_server):
    offered_place(post.now, hold_hours=0)
    mail_server.answers = [("RCPT", "450 greylisted")] * (MOST_ATTEMPTS + 1)
    pauses = []
    for _ in range(MOST_ATTEMPTS - 1):
        post.send()
        pauses.append(Delivery.objects.get().lease_until - post.now)
        post.now += pauses[-1]
    post.send()
    delivery = Delivery.objects.get()
    assert [pause // timedelta(minutes=1) for pause in pauses[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(pauses[6:]) == {LONGEST_PAUSE}
    assert (delivery.state, delivery.attempts) == (State.FAILED, MOST_ATTEMPTS)
    assert delivery.reason == "address not accepted now: 450"
    assert sum(pauses, timedelta()) > timedelta(hours=23)


def test_a_message_is_not_tried_again_when_it_is_no_longer_useful(post, mail_server, owed):
    mail_server.answers = [("RCPT", "450 greylisted")]
    post.send()
    post.now = owed[0].expires_at
    post.send()
    first = Delivery.objects.get(pk=owed[0].pk)
    assert (first.state, first.reason) == (State.SUPPRESSED, "too late to be useful")


def test_a_server_that_is_away_costs_nobody_an_attempt(post, mail_server, owed, settings, caplog):
    away = mail_server.mailers()
    away["default"]["OPTIONS"]["port"] = 1
    settings.MAILERS = away
    for _ in range(3):
        assert post.send() == 0
        post.advance(seconds=10)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.DUE, 0)}
    assert "mail_server_unreachable" in caplog.text
    settings.MAILERS = mail_server.mailers()
    post.advance(minutes=1)
    assert post.send() == 2


def test_a_server_that_does_not_let_us_in_costs_nobody_an_attempt(post, mail_server, owed, settings):
    locked = mail_server.mailers()
    locked["default"]["OPTIONS"] |= {"username": "us", "password": "wrong"}
    settings.MAILERS = locked
    assert post.send() == 0
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.DUE, 0)}


def test_one_connection_serves_a_run(post, mail_server, owed):
    post.send()
    assert (len(mail_server.messages), mail_server.connections) == (2, 1)


def test_addresses_stay_out_of_the_ledgers_words_and_of_the_log(post, mail_server, owed, caplog):
    mail_server.answers = [(stage, answer) for stage, answer, _ in REFUSED]
    post.send()
    for delivery in Delivery.objects.select_related("member"):
        assert delivery.member.email not in delivery.reason + caplog.text


# The controls: the same answers, with a guard taken away --------------------------------------------------------------


def test_if_every_refusal_were_final_a_busy_server_would_lose_messages(post, mail_server, owed, monkeypatch):
    monkeypatch.setattr(mail, "_failure", lambda error: mail.Refused("refused"))
    mail_server.answers = [("RCPT", "450 greylisted")]
    post.send()
    post.advance(hours=2)
    post.send()
    assert count_by_state() == {State.FAILED: 1, State.SENT: 1}
    assert len(mail_server.messages) == 1


def test_if_no_refusal_were_final_a_wrong_address_would_be_tried_all_day(post, mail_server, owed, monkeypatch):
    monkeypatch.setattr(mail, "_failure", lambda error: mail.NotNow("not now"))
    mail_server.answers = [("RCPT", "550 no such user")] * 12
    for _ in range(12):
        post.send()
        post.advance(hours=1)
    assert mail_server.attempts > 10


def test_if_a_broken_connection_were_kept_it_would_take_the_next_message_along(post, mail_server, owed, monkeypatch):
    monkeypatch.setattr(mail.Outbox, "_close", lambda outbox: None)
    mail_server.answers = [("MAIL", drop)]
    post.send()
    assert (count_by_state(), mail_server.connections) == ({State.DUE: 2}, 1)


@pytest.mark.django_db(transaction=True)
def test_if_nobody_looked_at_the_clock_a_silent_server_would_hold_up_all_messages(post, mail_server, owed, settings):
    settings.MAILERS = mail_server.mailers(timeout=None)
    mail_server.answers = [("RCPT", hang)]

    def send() -> None:
        try:
            post.send()
        finally:
            connection.close()

    sender = threading.Thread(target=send)
    sender.start()
    mail_server.wait_until(lambda: mail_server.stages["RCPT"] == 1)
    # With its timeout, the sender would have gone on to the second message twice over.
    sender.join(1)
    assert sender.is_alive()
    assert mail_server.messages == []
    mail_server.close()
    sender.join()


def count_by_state() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))
