from datetime import UTC, date, datetime

import factory

from projects.models import Blocker, Involvement, Membership, Output, Project, Proposal, Task, Update
from tests.factories.members import MemberFactory

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class ProposalFactory(factory.django.DjangoModelFactory):
    """A proposal that waits, or another state with the time, and the reasons, that go with it."""

    class Meta:
        model = Proposal

    title = factory.Sequence(lambda n: f"Proposal {n}")
    question = "Do two measures agree?"
    why = "Both are used as if they did."
    first_experiment = "One small model, five seeds."
    author = factory.SubFactory(MemberFactory)
    state = Proposal.State.SUBMITTED
    submitted_at = BEGAN
    decided_at = factory.LazyAttribute(lambda row: None if row.state == Proposal.State.SUBMITTED else BEGAN)
    decided_by = factory.LazyAttribute(lambda row: MemberFactory() if row.decided_at else None)
    reasons = factory.LazyAttribute(lambda row: "Say what would count." if row.state == "returned" else "")


class ProjectFactory(factory.django.DjangoModelFactory):
    """A project under way with a lead; `team` are further contributors."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Project {n}")
    slug = factory.Sequence(lambda n: f"project-{n}")
    summary = "Two measures, one small model."
    stage = Project.Stage.ACTIVE
    began_at = BEGAN

    @factory.post_generation
    def lead(self, create, extracted, **kwargs):
        if create:
            MembershipFactory(project=self, role=Membership.Role.LEAD, member=extracted or MemberFactory())

    @factory.post_generation
    def team(self, create, extracted, **kwargs):
        for member in extracted or []:
            MembershipFactory(project=self, member=member)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    project = factory.SubFactory(ProjectFactory)
    member = factory.SubFactory(MemberFactory)
    role = Membership.Role.CONTRIBUTOR
    joined_at = BEGAN


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    project = factory.SubFactory(ProjectFactory)
    title = factory.Sequence(lambda n: f"Task {n}")
    state = Task.State.TODO
    position = factory.Sequence(lambda n: n)
    made_at = moved_at = BEGAN
    done_at = factory.LazyAttribute(lambda task: BEGAN if task.state == Task.State.DONE else None)


class UpdateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Update

    project = factory.SubFactory(ProjectFactory)
    author = factory.SubFactory(MemberFactory)
    week_on = date(2026, 11, 16)
    done = "The corpus is frozen."
    written_at = BEGAN


class BlockerFactory(factory.django.DjangoModelFactory):
    """A private blocker; `handlers` and `named` are members."""

    class Meta:
        model = Blocker
        skip_postgeneration_save = True

    project = factory.SubFactory(ProjectFactory)
    raiser = factory.SubFactory(MemberFactory)
    kind = Blocker.Kind.DISAGREEMENT
    text = "We do not agree on the stopping rule."
    visibility = Blocker.Visibility.PRIVATE
    raised_at = BEGAN

    @factory.post_generation
    def handlers(self, create, extracted, **kwargs):
        for member in extracted or []:
            Involvement.objects.create(blocker=self, member=member, part=Involvement.Part.HANDLER)

    @factory.post_generation
    def named(self, create, extracted, **kwargs):
        for member in extracted or []:
            Involvement.objects.create(blocker=self, member=member, part=Involvement.Part.NAMED)


class OutputFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Output

    project = factory.SubFactory(ProjectFactory)
    kind = Output.Kind.CODE
    title = factory.Sequence(lambda n: f"Output {n}")
    url = "https://code.example.org/project"
    year = 2026
