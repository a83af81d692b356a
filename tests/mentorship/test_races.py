"""Several organizers at one round at once, each with a connection of their own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from mentorship import actions
from mentorship.models import Draft, Mentorship, Offer
from notifications.models import Delivery
from tests.factories.mentorship import AFTER, make_round, solve_now

pytestmark = pytest.mark.django_db(transaction=True)


def race(*runners):
    """Run functions in threads that start together; what each returned or raised."""
    start = threading.Barrier(len(runners))

    def run(runner):
        start.wait()
        try:
            return runner()
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))


def test_of_four_who_publish_at_once_one_does_and_everybody_is_mailed_once():
    mentoring_round = make_round(mentors=3, mentees=5)
    draft = solve_now(mentoring_round)
    outcomes = race(*[lambda: actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)] * 4)
    assert outcomes.count(actions.RoundIsPublished) == 3
    assert Mentorship.objects.count() == 5
    assert Delivery.objects.filter(kind="matched").count() == 8


def test_two_organizers_who_solve_at_once_wait_for_one_draft():
    mentoring_round = make_round(mentors=1, mentees=1)
    drafts = race(
        *[lambda: actions.start_draft(actor=None, round_id=mentoring_round.pk, objective="fair", now=AFTER)] * 4
    )
    assert set(drafts) == {Draft.objects.get()}


@pytest.mark.parametrize("attempt", range(3))
def test_a_mentor_who_steps_back_while_somebody_publishes_is_in_no_pair_or_too_late(attempt):
    mentoring_round = make_round(mentors=1, mentees=1)
    draft, mentor = solve_now(mentoring_round), Offer.objects.get().member
    outcomes = race(
        lambda: actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER),
        lambda: actions.withdraw_offer(actor=mentor, round_id=mentoring_round.pk),
    )
    if Mentorship.objects.exists():
        assert outcomes[1] == actions.RoundIsPublished
        assert Offer.objects.exists()
    else:
        assert outcomes == [actions.DraftIsOutdated, None]
