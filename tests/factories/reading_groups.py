from datetime import UTC, datetime, time, timedelta

import factory

from reading_groups.models import Enrolment, Paper, Reading, ReadingGroup, Session
from tests.factories.members import MemberFactory


class ReadingGroupFactory(factory.django.DjangoModelFactory):
    """An open group with twelve places that meets on Tuesdays at 15:00 in London."""

    class Meta:
        model = ReadingGroup
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Group {n}")
    slug = factory.Sequence(lambda n: f"group-{n}")
    state = ReadingGroup.State.OPEN
    zone = "Europe/London"
    weekday = ReadingGroup.Weekday.TUESDAY
    starts_at_time = time(15, 0)
    capacity = 12
    places_limit = factory.SelfAttribute("capacity")

    @factory.post_generation
    def topics(self, create, extracted, **kwargs):
        if create and extracted:
            self.topics.set(extracted)

    @factory.post_generation
    def organizers(self, create, extracted, **kwargs):
        if create and extracted:
            self.organizers.set(extracted)


class SessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Session

    group = factory.SubFactory(ReadingGroupFactory)
    starts_at = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(minutes=75))
    held_on = factory.LazyAttribute(lambda session: session.starts_at.date())


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paper

    title = factory.Sequence(lambda n: f"Paper {n}")


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reading

    group = factory.SubFactory(ReadingGroupFactory)
    paper = factory.SubFactory(PaperFactory)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """Somebody with a place, or in another state with the times that go with it; the group's count is kept right."""

    class Meta:
        model = Enrolment

    group = factory.SubFactory(ReadingGroupFactory)
    member = factory.SubFactory(MemberFactory)
    state = Enrolment.State.ENROLLED
    joined_at = datetime(2026, 11, 1, tzinfo=UTC)
    enrolled_at = factory.LazyAttribute(
        lambda row: row.joined_at if row.state in {Enrolment.State.ENROLLED, Enrolment.State.COMPLETED} else None
    )
    held_until = factory.LazyAttribute(
        lambda row: row.joined_at + timedelta(days=60) if row.state == Enrolment.State.HELD else None
    )
    left_at = factory.LazyAttribute(
        lambda row: row.joined_at + timedelta(days=1) if row.state == Enrolment.State.LEFT else None
    )

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        enrolment = super()._create(model_class, *args, **kwargs)
        if enrolment.state in Enrolment.TAKES_PLACE:
            enrolment.group.places_taken += 1
            enrolment.group.save(update_fields=["places_taken"])
        return enrolment
