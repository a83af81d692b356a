"""Sending with a commit for each message, beside a bare loop of smtplib; scans over a long past; digests for many."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from collaborative.embedded import ROOT
from collaborative.home.kinds import BY_KEY, KINDS, frame
from collaborative.home.reminders import WEEKLY_DIGEST
from members.models import Member
from notifications import actions
from notifications.mail import render
from notifications.models import Delivery
from reading_groups.models import Enrolment, ReadingGroup, Session
from tests.factories import MemberFactory, ReadingGroupFactory, SessionFactory
from tests.notifications.faults.processes import own_database

MESSAGES = int(os.environ.get("BENCH_MESSAGES", "10000"))
State = Delivery.State


class Sink:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.sink"], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def taken(self) -> int:
        with smtplib.SMTP("127.0.0.1", self.port) as connection:
            return int(connection.noop()[1])


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.process.kill()
    server.process.wait()


def crowd(count: int) -> Session:
    """A session in twenty hours of a group with so many members."""
    now = timezone.now()
    group = ReadingGroupFactory(capacity=count, presenters_wanted=0)
    members = Member.objects.bulk_create([MemberFactory.build() for _ in range(count)])
    Enrolment.objects.bulk_create(
        Enrolment(group=group, member=member, state="enrolled", joined_at=now, enrolled_at=now) for member in members
    )
    ReadingGroup.objects.filter(pk=group.pk).update(places_taken=count)
    return SessionFactory(group=group, starts_at=now + timedelta(hours=20))


def bare_loop(sink: Sink, message: bytes, count: int) -> float:
    """Seconds for so many messages over one connection, with nothing remembered of them."""
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        start = perf_counter()
        for number in range(count):
            connection.sendmail("noreply@example.org", f"member{number}@example.org", message)
        return perf_counter() - start


def send_with(processes: int, sink: Sink) -> float:
    """Seconds until so many processes have sent all that is due."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "collaborative.settings",
        "DATABASE_URL": own_database(),
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        # The limit of a week is part of what a message costs.
        "OPTIONAL_MAILS_A_WEEK": "12",
    }
    Delivery.objects.update(due_at=timezone.now() + timedelta(hours=1))
    senders = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.sender"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for sender in senders:
        assert sender.stdout.readline() == "0\n"
    Delivery.objects.update(due_at=timezone.now())
    start = perf_counter()
    for sender in senders:
        sender.stdin.write("\n")
        sender.stdin.flush()
    for sender in senders:
        assert sender.wait() == 0
    return perf_counter() - start


@pytest.mark.django_db(transaction=True)
def test_reminders_beside_a_bare_loop(sink, capsys):
    crowd(MESSAGES)
    actions.write_obligations(kinds=[BY_KEY["session_tomorrow"]], now=timezone.now())
    first = Delivery.objects.select_related("member").first()
    kind = BY_KEY["session_tomorrow"]
    now = timezone.now()
    message = render(delivery=first, kind=kind, reader=first.member, frame=frame(), now=now).message().as_bytes()
    bare = min(bare_loop(sink, message, MESSAGES) for _ in range(2))
    ratios = {}
    for processes in (1, 4):
        Delivery.objects.update(
            state=State.DUE, sent_at=None, lease_until=None, attempts=0, counts_from=None, message_id="", notice=""
        )
        before = sink.taken()
        seconds = send_with(processes, sink)
        assert sink.taken() - before == Delivery.objects.filter(state=State.SENT).count() == MESSAGES
        ratios[processes] = bare / seconds
        told = f"{MESSAGES / seconds:.0f} a second, {bare / seconds:.3f} of a bare loop"
        with capsys.disabled():
            print(f"\nReminders, {processes} worker processes: {told}")  # noqa: T201
    with capsys.disabled():
        print(f"A bare loop of smtplib: {MESSAGES / bare:.0f} a second; {len(message)} bytes a message")  # noqa: T201
    assert ratios[4] > ratios[1]


PAST = (
    "INSERT INTO notifications_delivery (kind, recipient, member_id, object_key, occurrence, channel, due_at, state,"
    " reason, attempts, message_id, sent_at, notice, notice_path, created_at)"
    " SELECT 'session_tomorrow', 'members.member:' || %s, %s, 'reading_groups.session:1', 'past ' || n, 'mail', moment,"
    " 'sent', '', 1, '', moment, 'A session', '/', moment"
    " FROM (SELECT n, %s::timestamptz - interval '3 days' - n * interval '1 minute' AS moment"
    " FROM generate_series(%s, %s) AS n) AS past"
)


@pytest.mark.django_db
def test_a_scan_and_a_claim_over_a_long_past(seconds, capsys):
    """A thousand past deliveries, and a million."""
    crowd(200)
    now, member = timezone.now(), MemberFactory()
    actions.write_obligations(kinds=KINDS, now=now)
    rows, queries, had = {}, set(), 0

    def claim_and_give_back() -> None:
        delivery = actions.claim_next(now=now)
        assert delivery is not None
        actions.put_back([delivery])

    for past in (1_000, 1_000_000):
        with connection.cursor() as cursor:
            cursor.execute(PAST, [member.pk, member.pk, now, had + 1, past])
            cursor.execute("ANALYZE notifications_delivery")
        had = past
        with CaptureQueriesContext(connection) as captured:
            actions.write_obligations(kinds=KINDS, now=now)
        queries.add(len(captured))
        rows[past] = {
            "scan": seconds(lambda: actions.write_obligations(kinds=KINDS, now=now)),
            "claim": seconds(claim_and_give_back, rounds=100),
        }
    with capsys.disabled():
        for name in ("scan", "claim"):
            few, many = rows[1_000][name], rows[1_000_000][name]
            print(f"\n{name}: {few * 1000:.1f} ms with 1,000 past deliveries, {many / few:.2f} of it with 1,000,000")  # noqa: T201
    assert len(queries) == 1
    for name in ("scan", "claim"):
        assert rows[1_000_000][name] < 1.5 * rows[1_000][name]


MEMBERS = int(os.environ.get("BENCH_MEMBERS", "10000"))


@pytest.mark.django_db(transaction=True)
def test_digests_for_many(sink, settings, capsys):
    """Each with a group of a hundred that meets this week: the queries of a batch, and seconds for a thousand."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": sink.port},
        }
    }
    now = timezone.now()
    for _ in range(MEMBERS // 100):
        crowd(100)
    Member.objects.update(joined_at=now - timedelta(days=30))
    Delivery.objects.bulk_create(
        Delivery(
            kind=WEEKLY_DIGEST.key,
            recipient=f"members.member:{pk}",
            member_id=pk,
            object_key=f"members.member:{pk}",
            occurrence=f"{now - timedelta(days=7):%G-W%V}",
            urgency=WEEKLY_DIGEST.urgency,
            due_at=now,
        )
        for pk in Member.objects.values_list("pk", flat=True)
    )
    queries = {}
    for size in (10, 100):
        with CaptureQueriesContext(connection) as captured:
            WEEKLY_DIGEST.prepare(list(Delivery.objects.order_by("pk").select_related("member")[:size]), now)
        queries[size] = len(captured)
    start = perf_counter()
    done = 0
    while more := actions.send_due(kinds=BY_KEY, frame=frame(), clock=timezone.now, limit=1000):
        done += more
    seconds = perf_counter() - start
    with capsys.disabled():
        print(f"\nDigests for {done} members: {seconds / done * 1000:.1f} s a thousand; queries of a batch {queries}")  # noqa: T201
    assert done == sink.taken() == MEMBERS
    assert len(set(queries.values())) == 1
