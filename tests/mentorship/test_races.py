"""Several organizers at one round at once, each with a connection of their own."""

from functools import partial

import pytest

from mentorship import actions
from mentorship.models import Draft, Mentorship, Offer
from notifications.models import Delivery
from tests.factories.mentorship import AFTER, make_round, solve_now
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_who_publish_at_once_one_does_and_everybody_is_mailed_once():
    mentoring_round = make_round(mentors=3, mentees=5)
    draft = solve_now(mentoring_round)
    publish = partial(actions.publish, round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    outcomes = race(*[publish] * 4, refusals=actions.RoundIsPublished)
    assert outcomes.count(actions.RoundIsPublished) == 3
    assert Mentorship.objects.count() == 5
    assert Delivery.objects.filter(kind="matched").count() == 8


def test_two_organizers_who_solve_at_once_wait_for_one_draft():
    mentoring_round = make_round(mentors=1, mentees=1)
    solve = partial(actions.start_draft, actor=None, round_id=mentoring_round.pk, objective="fair", now=AFTER)
    drafts = race(*[solve] * 4)
    assert set(drafts) == {Draft.objects.get()}


@pytest.mark.parametrize("attempt", range(3))
def test_a_mentor_who_steps_back_while_somebody_publishes_is_in_no_pair_or_too_late(attempt):
    mentoring_round = make_round(mentors=1, mentees=1)
    draft, mentor = solve_now(mentoring_round), Offer.objects.get().member
    outcomes = race(
        lambda: actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER),
        lambda: actions.withdraw_offer(actor=mentor, round_id=mentoring_round.pk),
        refusals=(actions.RoundIsPublished, actions.DraftIsOutdated),
    )
    if Mentorship.objects.exists():
        assert outcomes[1] == actions.RoundIsPublished
        assert Offer.objects.exists()
    else:
        assert outcomes == [actions.DraftIsOutdated, None]
