"""How sending goes, in numbers that an operator relies on, from the whole ledger or a small part of it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from notifications import figures
from notifications.models import Delivery

pytestmark = pytest.mark.django_db
State = Delivery.State
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def deliver(state, *, due_ago, late=timedelta(), count=1, **fields):
    start, due_at = Delivery.objects.count(), NOW - due_ago
    if state == State.SENT:
        fields["sent_at"] = due_at + late
    Delivery.objects.bulk_create(
        Delivery(
            kind=fields.get("kind", "task_due"),
            recipient=f"cohorts.application:{n}",
            object_key=f"cohorts.application:{n}",
            occurrence="once",
            state=state,
            due_at=due_at,
            **{name: value for name, value in fields.items() if name != "kind"},
        )
        for n in range(start, start + count)
    )


def test_an_empty_ledger_has_nothing_to_tell():
    found = figures.present(NOW)
    assert (found.sent, found.failed, found.waiting, found.put_off) == (0, 0, 0, 0)
    assert (found.oldest_due_at, found.most) == (None, None)
    week = figures.week(NOW, "UTC")
    assert week.reasons == []
    assert sum(week.lateness) == 0


def test_how_it_goes_now(settings):
    hour = timedelta(hours=1)
    deliver(State.SENT, due_ago=2 * hour, count=3)
    # Due days ago, and sent today: that is what a limit for a day counts.
    deliver(State.SENT, due_ago=72 * hour, late=70 * hour)
    deliver(State.SENT, due_ago=30 * hour, count=5)
    deliver(State.FAILED, due_ago=hour, count=2)
    deliver(State.FAILED, due_ago=25 * hour, count=7)
    deliver(State.DUE, due_ago=3 * hour)
    deliver(State.DUE, due_ago=hour, lease_until=NOW + hour, reason="answered 450", count=2)
    deliver(State.SENDING, due_ago=timedelta(minutes=1), lease_until=NOW + hour)
    deliver(State.DUE, due_ago=-hour, count=11)
    settings.MAILS_A_DAY = 500
    found = figures.present(NOW)
    assert (found.sent, found.most, found.failed) == (4, 500, 2)
    assert (found.waiting, found.put_off, found.oldest_due_at) == (4, 2, NOW - 3 * hour)


def test_a_week_is_told_by_the_days_of_the_operators_zone():
    """At noon UTC it is Wednesday in Kiritimati already, fourteen hours ahead."""
    deliver(State.SENT, due_ago=timedelta(hours=1))
    deliver(State.SENT, due_ago=timedelta(hours=3))  # 23:00 on Tuesday there
    utc, ahead = figures.week(NOW, "UTC"), figures.week(NOW, "Pacific/Kiritimati")
    assert (utc.days[0], utc.days[-1]) == (date(2026, 11, 18), date(2026, 11, 24))
    assert utc.by_state[State.SENT] == [0, 0, 0, 0, 0, 0, 2]
    assert ahead.days[-1] == date(2026, 11, 25)
    assert ahead.by_state[State.SENT] == [0, 0, 0, 0, 0, 1, 1]


def test_a_week_over_a_change_of_clocks_holds_every_hour_once():
    """Berlin's clocks went back on 25 October 2026: that day had 25 hours."""
    for hour in range(25):
        moment = datetime(2026, 10, 24, 22, 30, tzinfo=UTC) + timedelta(hours=hour)
        deliver(State.SENT, due_ago=NOW - moment)
    week = figures.week(datetime(2026, 10, 28, 12, tzinfo=UTC), "Europe/Berlin")
    assert dict(zip(week.days, week.by_state[State.SENT], strict=True))[date(2026, 10, 25)] == 25
    assert sum(week.by_state[State.SENT]) == 25


def test_states_lateness_and_reasons_of_a_week():
    day = timedelta(days=1)
    for late in (0, 1, 2, 9, 10, 59, 60, 359, 360, 1439, 1440, 9000):
        deliver(State.SENT, due_ago=day, late=timedelta(minutes=late))
    deliver(State.FAILED, due_ago=2 * day, reason="address refused: 550", count=2)
    deliver(State.SUPPRESSED, due_ago=2 * day, reason="no longer wanted", count=3)
    deliver(State.SUPPRESSED, due_ago=8 * day, reason="too old to be told of")
    week = figures.week(NOW, "UTC")
    assert week.lateness == [2, 2, 2, 2, 2, 2]
    assert (week.by_state[State.FAILED][-3], week.by_state[State.SUPPRESSED][-3]) == (2, 3)
    assert [(row.label, row.reason, row.count) for row in week.reasons] == [
        ("Not sent, for a reason", "no longer wanted", 3),
        ("Failed", "address refused: 550", 2),
    ]


def test_what_was_sent_of_each_kind():
    deliver(State.SENT, due_ago=timedelta(days=1), kind="task_due", count=2)
    deliver(State.SENT, due_ago=timedelta(days=2), kind="sat_in")
    deliver(State.SENT, due_ago=timedelta(days=8), kind="sat_in")
    assert figures.sent_by_kind(NOW) == {"task_due": 2, "sat_in": 1}


@pytest.mark.parametrize("count", [3, 3000])
def test_the_numbers_cost_the_same_at_any_length(count, django_assert_num_queries):
    deliver(State.SENT, due_ago=timedelta(days=30), count=count)
    deliver(State.SENT, due_ago=timedelta(days=1), count=count)
    with django_assert_num_queries(3):  # what waits, what was sent, what failed
        figures.present(NOW)
    with django_assert_num_queries(3):  # by day and state, how late, why not
        figures.week(NOW, "Asia/Kathmandu")
