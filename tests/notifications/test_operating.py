"""What operators do with the ledger: put back what failed, cancel what waits, and never get in a worker's way."""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from notifications import actions, operating
from notifications.mail import NotNow, Refused, Words
from notifications.models import Delivery
from tests.factories import AdminFactory
from tests.notifications.conftest import offered_place
from tests.races import race
from tests.smtp import PATIENCE

State = Delivery.State
WORDS = Words(subject="A session is a day away", text="Hello\n", html="<p>Hello</p>", path="", stop_path="")


def owed(post, session_in, count=1):
    session_in(24, members=count)
    post.scan()
    return list(Delivery.objects.order_by("id"))


def fail(*deliveries):
    for delivery in deliveries:
        delivery.state, delivery.reason, delivery.attempts = State.FAILED, "address refused: 550", 30
        delivery.save()


def retry(post, *deliveries):
    ids = [delivery.pk for delivery in deliveries]
    return operating.retry_deliveries(actor=AdminFactory(), delivery_ids=ids, now=post.now)


def cancel(post, *deliveries):
    ids = [delivery.pk for delivery in deliveries]
    return operating.cancel_deliveries(actor=AdminFactory(), delivery_ids=ids, now=post.now)


@pytest.mark.django_db
def test_what_is_put_back_goes_once_with_the_same_id_and_is_as_late_as_it_is(post, session_in, mail_server):
    [delivery] = owed(post, session_in)
    mail_server.answers = [("RCPT", "550 no such user")]
    post.send()
    post.advance(hours=1)
    assert retry(post, delivery) == 1
    assert post.send() == 1
    after = Delivery.objects.get()
    assert (after.state, after.attempts, after.due_at, after.sent_at) == (State.SENT, 1, delivery.due_at, post.now)
    assert after.message_id.startswith(f"<delivery-{delivery.pk}-")
    with pytest.raises(operating.NothingToRetry):
        retry(post, delivery)
    post.advance(hours=1)
    assert post.send() == 0
    assert len(mail_server.messages) == 1


@pytest.mark.django_db
def test_after_all_attempts_it_has_all_of_them_again(post, session_in, mail_server):
    [delivery] = owed(post, session_in)
    fail(delivery)
    retry(post, delivery)
    mail_server.answers = [("RCPT", "450 greylisted")]
    post.send()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (State.DUE, 1)
    assert delivery.lease_until == post.now + actions.FIRST_RETRY


@pytest.mark.django_db
def test_only_what_failed_and_is_still_of_use_is_put_back(post, session_in, mail_server):
    failed, late, sent, due, suppressed = owed(post, session_in, 5)
    fail(failed, late)
    Delivery.objects.filter(pk=late.pk).update(expires_at=post.now)
    Delivery.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=post.now)
    Delivery.objects.filter(pk=suppressed.pk).update(state=State.SUPPRESSED)
    assert retry(post, failed, late, sent, due, suppressed) == 1
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {
        failed.pk: State.DUE,
        late.pk: State.FAILED,
        sent.pk: State.SENT,
        due.pk: State.DUE,
        suppressed.pk: State.SUPPRESSED,
    }


@pytest.mark.django_db
def test_what_is_cancelled_is_closed_with_that_reason_and_never_sent(post, session_in, mail_server):
    first, _second = owed(post, session_in, 2)
    assert cancel(post, first) == 1
    with pytest.raises(operating.NothingToCancel):
        cancel(post, first)
    assert post.send() == 1
    first.refresh_from_db()
    assert (first.state, first.reason, first.sent_at) == (State.SUPPRESSED, "cancelled by an operator", None)
    # Written again by the next scan, it stays cancelled.
    assert post.scan() == 0
    assert len(mail_server.messages) == 1


@pytest.mark.django_db
def test_what_waits_for_its_next_attempt_can_be_cancelled(post, session_in, mail_server):
    [delivery] = owed(post, session_in)
    mail_server.answers = [("RCPT", "450 greylisted")]
    post.send()
    assert cancel(post, delivery) == 1
    post.advance(hours=1)
    assert post.send() == 0


@pytest.mark.django_db
def test_what_a_worker_has_in_hand_is_not_taken_from_it(post, session_in, mail_server):
    owed(post, session_in)
    claimed = actions.claim_next(now=post.now)
    for write, failure in ((cancel, operating.NothingToCancel), (retry, operating.NothingToRetry)):
        with pytest.raises(failure):
            write(post, claimed)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.attempts) == (State.SENDING, 1)


@pytest.mark.django_db
def test_a_worker_that_comes_back_from_the_dead_does_not_close_a_later_attempt(post, session_in, mail_server):
    """Put back, a row has its first attempt a second time; the first worker's word is about another claim."""
    owed(post, session_in)
    dead = actions.claim_next(now=post.now)
    Delivery.objects.update(state=State.FAILED, lease_until=None)
    retry(post, dead)
    post.advance(minutes=10)
    alive = actions.claim_next(now=post.now)
    assert (alive.pk, alive.attempts) == (dead.pk, dead.attempts)
    actions._close(dead, State.FAILED, "from the dead")
    alive.refresh_from_db()
    assert (alive.state, alive.reason) == (State.SENDING, "")


@pytest.mark.django_db
def test_the_log_says_who_did_it(post, session_in):
    deliveries = owed(post, session_in, 2)
    operator = AdminFactory()
    operating.cancel_deliveries(actor=operator, delivery_ids=[one.pk for one in deliveries], now=post.now)
    entries = set(LogEntry.objects.values_list("user", "object_id", "change_message", "content_type__model"))
    assert entries == {(operator.pk, str(one.pk), "Cancelled", "delivery") for one in deliveries}


@pytest.mark.django_db
@pytest.mark.parametrize("write", [operating.retry_deliveries, operating.cancel_deliveries])
def test_no_more_than_a_press_can_bear(post, write):
    with pytest.raises(operating.TooManyAtOnce):
        write(actor=AdminFactory(), delivery_ids=range(operating.MOST_AT_ONCE + 1), now=post.now)


@pytest.mark.django_db
@pytest.mark.parametrize("write", [retry, cancel])
def test_many_cost_as_many_queries_as_few(post, session_in, write, django_assert_num_queries):
    deliveries = owed(post, session_in, 40)
    if write is retry:
        fail(*deliveries)
    operator = AdminFactory()
    act = operating.retry_deliveries if write is retry else operating.cancel_deliveries
    act(actor=operator, delivery_ids=[deliveries.pop().pk], now=post.now)  # the content type is looked up once
    for some in (deliveries[:3], deliveries[3:]):
        # A savepoint and its release; the rows, locked; what becomes of them, in one; the entries of the log.
        with django_assert_num_queries(5):
            act(actor=operator, delivery_ids=[one.pk for one in some], now=post.now)


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_two_operators_put_back_once(post, session_in, mail_server):
    deliveries = owed(post, session_in, 10)
    fail(*deliveries)
    found = race(*[lambda: retry(post, *deliveries)] * 2, refusals=operating.NothingToRetry)
    assert sorted(found, key=str) == [10, operating.NothingToRetry]
    assert LogEntry.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_cancelling_while_workers_claim_leaves_each_message_to_one_of_them(post, session_in, mail_server):
    deliveries = owed(post, session_in, 30)
    sent, more, cancelled = race(
        post.send, post.send, lambda: cancel(post, *deliveries), refusals=operating.NothingToCancel
    )
    cancelled = 0 if cancelled is operating.NothingToCancel else cancelled
    assert sent + more + cancelled == 30
    assert Delivery.objects.filter(state=State.SUPPRESSED).count() == cancelled
    assert Delivery.objects.filter(state=State.SENT).count() == len(mail_server.messages) == 30 - cancelled


@pytest.mark.django_db(transaction=True)
def test_a_row_that_a_worker_takes_while_an_operator_waits_for_it_stays_with_the_worker(post, session_in):
    """The worker has the lock, and the operator reads the row as due; once the lock is free it is not due any more."""
    [delivery] = owed(post, session_in)

    holds_it = threading.Event()

    def claim_slowly() -> str:
        with transaction.atomic():
            claimed = actions.claim_next(now=post.now)
            holds_it.set()
            wait_until_somebody_waits()
            return claimed.state

    def cancel_meanwhile() -> int:
        assert holds_it.wait(PATIENCE)
        return cancel(post, delivery)

    found = race(claim_slowly, cancel_meanwhile, refusals=operating.NothingToCancel)
    assert found == [State.SENDING, operating.NothingToCancel]
    delivery.refresh_from_db()
    assert delivery.state == State.SENDING


def wait_until_somebody_waits() -> None:
    """Until another connection to this database waits for a lock."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            # Else a transaction goes on to see what it saw at first.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits for the row")


# A test


@pytest.mark.django_db
def test_a_test_goes_to_its_operator_alone_and_answers_for_nobody(post, mail_server, settings):
    operator = AdminFactory()
    operating.send_test(reader=operator, words=WORDS, frame=post.frame)
    [message] = mail_server.messages
    assert message["To"] == operator.email
    assert message["Subject"] == "[Test] A session is a day away"
    assert [message[header] for header in ("Cc", "Bcc", "List-Unsubscribe", "List-Unsubscribe-Post")] == [None] * 4
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Message-ID"].endswith(f"@{settings.DEFAULT_FROM_EMAIL.rsplit('@')[-1]}>")
    assert not Delivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "failure"), [(("RCPT", "550 no such user"), Refused), (("DATA", "450 later"), NotNow)]
)
def test_a_test_that_does_not_go_says_so(post, mail_server, answer, failure):
    mail_server.answers = [answer]
    with pytest.raises(failure):
        operating.send_test(reader=AdminFactory(), words=WORDS, frame=post.frame)


@pytest.mark.django_db
def test_a_place_that_was_offered_and_expired_is_not_offered_again(post, mail_server):
    offered_place(post.now, hold_hours=2)
    delivery = Delivery.objects.get()
    fail(delivery)
    post.advance(hours=2)
    with pytest.raises(operating.NothingToRetry):
        retry(post, delivery)
    assert delivery.expires_at == post.now
    post.now -= timedelta(seconds=1)
    assert retry(post, delivery) == 1
