from datetime import UTC, date, datetime, timedelta

import factory

from members.availability.marks import EMPTY
from members.availability.models import Away, Meeting, TypicalWeek
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
