from datetime import UTC, date, datetime, timedelta

import factory

from members.models import TopicExperience
from mentorship.actions import start_draft, store_solution
from mentorship.models import Mentorship, Offer, Request, Round
from mentorship.solving import solve_round
from tests.factories.members import MemberFactory, TopicFactory

CLOSES_AT = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
AFTER = CLOSES_AT + timedelta(hours=1)


class RoundFactory(factory.django.DjangoModelFactory):
    """An open round that closes on 1 December 2026 and starts a week later; nobody needs shared hours."""

    class Meta:
        model = Round

    title = factory.Sequence(lambda n: f"Round {n}")
    slug = factory.Sequence(lambda n: f"round-{n}")
    state = Round.State.OPEN
    opens_on = date(2026, 11, 16)
    closes_at = CLOSES_AT
    starts_on = date(2026, 12, 8)


class OfferFactory(factory.django.DjangoModelFactory):
    """Somebody with a year and a half of experience in a topic offers two places."""

    class Meta:
        model = Offer
        skip_postgeneration_save = True

    round = factory.SubFactory(RoundFactory)
    member = factory.SubFactory(MemberFactory)
    capacity = 2
    minutes = 45
    saved_at = factory.LazyAttribute(lambda offer: offer.round.closes_at - timedelta(days=3))

    @factory.post_generation
    def topic(self, create, extracted, **kwargs):
        if create and extracted:
            TopicExperience.objects.create(member=self.member, topic=extracted, level=2, months=18)


class MentorRequestFactory(factory.django.DjangoModelFactory):
    """Somebody asks for a mentor, for one topic that they are curious about."""

    class Meta:
        model = Request
        skip_postgeneration_save = True

    round = factory.SubFactory(RoundFactory)
    member = factory.SubFactory(MemberFactory)
    goals = "Choose a dataset small enough to train on twice in an evening."
    level = 0
    minutes = 45
    saved_at = factory.LazyAttribute(lambda request: request.round.closes_at - timedelta(days=3))

    @factory.post_generation
    def topic(self, create, extracted, **kwargs):
        if create:
            self.goal_topics.add(extracted or TopicFactory())


class MentorshipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Mentorship

    round = factory.SubFactory(RoundFactory, state=Round.State.PUBLISHED, published_at=AFTER)
    mentor = factory.SubFactory(MemberFactory)
    mentee = factory.SubFactory(MemberFactory)
    starts_on = date(2026, 12, 8)
    ends_on = date(2027, 3, 2)
    goals = "Read one paper a week."


def make_round(*, mentors: int, mentees: int, capacity: int = 2, **fields) -> Round:
    """An open round in which everybody shares one topic."""
    mentoring_round = RoundFactory(**fields)
    topic = TopicFactory()
    for _mentor in range(mentors):
        OfferFactory(round=mentoring_round, capacity=capacity, topic=topic)
    for _mentee in range(mentees):
        MentorRequestFactory(round=mentoring_round, topic=topic)
    return mentoring_round


def solve_now(mentoring_round: Round, *, now: datetime = AFTER, objective: str = "fair"):
    """A solved draft, without a worker."""
    draft = start_draft(actor=None, round_id=mentoring_round.pk, now=now, objective=objective)
    return store_solution(draft_id=draft.pk, solution=solve_round(mentoring_round, objective=objective), now=now)
