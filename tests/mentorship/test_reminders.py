"""What mentoring tells people, and when it no longer does."""

from datetime import date, timedelta

import pytest

from mentorship import actions
from mentorship.models import Mentorship, Round
from mentorship.reminders import MATCHED, MENTOR_LATER, ROUND_CLOSES_SOON
from notifications.actions import write_obligations
from notifications.mail import render
from notifications.models import Delivery
from tests.factories import MemberFactory, MentorRequestFactory, OfferFactory, RoundFactory, TypicalWeekFactory
from tests.factories.mentorship import AFTER, CLOSES_AT, make_round, solve_now

pytestmark = pytest.mark.django_db
FRAME = {"site_name": "Collaborative", "contact_email": "", "week_path": "/me/"}


def mail(kind, delivery):
    return render(delivery=delivery, kind=kind, reader=delivery.member, now=AFTER, frame=FRAME)


def published(**fields):
    mentoring_round = make_round(**fields)
    draft = solve_now(mentoring_round)
    for gap in draft.gaps.all():
        actions.name_responsible(
            round_id=mentoring_round.pk,
            mentee_id=gap.mentee_id,
            responsible=MemberFactory(name="Member G"),
            note="Office hours on Thursdays.",
        )
    actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    return mentoring_round


def test_a_pair_is_told_who_why_and_two_first_times():
    mentoring_round = make_round(mentors=1, mentees=2, minimum_shared_minutes=0)
    for row in (*mentoring_round.offers.all(), *mentoring_round.requests.all()):
        TypicalWeekFactory(member=row.member, valid_from=date(2026, 11, 2))
    draft = solve_now(mentoring_round)
    actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)
    mentor = mentoring_round.offers.get().member
    told = mail(MATCHED, Delivery.objects.get(member=mentor))
    for request in mentoring_round.requests.all():
        assert f"You mentor {request.member}" in told.body
        assert request.goals in told.body
    # Tuesdays from 18:00 in Kolkata, the first two at least a day ahead and after the start.
    assert told.body.count("Tue 8 Dec, 18:00") == 2
    assert told.body.count("Tue 15 Dec, 18:00") == 2
    to_mentee = mail(MATCHED, Delivery.objects.get(member=mentoring_round.requests.first().member))
    assert f"{mentor} is your mentor" in to_mentee.body


def test_no_mail_about_a_pair_that_has_ended():
    published(mentors=1, mentees=1)
    delivery = Delivery.objects.first()
    assert MATCHED.still_wanted(delivery, AFTER)
    Mentorship.objects.update(state="ended")
    assert not MATCHED.still_wanted(delivery, AFTER)


def test_who_has_no_mentor_is_told_who_looks_after_them_and_never_unmatched():
    published(mentors=1, mentees=2, capacity=1)
    delivery = Delivery.objects.get(kind="mentor_later")
    told = mail(MENTOR_LATER, delivery)
    assert told.subject == "Member G looks after you until the next mentoring round"
    assert "Office hours on Thursdays." in told.body
    assert "unmatched" not in told.body.lower()


def test_the_deadline_is_told_two_days_ahead_to_those_who_have_said_nothing():
    mentoring_round = RoundFactory()
    OfferFactory(round=mentoring_round)
    MentorRequestFactory(round=mentoring_round)
    MemberFactory(name="")
    MemberFactory(is_active=False)
    silent = MemberFactory()
    now = CLOSES_AT - timedelta(days=3)
    assert write_obligations(kinds=[ROUND_CLOSES_SOON], now=now) == 1
    assert write_obligations(kinds=[ROUND_CLOSES_SOON], now=now) == 0
    delivery = Delivery.objects.get()
    assert (delivery.member, delivery.due_at) == (silent, CLOSES_AT - timedelta(days=2))
    assert ROUND_CLOSES_SOON.still_wanted(delivery, delivery.due_at)
    assert mentoring_round.title in mail(ROUND_CLOSES_SOON, delivery).subject
    MentorRequestFactory(round=mentoring_round, member=silent)
    assert not ROUND_CLOSES_SOON.still_wanted(delivery, delivery.due_at)


def test_no_mail_about_a_deadline_that_has_moved_or_passed():
    mentoring_round = RoundFactory()
    MemberFactory()
    write_obligations(kinds=[ROUND_CLOSES_SOON], now=CLOSES_AT - timedelta(days=3))
    delivery = Delivery.objects.get()
    Round.objects.update(closes_at=mentoring_round.closes_at + timedelta(days=7))
    assert not ROUND_CLOSES_SOON.still_wanted(delivery, delivery.due_at)
    Round.objects.update(closes_at=mentoring_round.closes_at, state=Round.State.CLOSED)
    assert not ROUND_CLOSES_SOON.still_wanted(delivery, delivery.due_at)
