"""A whole round of the size of a term: read from the database, scored, solved, explained and stored."""

import random
from datetime import date

import pytest

from members.availability.models import TypicalWeek
from members.models import TopicExperience
from mentorship.models import Offer, Request, Wish
from mentorship.solving import solve_round
from tests.factories import MemberFactory, MentorRequestFactory, OfferFactory, RoundFactory, TopicFactory
from tests.factories.availability import marks
from tests.factories.mentorship import solve_now

MENTORS, MENTEES = 40, 100
MOST_SECONDS = 2.0
ZONES = ("Asia/Kolkata", "Europe/Berlin", "Africa/Nairobi", "America/New_York", "Asia/Kathmandu")


@pytest.fixture
def term(db):
    """Forty mentors and a hundred mentees on four continents, with two topics each, evenings and a wish."""
    chance = random.Random(0)
    roots = [TopicFactory() for _root in range(5)]
    topics = [TopicFactory(parent=chance.choice(roots)) for _topic in range(40)]
    mentoring_round = RoundFactory(starts_on=date(2027, 3, 1))
    for _mentor in range(MENTORS):
        offer = OfferFactory(round=mentoring_round, capacity=3)
        for topic in chance.sample(topics, 2):
            TopicExperience.objects.create(member=offer.member, topic=topic, level=chance.randint(1, 3), months=12)
    mentors = list(Offer.objects.values_list("member_id", flat=True))
    for _mentee in range(MENTEES):
        request = MentorRequestFactory(round=mentoring_round, topic=chance.choice(topics))
        request.goal_topics.add(chance.choice(topics))
        Wish.objects.create(request=request, mentor_id=chance.choice(mentors), rank=1)
    people = [row.member for model in (Offer, Request) for row in model.objects.select_related("member")]
    for person in people:
        start = chance.randint(8, 19)
        evening = f"{start}-{start + 4}:2"
        TypicalWeek.objects.create(
            member=person,
            zone=chance.choice(ZONES),
            valid_from=date(2026, 11, 23),
            marks=marks(mon=evening, wed=evening, sat="8-20:1"),
            confirmed_at=mentoring_round.closes_at,
        )
    MemberFactory.reset_sequence(10_000)
    return mentoring_round


def test_a_round_of_a_term_is_matched_in_two_seconds(term, seconds, capsys):
    solving = seconds(lambda: solve_round(term), rounds=5)
    storing = seconds(lambda: solve_now(term), rounds=5)
    solution = solve_round(term)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{MENTORS} mentors, {MENTEES} mentees: read, scored, solved and explained in {solving:.2f} s, "
            f"with storing {storing:.2f} s; {len(solution.pairs)} pairs, worst {solution.matching.worst / 1e6:.2f}, "
            f"gap {solution.matching.certificate.gap}"
        )
    assert solution.matching.certificate.gap == 0
    assert storing < MOST_SECONDS
