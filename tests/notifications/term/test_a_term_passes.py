"""A term of twelve weeks in about a minute: real workers and a real beat, a real mail server, people who come, go, move
and change their minds, clocks that are put back, and workers that are killed. At its end everything has its reason.
"""

import random
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Min, Q
from django.db.models.functions import Greatest

from collaborative.home.kinds import BY_KEY
from notifications.mail import message_id
from notifications.models import Delivery
from reading_groups.models import Enrolment, Session
from tests.notifications.faults.processes import PATIENCE, Processes
from tests.notifications.term import clock, worker
from tests.notifications.term.people import BEGINS, ENDS, QUIET, Term, begin, happenings

pytestmark = pytest.mark.xdist_group("processes")
State = Delivery.State

WEEKLY_LIMIT = 6
# The lease counts in the term's time, which stands still while a message is sent.
LEASE = timedelta(minutes=6)
# At most so long after a moment everybody has looked.
LONGEST_STEP = timedelta(hours=24)
KILLS = 4


class Passing:
    """Moves the clock from one moment at which something happens to the next, when all that was due has been done."""

    def __init__(self, processes: Processes, mail_server, chance: random.Random) -> None:
        self.processes, self.mail_server, self.chance = processes, mail_server, chance
        self.worker = processes.worker(concurrency=2)
        self.now = BEGINS
        # The moment at which each message arrived, in their order.
        self.arrived: list[datetime] = []
        # What killed workers had in hand, by row and attempt.
        self.orphans: set[tuple[int, int]] = set()
        self.killed = 0

    def go_to(self, moment: datetime, *, with_scan: bool, with_kill: bool = False) -> bool:
        """Whether a worker was killed: it is where a message goes out, and not all that falls due is mailed."""
        self.now = moment
        before = self.mail_server.stages["ACCEPTED"]
        clock.set_to(moment)
        kills = with_kill and self.waiting().count() > 1 and self.is_sending(before)
        if kills:
            self.kill()
        if with_scan:
            self.wait_for(
                "reading_groups.tasks.pass_on_expired_holds",
                "reading_groups.tasks.send_messages",
                "collaborative.home.tasks.write_obligations",
            )
        self.processes.wait_until(self.is_quiet, f"everything due at {moment} is done")
        self.arrived += [moment] * (len(self.mail_server.messages) - len(self.arrived))
        return kills

    def is_sending(self, before: int) -> bool:
        """Wait until the server has another message than those before, or all is done without one."""
        deadline = time.monotonic() + PATIENCE
        while not self.is_quiet():
            if self.mail_server.stages["ACCEPTED"] > before:
                return True
            assert time.monotonic() < deadline, f"nothing happens at {self.now}\n{self.processes.logs()}"
        return False

    def kill(self) -> None:
        """Both processes of a worker, in the middle of something."""
        self.processes.kill(self.worker)
        # With no other worker, whatever is being sent was in its hands.
        orphans = set(Delivery.objects.filter(state=State.SENDING).values_list("pk", "attempts"))
        self.killed += len(orphans - self.orphans) > 0
        self.orphans |= orphans
        self.worker = self.processes.worker(concurrency=2)

    def wait_for(self, *tasks: str) -> None:
        """Until each task has run that began at this time."""
        began = [lambda task=task: clock.valkey().zscore(worker.FINISHED, task) or 0 for task in tasks]
        self.processes.wait_until(
            lambda: all(moment() >= self.now.timestamp() for moment in began), f"{tasks} at {self.now}"
        )

    def waiting(self):
        return Delivery.objects.claimable(self.now)

    def is_quiet(self) -> bool:
        """Nothing waits, and nothing is in the hands of a worker that lives. In one query, as they take meanwhile."""
        open_rows = Delivery.objects.filter(Q(pk__in=self.waiting().order_by().values("pk")) | Q(state=State.SENDING))
        return all(
            # What a killed worker had comes back when its lease has run out, and waits from then on.
            state == State.SENDING and lease_until > self.now and (pk, attempts) in self.orphans
            for pk, attempts, state, lease_until in open_rows.values_list("pk", "attempts", "state", "lease_until")
        )

    def next_moment(self) -> datetime:
        """When something falls due, a hold runs out, or a day has passed."""
        open_rows = Delivery.objects.filter(state__in=Delivery.OPEN)
        found = [
            open_rows.aggregate(at=Min(Greatest("due_at", "lease_until")))["at"],
            Enrolment.objects.filter(state=Enrolment.State.HELD, held_until__gt=self.now).aggregate(
                at=Min("held_until")
            )["at"],
            self.now + LONGEST_STEP,
        ]
        return min(moment for moment in found if moment is not None and moment > self.now)


@pytest.fixture
def passing(transactional_db, tmp_path, mail_server):
    clock.valkey.cache_clear()
    clock.valkey().delete(clock.KEY, worker.FINISHED, worker.FAILED)
    clock.set_to(BEGINS)
    processes = Processes(
        tmp_path,
        mail_server.url,
        app="tests.notifications.term.worker",
        environment={
            "DJANGO_SETTINGS_MODULE": "tests.notifications.term.settings",
            "QUIET_HOURS": f"{QUIET[0]:%H:%M}-{QUIET[1]:%H:%M}",
            "OPTIONAL_MAILS_A_WEEK": str(WEEKLY_LIMIT),
            "DELIVERY_LEASE_SECONDS": str(LEASE.total_seconds()),
        },
    )
    processes.beat()
    processes.beat()
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 (shown where the test fails)
    yield Passing(processes, mail_server, random.Random(seed))
    mail_server.release()
    processes.kill_all()


def test_a_term_passes(passing, mail_server):
    term = begin()
    coming = sorted(happenings(term), key=lambda happening: happening[0])
    kills = sorted(passing.chance.uniform(0, 1) for _ in range(KILLS))
    passing.go_to(BEGINS, with_scan=True)
    steps, scanned = 0, BEGINS
    while passing.now < ENDS:
        moment = passing.next_moment()
        acted = False
        if coming and coming[0][0] <= moment:
            moment = coming[0][0]
        while coming and coming[0][0] == moment:
            coming.pop(0)[1](now=moment)
            acted = True
        share = (moment - BEGINS) / (ENDS - BEGINS)
        is_held = Enrolment.objects.filter(state=Enrolment.State.HELD, held_until__lte=moment).exists()
        with_scan = acted or is_held or moment - scanned >= LONGEST_STEP
        scanned = moment if with_scan else scanned
        with_kill = bool(kills) and share >= kills[0] and Delivery.objects.claimable(moment).count() > 1
        if passing.go_to(moment, with_scan=with_scan, with_kill=with_kill):
            kills.pop(0)
        steps += 1
    assert not coming
    assert passing.killed > 0
    assert clock.valkey().smembers(worker.FAILED) == set()
    assert "_could_not_be_" not in passing.processes.logs()
    print(f"{steps} steps, {len(mail_server.messages)} mails, {passing.killed} kills")  # noqa: T201
    check(term, passing, mail_server)


def check(term: Term, passing: Passing, mail_server) -> None:
    rows = {message_id(row): row for row in Delivery.objects.all()}
    copies = mail_server.ids()
    # Of what a killed worker had in hand the server may have a copy that nobody here has heard of.
    in_hand = {pk for pk, _attempt in passing.orphans}
    # Every mail is explained by one row, and went to whom it is for; every row that was sent has its mail.
    sent = {name for name, row in rows.items() if row.state == State.SENT}
    assert sent <= set(copies) <= set(rows)
    unheard = {name: (rows[name].reason, rows[name].attempts) for name in set(copies) - sent}
    assert {rows[name].pk for name in unheard} <= in_hand, unheard
    for message in mail_server.messages:
        assert message["To"] == term.addresses[int(rows[message["Message-ID"]].recipient.split(":")[1])]
    # So is every second copy.
    assert {rows[name].pk for name, count in copies.items() if count > 1} <= in_hand
    # Each kill ends two processes.
    assert sum(copies.values()) - len(sent) <= 2 * KILLS
    # Every obligation has its mail or its reason, and none of those that are due is left.
    assert not Delivery.objects.filter(state__in=Delivery.OPEN, due_at__lte=ENDS, lease_until=None).exists()
    assert not Delivery.objects.filter(state__in=[State.SUPPRESSED, State.FAILED], reason="").exists()
    assert not Delivery.objects.filter(state=State.FAILED).exists()
    check_reminders(term)
    check_digests(term, passing)
    check_hours(term, passing, mail_server, rows)
    check_limit(passing, mail_server, rows)


def check_reminders(term: Term) -> None:
    """Whoever had a place two hours before a session was owed its reminder."""
    owed = 0
    for session in Session.objects.filter(is_cancelled=False, starts_at__lt=ENDS):
        latest = session.starts_at - timedelta(hours=2)
        places = Enrolment.objects.filter(group=session.group_id, enrolled_at__lte=latest, member__is_active=True)
        for place in places.filter(Q(left_at=None) | Q(left_at__gte=session.starts_at)):
            about = Delivery.objects.filter(kind="session_tomorrow", member=place.member_id, object_key=session.key)
            assert about.filter(occurrence__endswith=f"place {place.pk}").count() >= 1, (session.starts_at, place)
            owed += 1
    assert owed > 400


def check_digests(term: Term, passing: Passing) -> None:
    """One of each week to everybody who stays as they are, at eight by their own clock."""
    first, weeks = BEGINS.date().isocalendar().week, 12
    for member in [*term.members, term.organizer]:
        if member.pk not in term.steady:
            continue
        rows = Delivery.objects.filter(kind="weekly_digest", member=member.pk, due_at__lt=ENDS)
        by_week = {row.occurrence: row for row in rows}
        due = {f"2026-W{week}" for week in range(first, first + weeks)}
        assert due - {f"2026-W{first}"} <= set(by_week), member.time_zone
        for row in by_week.values():
            local = row.due_at.astimezone(ZoneInfo(member.time_zone))
            assert (local.weekday(), local.hour, local.minute) == (0, 8, 0), (member.time_zone, local)
    doubled = Delivery.objects.filter(kind="weekly_digest").values_list("member", "occurrence")
    assert set(Counter(doubled).values()) == {1}


def check_hours(term: Term, passing: Passing, mail_server, rows) -> None:
    """Nobody is written to in their night, but about what cannot wait; nobody long after it was due."""
    zones = {member.pk: ZoneInfo(member.time_zone) for member in [*term.members, term.organizer]}
    for message, moment in zip(mail_server.messages, passing.arrived, strict=True):
        row = rows[message["Message-ID"]]
        kind = BY_KEY[row.kind]
        assert row.due_at <= moment
        assert row.expires_at is None or moment < row.expires_at
        if row.member_id in term.steady and not (kind.ignores_quiet_hours or kind.is_reply):
            assert QUIET[1] <= moment.astimezone(zones[row.member_id]).time() < QUIET[0], (row.kind, moment)


def check_limit(passing: Passing, mail_server, rows) -> None:
    """In no seven days more than the limit; and some would have got more, which their digest told."""
    got = defaultdict(dict)
    for message, moment in zip(mail_server.messages, passing.arrived, strict=True):
        row = rows[message["Message-ID"]]
        if BY_KEY[row.kind].counts_in_week:
            # The second copy of a message is the same message.
            got[row.member_id].setdefault(row.pk, moment)
    for moments in got.values():
        ordered = sorted(moments.values())
        for moment in ordered:
            assert sum(moment <= other < moment + timedelta(days=7) for other in ordered) <= WEEKLY_LIMIT
    assert Delivery.objects.filter(reason="told in the digest").exists()
