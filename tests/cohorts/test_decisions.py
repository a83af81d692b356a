"""Deciding about many: held for ten minutes, undone until then, and each person mailed once."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction

from cohorts import actions
from cohorts.models import Application, Decision, DecisionBatch, Place
from cohorts.tasks import apply_decisions
from notifications.models import Delivery
from tests.factories import AcceptedFactory, ApplicationFactory, CohortFactory, MemberFactory
from tests.races import race

State = Application.State
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def cohort(db):
    return CohortFactory()


def decide(cohort, applications, now, *, outcome="accepted", key=None, actor=None):
    return actions.decide(
        actor=actor or MemberFactory(),
        cohort_id=cohort.pk,
        application_ids=[application.pk for application in applications],
        outcome=outcome,
        key=key or uuid.uuid4(),
        now=now,
    )


def states(cohort):
    return list(cohort.applications.order_by("id").values_list("state", flat=True))


def test_for_ten_minutes_nothing_changes_and_nobody_is_told(cohort, now):
    batch = decide(cohort, ApplicationFactory.create_batch(3, cohort=cohort), now)
    with time_machine.travel(now + TEN_MINUTES - timedelta(seconds=1), tick=False):
        assert apply_decisions() == 0
    batch.refresh_from_db()
    assert (states(cohort), Delivery.objects.count(), batch.applied_at) == ([State.SUBMITTED] * 3, 0, None)


def test_then_each_gets_a_place_and_one_mail(cohort, now):
    applications = ApplicationFactory.create_batch(3, cohort=cohort)
    decide(cohort, applications, now)
    with time_machine.travel(now + TEN_MINUTES, tick=False):
        assert [apply_decisions(), apply_decisions()] == [3, 0]
    assert states(cohort) == [State.ACCEPTED] * 3
    assert sorted(Place.objects.values_list("application", flat=True)) == [row.pk for row in applications]
    assert sorted(Delivery.objects.values_list("kind", "recipient")) == sorted(
        ("application_decided", application.key) for application in applications
    )


def test_a_second_click_finds_the_first_batch(cohort, now):
    applications, key = ApplicationFactory.create_batch(2, cohort=cohort), uuid.uuid4()
    first = decide(cohort, applications, now, key=key)
    second = decide(cohort, applications, now + timedelta(seconds=1), key=key)
    actions.apply_decision(batch_id=first.pk, now=now + TEN_MINUTES)
    third = decide(cohort, applications, now + TEN_MINUTES, key=key)
    assert (second, third, Decision.objects.count(), Delivery.objects.count()) == (first, first, 2, 2)


def test_another_preview_of_the_same_people_decides_nothing_more(cohort, now):
    applications = ApplicationFactory.create_batch(2, cohort=cohort)
    batch = decide(cohort, applications, now)
    with pytest.raises(actions.NothingToDecide):
        decide(cohort, applications, now)
    actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES)
    with pytest.raises(actions.NothingToDecide):
        decide(cohort, applications, now + TEN_MINUTES)
    assert Delivery.objects.count() == 2


def test_undone_in_time_it_never_was(cohort, now):
    applications, admin = ApplicationFactory.create_batch(2, cohort=cohort), MemberFactory()
    batch = decide(cohort, applications, now)
    for _click in range(2):
        actions.undo_decision(actor=admin, batch_id=batch.pk, now=now + timedelta(minutes=9, seconds=59))
    assert actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES) == 0
    assert (states(cohort), Delivery.objects.count()) == ([State.SUBMITTED] * 2, 0)
    # The same people can be decided upon again.
    again = decide(cohort, applications, now + TEN_MINUTES, outcome="declined")
    assert again.decisions.count() == 2


def test_an_undone_batch_stays_undone_when_its_form_is_sent_again(cohort, now):
    applications, key = [ApplicationFactory(cohort=cohort)], uuid.uuid4()
    batch = decide(cohort, applications, now, key=key)
    actions.undo_decision(actor=MemberFactory(), batch_id=batch.pk, now=now)
    assert decide(cohort, applications, now, key=key).undone_at == now


@pytest.mark.parametrize("is_applied", [True, False])
def test_undone_too_late_is_told(cohort, now, is_applied):
    batch = decide(cohort, [ApplicationFactory(cohort=cohort)], now)
    if is_applied:
        actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES)
    with pytest.raises(actions.TooLateToUndo):
        actions.undo_decision(actor=MemberFactory(), batch_id=batch.pk, now=now + TEN_MINUTES)


def test_who_withdraws_meanwhile_is_skipped(cohort, now):
    staying, leaving = ApplicationFactory.create_batch(2, cohort=cohort)
    batch = decide(cohort, [staying, leaving], now)
    actions.withdraw_application(application_id=leaving.pk, now=now)
    assert actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES) == 1
    assert states(cohort) == [State.ACCEPTED, State.WITHDRAWN]
    assert list(batch.decisions.order_by("application").values_list("state", flat=True)) == ["applied", "skipped"]
    assert Delivery.objects.get().recipient == staying.key


def test_declining_somebody_accepted_takes_the_place_back(cohort, now):
    application = AcceptedFactory(cohort=cohort)
    batch = decide(cohort, [application], now, outcome="declined")
    actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES)
    assert (states(cohort), Place.objects.count()) == ([State.DECLINED], 0)


def test_nobody_who_has_taken_up_their_place_is_decided_upon(cohort, now):
    application = AcceptedFactory(cohort=cohort)
    actions.claim_place(actor=MemberFactory(), application_id=application.pk, now=now)
    with pytest.raises(actions.NothingToDecide):
        decide(cohort, [application], now, outcome="declined")


def test_a_place_claimed_while_a_decision_is_held_stays(cohort, now):
    application = AcceptedFactory(cohort=cohort)
    batch = decide(cohort, [application], now, outcome="declined")
    actions.claim_place(actor=MemberFactory(), application_id=application.pk, now=now)
    assert actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES) == 0
    assert (states(cohort), Delivery.objects.count()) == ([State.ACCEPTED], 0)


def test_applications_of_other_cohorts_are_left_alone(cohort, now):
    stranger = ApplicationFactory()
    with pytest.raises(actions.NothingToDecide):
        decide(cohort, [stranger], now)


def test_what_it_costs_does_not_grow_with_the_number(cohort, now, django_assert_num_queries):
    for count in (2, 40):
        batch = decide(cohort, ApplicationFactory.create_batch(count, cohort=cohort), now)
        # A savepoint and its release; batch, cohort, applications, decisions; the applications' new state, their
        # places, the decisions applied and those skipped, the batch; the ledger.
        with django_assert_num_queries(12):
            actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES)


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_at_once_one_decides(now):
    cohort = CohortFactory()
    applications = ApplicationFactory.create_batch(20, cohort=cohort)
    first, second = MemberFactory(), MemberFactory()
    answers = race(
        lambda: decide(cohort, applications, now, outcome="accepted", actor=first),
        lambda: decide(cohort, applications, now, outcome="declined", actor=second),
        refusals=actions.NothingToDecide,
    )
    assert answers.count(actions.NothingToDecide) == 1
    assert (DecisionBatch.objects.count(), Decision.objects.filter(state="held").count()) == (1, 20)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_from_two_workers_makes_one_batch(now):
    cohort, admin, key = CohortFactory(), MemberFactory(), uuid.uuid4()
    applications = ApplicationFactory.create_batch(20, cohort=cohort)
    answers = race(*[lambda: decide(cohort, applications, now, key=key, actor=admin)] * 4)
    assert {answer.pk for answer in answers} == {DecisionBatch.objects.get().pk}
    race(*[lambda: actions.apply_decision(batch_id=answers[0].pk, now=now + TEN_MINUTES)] * 4)
    assert Delivery.objects.count() == 20


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_claims_withdrawals_and_decisions_at_once_never_lock_each_other_out(now, run):
    cohort = CohortFactory()
    accepted = AcceptedFactory.create_batch(4, cohort=cohort)
    members = MemberFactory.create_batch(4)
    batch = decide(cohort, accepted, now, outcome="declined")
    claims = [
        partial(actions.claim_place, actor=member, application_id=application.pk, now=now)
        for application, member in zip(accepted, members, strict=True)
    ]
    withdrawals = [
        partial(actions.withdraw_application, application_id=application.pk, now=now) for application in accepted
    ]
    race(
        *claims,
        *withdrawals,
        lambda: actions.apply_decision(batch_id=batch.pk, now=now + TEN_MINUTES),
        refusals=(actions.NothingToClaim, actions.CannotWithdraw),
    )
    # Whoever came first, a place stands where an application is accepted, and nowhere else.
    with_place = set(Place.objects.values_list("application", flat=True))
    assert with_place == set(cohort.applications.filter(state="accepted").values_list("pk", flat=True))


def test_the_database_refuses_two_held_decisions(cohort, now):
    application = ApplicationFactory(cohort=cohort)
    decide(cohort, [application], now)
    other = DecisionBatch.objects.create(
        cohort=cohort, key=uuid.uuid4(), outcome="declined", made_at=now, held_until=now + TEN_MINUTES
    )
    with pytest.raises(IntegrityError, match="decision_one_held_at_a_time"), transaction.atomic():
        Decision.objects.create(batch=other, application=application)
