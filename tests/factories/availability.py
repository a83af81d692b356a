from datetime import UTC, date, datetime, timedelta

import factory
from django.utils import timezone

from members.availability.marks import EMPTY
from members.availability.models import Away, Ballot, Meeting, Poll, TypicalWeek
from members.availability.polls.actions import write_times
from members.availability.polls.times import Slot
from tests.factories.members import MemberFactory


def marks(**days: str) -> str:
    """Marks from stretches by day: `marks(tue="18-21:3", sat="10-12:1 14-16:2")`."""
    found = list(EMPTY)
    for day, stretches in days.items():
        offset = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].index(day) * 48
        for stretch in stretches.split():
            hours, strength = stretch.split(":")
            start, end = (round(float(hour) * 2) for hour in hours.split("-"))
            found[offset + start : offset + end] = [strength] * (end - start)
    return "".join(found)


class TypicalWeekFactory(factory.django.DjangoModelFactory):
    """Tuesday evenings in Kolkata."""

    class Meta:
        model = TypicalWeek

    member = factory.SubFactory(MemberFactory)
    zone = "Asia/Kolkata"
    valid_from = date(2026, 11, 23)
    marks = marks(tue="18-21:3")
    confirmed_at = datetime(2026, 11, 24, tzinfo=UTC)


class AwayFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Away

    member = factory.SubFactory(MemberFactory)
    starts_on = date(2026, 12, 1)
    ends_on = date(2026, 12, 5)


class MeetingFactory(factory.django.DjangoModelFactory):
    """An hour on a Thursday afternoon in London, planned a week before."""

    class Meta:
        model = Meeting
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Meeting {n}")
    starts_at = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=1))
    zone = "Europe/London"
    changed_at = factory.LazyAttribute(lambda meeting: meeting.starts_at - timedelta(days=7))

    @factory.post_generation
    def participants(self, create, extracted, **kwargs):
        if create and extracted:
            self.participants.set(extracted)


class PollFactory(factory.django.DjangoModelFactory):
    """Two dates, in three and four days at 15:00 UTC, shown in London; open for two days."""

    class Meta:
        model = Poll
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Poll {n}")
    zone = "Europe/London"
    opened_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))

    @factory.post_generation
    def organizers(self, create, extracted, **kwargs):
        if create and extracted:
            self.organizers.set(extracted)
            Ballot.objects.bulk_create([Ballot(poll=self, member=member) for member in extracted])

    @factory.post_generation
    def slots(self, create, extracted, **kwargs):
        if create:
            first = (timezone.now() + timedelta(days=3)).replace(hour=15, minute=0, second=0, microsecond=0)
            write_times(self, extracted or [Slot(starts_at=first + timedelta(days=n)) for n in range(2)])


class BallotFactory(factory.django.DjangoModelFactory):
    """Of a member, who has not answered; with `marks` they have."""

    class Meta:
        model = Ballot

    poll = factory.SubFactory(PollFactory)
    member = factory.SubFactory(MemberFactory)
    answered_at = factory.LazyAttribute(lambda ballot: ballot.poll.opened_at if getattr(ballot, "marks", "") else None)


class GuestBallotFactory(BallotFactory):
    member = None
    is_guest = True
