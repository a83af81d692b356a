from datetime import UTC, date, datetime

import factory

from cohorts.models import Application, Cohort, Place, Section
from tests.factories.members import MemberFactory


class CohortFactory(factory.django.DjangoModelFactory):
    """An intake that takes applications from 1 November to the end of the year 2026."""

    class Meta:
        model = Cohort

    name = factory.Sequence(lambda n: f"Cohort {n}")
    slug = factory.Sequence(lambda n: f"cohort-{n}")
    zone = "Europe/London"
    starts_on = date(2027, 1, 11)
    ends_on = date(2027, 3, 26)
    capacity = 48
    applications_open_at = datetime(2026, 11, 1, tzinfo=UTC)
    applications_close_at = datetime(2027, 1, 1, tzinfo=UTC)
    state = Cohort.State.APPLICATIONS


class ApplicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Application

    cohort = factory.SubFactory(CohortFactory)
    email = factory.Sequence(lambda n: f"applicant{n}@example.org")
    name = factory.Sequence(lambda n: f"Member {n}")
    country = "KE"
    zone = "Africa/Nairobi"
    motivation = "I would like to read with others."
    submitted_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    changed_at = factory.SelfAttribute("submitted_at")


class SectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Section
        skip_postgeneration_save = True

    cohort = factory.SubFactory(CohortFactory)
    name = factory.Sequence(lambda n: f"Section {n}")
    capacity = 12

    @factory.post_generation
    def leaders(self, create, extracted, **kwargs):
        if create and extracted:
            self.leaders.set(extracted)


class PlaceFactory(factory.django.DjangoModelFactory):
    """A place that somebody has taken up."""

    class Meta:
        model = Place

    cohort = factory.SubFactory(CohortFactory)
    member = factory.SubFactory(MemberFactory)


class AcceptedFactory(ApplicationFactory):
    """An accepted application whose place nobody has taken up yet."""

    state = Application.State.ACCEPTED
    decided_at = datetime(2026, 11, 22, 12, tzinfo=UTC)

    class Meta:
        model = Application
        skip_postgeneration_save = True

    @factory.post_generation
    def place(self, create, extracted, **kwargs):
        if create:
            Place.objects.create(cohort=self.cohort, application=self)
