"""Not too much: optional mails to one member in a week, and all mails of the site in a day."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from collaborative.home.kinds import BY_KEY
from notifications import actions, limits
from notifications.figures import present
from notifications.limits import Spent, open_urgencies
from notifications.mail import Words
from notifications.models import Budget, Delivery, Preferences
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.queries import exactly
from tests.races import race
from tests.smtp import drop

pytestmark = pytest.mark.django_db
State, Urgency = Delivery.State, Delivery.Urgency
TOLD, OVER = "told in the digest", "over the weekly limit"


def reminders_to(member, count, *, starts_at):
    """So many sessions on one morning, of each of which the member is reminded."""
    for number in range(count):
        group = ReadingGroupFactory(presenters_wanted=0)
        SessionFactory(group=group, starts_at=starts_at + timedelta(minutes=number))
        EnrolmentFactory(group=group, member=member)


def outcomes(**of):
    rows = Delivery.objects.filter(**of).order_by("due_at", "id").values_list("state", "reason")
    return [reason or state for state, reason in rows]


# A member's week -----------------------------------------------------------------------------------------------------


def test_one_over_the_limit_is_left_to_the_digest_and_stands_on_the_site(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 2
    member, other = MemberFactory(), MemberFactory()
    for reader in (member, other):
        reminders_to(reader, 3 if reader == member else 1, starts_at=post.now + timedelta(hours=23))
    post.scan()
    post.send()
    assert outcomes(member=member) == ["sent", "sent", TOLD]
    assert outcomes(member=other) == ["sent"]
    assert mail_server.recipients() == {member.email: 2, other.email: 1}
    left = Delivery.objects.get(reason=TOLD)
    assert (left.left_to_digest_at, left.sent_at, left.counts_from) == (post.now, None, None)
    assert left in Delivery.objects.notices().filter(member=member)


def test_whoever_gets_no_digest_finds_it_on_the_site(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 1
    member = MemberFactory()
    Preferences.objects.create(member=member, digest="never")
    reminders_to(member, 2, starts_at=post.now + timedelta(hours=23))
    post.scan()
    post.send()
    assert outcomes() == ["sent", OVER]
    assert Delivery.objects.notices().filter(member=member).count() == 2
    assert Delivery.objects.filter(left_to_digest_at__isnull=False).count() == 0


def test_any_seven_days_count(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 2
    member, start = MemberFactory(), post.now
    for day in (0, 3, 6, 7, 9, 10):
        reminders_to(member, 1, starts_at=start + timedelta(days=day, hours=23))
    for day in (0, 3, 6, 7, 9, 10):
        post.now = start + timedelta(days=day)
        post.scan(kinds=[BY_KEY["session_tomorrow"]])
        post.send()
    # On the seventh day the first is a week ago, on the tenth the second.
    assert outcomes() == ["sent", "sent", TOLD, "sent", TOLD, "sent"]


def test_what_waits_for_an_answer_is_not_counted_and_comes(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 1
    member = MemberFactory()
    reminders_to(member, 1, starts_at=post.now + timedelta(hours=23))
    post.scan()
    post.send()
    for _place in range(2):
        held = EnrolmentFactory(member=member, state="held", held_until=post.now + timedelta(hours=40))
        BY_KEY["place_offered"].record(held, now=post.now)
    post.send()
    assert outcomes() == ["sent"] * 3
    assert Delivery.objects.filter(counts_from__isnull=False).count() == 1


def test_what_did_not_go_does_not_count(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 1
    member = MemberFactory()
    reminders_to(member, 2, starts_at=post.now + timedelta(hours=23))
    post.scan()
    mail_server.answers = [("RCPT", "550 no")]
    post.send()
    assert outcomes() == ["address refused: 550", "sent"]


def test_a_worker_that_was_killed_has_taken_no_second_place(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 1
    reminders_to(MemberFactory(), 1, starts_at=post.now + timedelta(hours=23))
    post.scan()
    claimed = actions.claim_next(now=post.now)
    with pytest.raises(KeyboardInterrupt), limits.taken(delivery=claimed, kind=BY_KEY[claimed.kind], now=post.now):
        raise KeyboardInterrupt
    post.advance(seconds=settings.DELIVERY_LEASE_SECONDS)
    post.send()
    assert outcomes() == ["sent"]


def test_only_what_goes_counts_says_the_database(post, session_in):
    session_in(24)
    post.scan()
    with pytest.raises(IntegrityError, match="delivery_counts_if_it_goes"):
        Delivery.objects.update(counts_from=post.now)


def test_the_count_costs_the_same_after_any_number_of_mails(post, session_in, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 5
    for rows in (1, 300):
        session = session_in(24)
        member = session.group.enrolments.get().member
        for number in range(rows):
            Delivery.objects.create(
                kind="session_tomorrow",
                recipient=f"members.member:{member.pk}",
                member=member,
                object_key=f"reading_groups.session:{number}",
                occurrence="then",
                due_at=post.now - timedelta(days=30),
                state=State.SENT,
                sent_at=post.now - timedelta(days=30),
                counts_from=post.now - timedelta(days=30),
            )
        post.scan()
        delivery = actions.claim_next(now=post.now)
        # Begin; the member locked; the count; its place taken; commit.
        with exactly(5), limits.taken(delivery=delivery, kind=BY_KEY[delivery.kind], now=post.now):
            pass
        Delivery.objects.filter(state=State.SENDING).delete()


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_keep_to_a_members_limit(post, mail_server, settings):
    settings.OPTIONAL_MAILS_A_WEEK = 5
    member = MemberFactory()
    reminders_to(member, 16, starts_at=post.now + timedelta(hours=23))
    post.scan()
    assert sum(race(*[post.send] * 4)) == 16
    assert sorted(outcomes()) == sorted(["sent"] * 5 + [TOLD] * 11)
    assert mail_server.recipients() == {member.email: 5}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_workers_send_one_too_many(post, mail_server, settings, monkeypatch):
    """The control: both count, then both take, as nobody waits for the member's row."""
    settings.OPTIONAL_MAILS_A_WEEK = 1
    reminders_to(MemberFactory(), 2, starts_at=post.now + timedelta(hours=23))
    post.scan()
    both_have_counted = threading.Barrier(2)

    def take_without_lock(delivery, now):
        week = Delivery.objects.filter(member=delivery.member_id, counts_from__gt=now - limits.WEEK)
        count = week.exclude(pk=delivery.pk).count()
        both_have_counted.wait()
        if count >= settings.OPTIONAL_MAILS_A_WEEK:
            raise limits.OverTheWeek
        Delivery.objects.filter(pk=delivery.pk).update(counts_from=now)

    monkeypatch.setattr(limits, "_take_of_week", take_without_lock)
    race(post.send, post.send)
    assert outcomes() == ["sent", "sent"]


# The site's day ------------------------------------------------------------------------------------------------------


def owed(count, kind, post, **fields):
    """Rows of a kind that nobody has to load anything for."""
    key = BY_KEY[kind]
    for number in range(count):
        member = MemberFactory()
        Delivery.objects.create(
            kind=kind,
            recipient=f"members.member:{member.pk}",
            member=member,
            object_key=f"about:{number}",
            occurrence="once",
            urgency=key.urgency,
            **{"due_at": post.now, "expires_at": post.now + timedelta(hours=24)} | fields,
        )


class Always:
    """Everything is wanted, and says only what it is."""

    at_once = 1

    def __init__(self, kind):
        self._kind = kind

    def __getattr__(self, name):
        return getattr(self._kind, name)

    def still_wanted(self, delivery, now):
        return True

    def waits_until(self, delivery, now):
        return None


@pytest.fixture
def send(post, mail_server, monkeypatch):
    """Sends what is due without asking what it is about, each as a mail that says its kind."""
    kinds = {key: Always(kind) for key, kind in BY_KEY.items()}

    def plain(*, kind, **_of):
        return Words(subject=kind.key, text=kind.key, html=kind.key, path="/me/", stop_path="")

    monkeypatch.setattr("notifications.mail.words_of", plain)
    return lambda: actions.send_due(kinds=kinds, frame=post.frame, clock=post.clock)


def gone(mail_server):
    return [message["Subject"] for message in mail_server.messages]


def test_the_most_urgent_go_first(post, send, mail_server):
    for kind in ("weekly_digest", "session_tomorrow", "place_offered"):
        owed(2, kind, post)
    send()
    assert gone(mail_server) == ["place_offered"] * 2 + ["session_tomorrow"] * 2 + ["weekly_digest"] * 2


def test_digests_wait_first_then_what_members_may_do_without(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 10
    owed(8, "weekly_digest", post)
    send()
    # Three of ten are kept for what is more urgent.
    assert gone(mail_server) == ["weekly_digest"] * 7
    owed(3, "session_tomorrow", post)
    send()
    assert gone(mail_server)[7:] == ["session_tomorrow"] * 2
    owed(3, "place_offered", post)
    send()
    assert gone(mail_server)[9:] == ["place_offered"]
    send()
    assert outcomes(state="due") == ["waits for the daily limit"] * 4
    found = present(post.now)
    assert (found.sent, found.most, found.limited) == (10, 10, 4)
    assert set(Delivery.objects.filter(state="due").values_list("attempts", flat=True)) == {0}
    assert Budget.objects.get().mails == 10


def test_what_waited_goes_when_a_day_is_over_the_most_urgent_first(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 10
    owed(10, "place_offered", post, expires_at=None)
    send()
    owed(2, "session_tomorrow", post, expires_at=post.now + timedelta(hours=30))
    owed(2, "place_offered", post, expires_at=None)
    post.advance(hours=24, minutes=59)
    send()
    assert len(gone(mail_server)) == 10
    post.advance(minutes=1)
    send()
    assert gone(mail_server)[10:] == ["place_offered"] * 2 + ["session_tomorrow"] * 2
    assert present(post.now).limited == 0


def test_in_no_24_hours_do_more_go(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 6
    times = []
    for _step in range(40):
        owed(1, "place_offered", post, expires_at=None)
        times += [post.now] * send()
        post.advance(hours=1, minutes=25)
    assert len(times) > 12
    assert max(sum(start <= time < start + timedelta(hours=24) for time in times) for start in times) == 6


def test_what_waits_too_long_is_closed_and_says_why(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 10
    owed(10, "place_offered", post)
    owed(2, "weekly_digest", post, expires_at=post.now + timedelta(hours=3))
    send()
    post.advance(hours=3)
    send()
    assert outcomes(kind="weekly_digest") == ["the daily limit until it was too late"] * 2


@pytest.mark.parametrize(
    ("answer", "counted"), [(("RCPT", "450 later"), 0), (("RCPT", "550 no"), 0), (("DATA", drop), 1)]
)
def test_what_the_server_did_not_take_is_given_back(post, send, mail_server, settings, answer, counted):
    settings.MAILS_A_DAY = 10
    owed(1, "place_offered", post)
    mail_server.answers = [answer]
    send()
    assert (Budget.objects.get().mails, mail_server.messages) == (counted, [])


def test_a_server_that_cannot_be_reached_costs_nothing(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 10
    owed(3, "place_offered", post)
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1},
        }
    }
    send()
    assert Budget.objects.get().mails == 0


def test_the_budget_is_kept_says_the_database(post):
    with pytest.raises(IntegrityError, match="budget_is_kept"), transaction.atomic():
        Budget.objects.create(pk=1, hour=post.now, by_hour=[0] * 24 + [3], mails=3, allowed=2)
    with pytest.raises(IntegrityError, match="one_budget"), transaction.atomic():
        Budget.objects.create(pk=2, hour=post.now, by_hour=[0] * 25, mails=0, allowed=2)


def test_a_limit_that_was_lowered_holds_at_once(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 5
    owed(5, "place_offered", post)
    send()
    settings.MAILS_A_DAY = 3
    owed(1, "place_offered", post)
    assert (send(), open_urgencies(post.now)) == (0, [])
    settings.MAILS_A_DAY = 6
    assert send() == 1


def test_a_clock_that_goes_after_does_not_free_anything(post, settings):
    settings.MAILS_A_DAY = 2
    for hours in (0, -3):
        limits._take_of_day(Urgency.URGENT, post.now + timedelta(hours=hours))
    with pytest.raises(Spent):
        limits._take_of_day(Urgency.URGENT, post.now + timedelta(hours=-3))


def test_a_mail_costs_the_same_on_any_day(post, settings):
    settings.MAILS_A_DAY = 1000
    for mails in (0, 500):
        Budget.objects.update_or_create(
            pk=1, defaults={"hour": post.now, "by_hour": [0] * 24 + [mails], "mails": mails, "allowed": 1000}
        )
        # Begin; the row locked; written; commit.
        with exactly(4):
            limits._take_of_day(Urgency.DIGEST, post.now)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_keep_to_the_sites_limit(post, send, mail_server, settings):
    settings.MAILS_A_DAY = 10
    owed(30, "place_offered", post)
    assert sum(race(*[send] * 4)) == 10
    assert len(mail_server.messages) == Budget.objects.get().mails == 10
    assert outcomes(state="sent") == ["sent"] * 10
    assert Delivery.objects.filter(state="due", attempts=0).count() == 20


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_workers_send_more(post, send, mail_server, settings, monkeypatch):
    """The control: each looks how many have gone, then counts its own."""
    settings.MAILS_A_DAY = 1
    owed(2, "place_offered", post)
    both_have_looked = threading.Barrier(2)

    def take_without_lock(urgency, now):
        mails = Delivery.objects.filter(state=State.SENT).count()
        both_have_looked.wait()
        if mails >= settings.MAILS_A_DAY:
            raise Spent

    monkeypatch.setattr(limits, "_take_of_day", take_without_lock)
    race(send, send)
    assert len(mail_server.messages) == 2


def test_what_waits_does_not_slow_the_claim(post):
    """Fifty thousand that wait for the limit, for a quiet night's end or for another attempt are passed by unread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_delivery (kind, recipient, object_key, occurrence, channel, due_at, state,"
            " reason, attempts, message_id, created_at, urgency, lease_until)"
            " SELECT 'k', 'members.member:' || n, 'about', 'then', 'mail', %s::timestamptz - interval '1 day', 'due',"
            " '', 0, '', now(), n %% 3, CASE WHEN n %% 3 = 2 THEN NULL ELSE %s::timestamptz + interval '1 hour' END"
            " FROM generate_series(1, 50000) AS n",
            [post.now, post.now],
        )
        cursor.execute("ANALYZE notifications_delivery")
    owed(1, "place_offered", post)
    plan = Delivery.objects.claimable(post.now, urgencies=[0, 1])[:1].explain(analyze=True, buffers=True)
    assert "Index Scan using delivery_open" in plan
    read = next(line for line in plan.splitlines() if "Buffers: shared" in line)
    assert sum(int(part.partition("=")[2]) for part in read.split() if part.startswith(("hit=", "read="))) < 40
