"""What is owed, to whom, how often it is written, and what makes a message untrue before it goes out."""

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection

from notifications import actions
from notifications.actions import MOST_ATTEMPTS
from notifications.models import Delivery
from reading_groups import actions as group_actions
from reading_groups.models import Enrolment, Session
from reading_groups.reminders import PLACE_OFFERED, SESSION_TOMORROW
from tests.factories import EnrolmentFactory, MemberFactory, SessionFactory
from tests.notifications.conftest import delivery_to, offered_place

pytestmark = pytest.mark.django_db
State = Delivery.State


def outcomes():
    return sorted(Delivery.objects.values_list("state", "reason"))


# Scanning ------------------------------------------------------------------------------------------------------------


def test_everybody_with_a_place_is_owed_a_reminder(post, session_in):
    session = session_in(30, members=2)
    EnrolmentFactory(group=session.group, state=Enrolment.State.WAITLISTED)
    EnrolmentFactory(group=session.group, state=Enrolment.State.LEFT, left_at=post.now)
    assert post.scan() == 2
    assert set(Delivery.objects.values_list("recipient", "object_key", "due_at", "state")) == {
        (f"members.member:{enrolment.member_id}", session.key, session.starts_at - timedelta(hours=24), State.DUE)
        for enrolment in session.group.enrolments.enrolled()
    }


@pytest.mark.parametrize(
    ("hours", "owed"),
    [(1.9, 0), (2, 1), (24, 1), (71.9, 1), (72, 0)],
    ids=["too late to help", "two hours before", "due now", "48 hours ahead", "later"],
)
def test_obligations_are_written_two_days_ahead(post, session_in, hours, owed):
    session_in(hours)
    assert post.scan() == owed


def test_scanning_again_owes_nothing_more(post, session_in):
    session_in(30, members=3)
    assert [post.scan(), post.scan()] == [3, 0]
    post.advance(hours=1)
    assert post.scan() == 0
    assert Delivery.objects.count() == 3


def test_two_sessions_of_one_group_are_two_reminders(post, session_in):
    session = session_in(30)
    SessionFactory(group=session.group, starts_at=session.starts_at + timedelta(hours=20))
    assert post.scan() == 2
    post.now = session.starts_at - timedelta(hours=24)
    assert (post.send(), outcomes()) == (1, [(State.DUE, ""), (State.SENT, "")])


def test_cancelled_sessions_and_inactive_members_are_owed_nothing(post, session_in):
    session_in(30).group.sessions.update(is_cancelled=True)
    EnrolmentFactory(group=session_in(30, members=0).group, member__is_active=False)
    assert post.scan() == 0


@pytest.mark.parametrize("members", [3, 300])
def test_a_scan_costs_the_same_for_few_and_many(post, session_in, members, django_assert_num_queries):
    session_in(30, members=members)
    # What is due to members and to organizers, what of it the ledger has, and the insert.
    with django_assert_num_queries(4):
        assert post.scan([SESSION_TOMORROW]) == members
    # What is due to members and to organizers, and what of it the ledger has.
    with django_assert_num_queries(3):
        assert post.scan([SESSION_TOMORROW]) == 0


def test_a_thousand_obligations_are_one_batch(post, session_in, django_assert_num_queries):
    session = session_in(30)
    members = type(session.group.enrolments.get().member).objects.bulk_create(
        [MemberFactory.build() for _ in range(1500)]
    )
    Enrolment.objects.bulk_create(
        [Enrolment(group=session.group, member=member, state="enrolled", joined_at=post.now) for member in members]
    )
    # What is due to members and to organizers; for each of two batches what the ledger has, and the insert.
    with django_assert_num_queries(2 + 2 * 2):
        assert post.scan([SESSION_TOMORROW]) == 1501
    with django_assert_num_queries(2 + 2):
        assert post.scan([SESSION_TOMORROW]) == 0


def test_a_row_with_another_due_time_is_not_written_twice(post, session_in):
    session_in(30)
    post.scan()
    Delivery.objects.update(due_at=post.now - timedelta(days=3))
    post.scan()
    assert Delivery.objects.count() == 1


def test_a_kind_that_cannot_be_scanned_holds_up_no_other(post, session_in, caplog):
    class Broken(type(SESSION_TOMORROW)):
        key = "broken"

        def due(self, start, end):
            raise TypeError

    session_in(30)
    assert post.scan([Broken(), SESSION_TOMORROW]) == 1
    assert "obligations_could_not_be_written" in caplog.text


# What happens between scheduling and sending -------------------------------------------------------------------------


def test_a_move_supersedes_the_reminder(post, session_in):
    session = session_in(30)
    post.scan()
    day = timedelta(days=1)
    Session.objects.update(starts_at=session.starts_at + day, ends_at=session.ends_at + day, revision=1)
    post.scan()
    post.advance(hours=6)
    post.send()
    assert outcomes() == [(State.DUE, ""), (State.SUPPRESSED, "no longer wanted")]
    post.advance(hours=24)
    post.send()
    assert outcomes() == [(State.SENT, ""), (State.SUPPRESSED, "no longer wanted")]


def test_a_move_that_forgot_its_revision_is_not_lost(post, session_in):
    session = session_in(24)
    post.scan()
    post.send()
    later = timedelta(days=2)
    Session.objects.update(starts_at=session.starts_at + later, ends_at=session.ends_at + later)
    post.advance(days=2)
    post.scan()
    post.send()
    assert outcomes() == [(State.SENT, ""), (State.SENT, "")]


def test_whoever_joins_late_is_told_at_once(post, session_in, mail_server):
    session = session_in(24)
    post.scan()
    post.send()
    post.advance(hours=20)
    late = EnrolmentFactory(group=session.group).member
    post.scan()
    post.send()
    assert [message["To"] for message in mail_server.messages][1:] == [late.email]


def test_whoever_left_is_left_alone(post, session_in, mail_server):
    session = session_in(24, members=2)
    post.scan()
    leaving = session.group.enrolments.first().member
    group_actions.leave_group(actor=leaving, group_id=session.group_id, now=post.now)
    post.send()
    assert mail_server.recipients()[leaving.email] == 0
    assert delivery_to(leaving).reason == "no longer wanted"


def test_whoever_left_and_came_back_is_told(post, session_in, mail_server):
    session = session_in(24)
    member = session.group.enrolments.get().member
    post.scan()
    group_actions.leave_group(actor=member, group_id=session.group_id, now=post.now)
    post.send()
    group_actions.join_group(actor=member, group_id=session.group_id, now=post.now)
    post.scan()
    post.send()
    sent = Delivery.objects.filter(state=State.SENT).order_by("kind").values_list("kind", flat=True)
    assert list(sent) == ["session_tomorrow", "sign_up_confirmed"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_active": False}, "nobody to send it to"),
        ({"time_zone": "Europe/Berlin"}, ""),
        ({"email": "new@example.org"}, ""),
    ],
)
def test_a_member_who_changes_in_between_is_met_as_they_are(post, session_in, mail_server, change, reason):
    member = session_in(24).group.enrolments.get().member
    post.scan()
    type(member).objects.filter(pk=member.pk).update(**change)
    post.send()
    assert delivery_to(member).reason == reason
    expected = {} if reason else {change.get("email", member.email): 1}
    assert mail_server.recipients() == expected


@pytest.mark.parametrize(
    "change", [{"is_cancelled": True}, {"starts_at": None, "ends_at": None}], ids=["cancelled", "no longer timed"]
)
def test_a_session_that_will_not_be_is_not_announced(post, session_in, change):
    session_in(24)
    post.scan()
    Session.objects.update(**change)
    post.send()
    assert outcomes() == [(State.SUPPRESSED, "no longer wanted")]


def test_a_deleted_session_is_not_announced(post, session_in):
    session = session_in(24)
    post.scan()
    session.delete()
    post.send()
    assert outcomes() == [(State.SUPPRESSED, "no longer wanted")]


def test_a_reminder_held_up_too_long_says_so(post, session_in):
    session_in(24)
    post.scan()
    post.advance(hours=22)
    post.send()
    assert outcomes() == [(State.SUPPRESSED, "too late to be useful")]


def test_an_offer_is_owed_at_once_and_ends_with_the_hold(post, mail_server):
    _group, waiting = offered_place(post.now, hold_hours=48)
    delivery = delivery_to(waiting)
    assert (delivery.due_at, delivery.expires_at) == (post.now, post.now + timedelta(hours=48))
    post.send()
    post.send()
    assert mail_server.recipients() == {waiting.email: 1}


@pytest.mark.parametrize(
    ("answer", "reason"), [("join_group", "no longer wanted"), ("leave_group", "no longer wanted"), (None, "")]
)
def test_an_offer_that_was_answered_already_is_not_mailed(post, mail_server, answer, reason):
    group, waiting = offered_place(post.now, hold_hours=48)
    if answer:
        getattr(group_actions, answer)(actor=waiting, group_id=group.pk, now=post.now)
    post.send()
    assert Delivery.objects.get(member=waiting, kind="place_offered").reason == reason


def test_an_offer_that_ran_out_is_not_mailed(post, mail_server):
    _group, waiting = offered_place(post.now, hold_hours=2)
    post.advance(hours=2)
    post.send()
    assert delivery_to(waiting).reason == "too late to be useful"


def test_an_offer_belongs_to_the_transaction_that_made_it(post):
    _group, waiting = offered_place(post.now, hold_hours=2)
    enrolment = waiting.enrolments.get()
    PLACE_OFFERED.record(enrolment, now=post.now + timedelta(minutes=1))
    assert Delivery.objects.count() == 1


# Rows that go wrong --------------------------------------------------------------------------------------------------


def test_a_row_that_cannot_be_made_is_put_off_and_stops_nobody(post, session_in, mail_server, caplog):
    session_in(24)
    broken = Delivery.objects.create(
        kind=SESSION_TOMORROW.key,
        recipient="members.member:1",
        member=MemberFactory(),
        object_key="reading_groups.session:none",
        occurrence="1",
        due_at=post.now - timedelta(hours=1),
    )
    post.scan()
    post.send()
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == (State.DUE, "could not be made: ValueError")
    assert broken.lease_until == post.now + timedelta(minutes=1)
    assert len(mail_server.messages) == 1
    assert "delivery_could_not_be_made" in caplog.text
    for _ in range(MOST_ATTEMPTS):
        post.advance(hours=1)
        post.send()
    broken.refresh_from_db()
    assert (broken.state, broken.attempts) == (State.FAILED, MOST_ATTEMPTS)


def test_a_row_that_ends_its_worker_each_time_is_given_up(post, session_in):
    session_in(24)
    post.scan()
    Delivery.objects.update(attempts=MOST_ATTEMPTS, expires_at=None)
    post.send()
    assert outcomes() == [(State.FAILED, "too many attempts")]


def test_a_kind_that_is_no_longer_there_is_told(post, session_in):
    session_in(24)
    post.scan()
    Delivery.objects.update(kind="unheard_of")
    post.send()
    assert outcomes() == [(State.FAILED, "unknown kind")]


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded, OperationalError])
def test_what_is_not_the_messages_fault_leaves_it_to_its_lease(post, session_in, error):
    class Interrupted(type(SESSION_TOMORROW)):
        def still_wanted(self, delivery, now):
            raise error

    session_in(24)
    post.scan()
    with pytest.raises(error):
        actions.send_due(kinds={SESSION_TOMORROW.key: Interrupted()}, frame=post.frame, clock=post.clock)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.lease_until > post.now) == (State.SENDING, True)


def test_a_run_stops_at_its_limit(post, session_in, mail_server):
    session_in(24, members=3)
    post.scan()
    assert [post.send(limit=2), len(mail_server.messages)] == [2, 2]


# The index that a claim uses -----------------------------------------------------------------------------------------


def test_a_claim_never_looks_at_the_past(post, session_in):
    session_in(24, members=5)
    post.scan()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_delivery (kind, recipient, object_key, occurrence, channel, due_at, state,"
            " reason, attempts, message_id, sent_at, created_at)"
            " SELECT 'session_tomorrow', 'members.member:' || n, 'reading_groups.session:1', 'then', 'mail',"
            " %s::timestamptz - n * interval '1 minute', 'sent', '', 1, '', now(), now()"
            " FROM generate_series(1, 50000) AS n",
            [post.now],
        )
        cursor.execute("ANALYZE notifications_delivery")
    claim = Delivery.objects.claimable(post.now).select_for_update(skip_locked=True)[:1]
    plan = claim.explain()
    assert "Index Scan using delivery_open" in plan
    assert "Sort" not in plan
