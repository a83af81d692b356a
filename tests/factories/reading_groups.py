from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from uuid import uuid4

import factory
from django.core.files.base import ContentFile

from reading_groups.models import (
    Answer,
    Attendance,
    Certificate,
    Enrolment,
    GroupInvitation,
    GroupMessage,
    Hand,
    Idea,
    InvitationLink,
    MessageRecipient,
    Note,
    Paper,
    Presentation,
    PresentationFile,
    PresentingInvitation,
    PresentingSwap,
    Question,
    QuestionVote,
    Reading,
    ReadingGroup,
    ReadingVote,
    Rsvp,
    Seat,
    Session,
    SitIn,
    Split,
    Summary,
)
from tests.factories.members import MemberFactory

SUBMITTED = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


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
    # What is on review was proposed by somebody, and its answer has a time and, where it came back, reasons.
    proposed_by = factory.Maybe("is_on_review", yes_declaration=factory.SubFactory(MemberFactory), no_declaration=None)
    submitted_at = factory.Maybe("is_on_review", yes_declaration=SUBMITTED, no_declaration=None)
    decided_at = factory.LazyAttribute(
        lambda group: SUBMITTED + timedelta(days=1) if group.state in {"returned", "declined"} else None
    )
    reasons = factory.LazyAttribute(lambda group: "Which papers?" if group.state == "returned" else "")

    class Params:
        is_on_review = factory.LazyAttribute(lambda group: group.state in ReadingGroup.ON_REVIEW)

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
    # Whatever the day is on which the tests run, it is no news.
    added_at = None


class PaperFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Paper

    title = factory.Sequence(lambda n: f"Paper {n}")
    title_number = factory.LazyAttribute(lambda paper: Paper.objects.titled(paper.title).count())


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reading

    group = factory.SubFactory(ReadingGroupFactory)
    paper = factory.SubFactory(PaperFactory)


class ReadingVoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReadingVote

    reading = factory.SubFactory(ReadingFactory)
    member = factory.SubFactory(MemberFactory)
    voted_at = datetime(2026, 11, 4, tzinfo=UTC)


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


class PresentationFactory(factory.django.DjangoModelFactory):
    """Somebody with a place who presents a session."""

    class Meta:
        model = Presentation

    session = factory.SubFactory(SessionFactory)
    member = factory.LazyAttribute(lambda part: EnrolmentFactory(group=part.session.group).member)
    offered_at = datetime(2026, 11, 2, tzinfo=UTC)


class PresentationFileFactory(factory.django.DjangoModelFactory):
    """A short text at a presentation."""

    class Meta:
        model = PresentationFile

    presentation = factory.SubFactory(PresentationFactory)
    number = factory.LazyAttribute(lambda row: row.presentation.files.count() + 1)
    name = factory.Sequence(lambda n: f"outline-{n}.txt")
    kind = PresentationFile.Kind.TEXT
    blob = factory.LazyAttribute(lambda row: ContentFile(f"What {row.name} says.".encode(), name=row.name))
    size = factory.LazyAttribute(lambda row: row.blob.size)
    digest = factory.LazyAttribute(lambda row: sha256(row.name.encode()).hexdigest())
    added_at = datetime(2026, 11, 3, tzinfo=UTC)


class PresentingInvitationFactory(factory.django.DjangoModelFactory):
    """Two with a place, one of whom asks the other to present a session."""

    class Meta:
        model = PresentingInvitation

    session = factory.SubFactory(SessionFactory)
    member = factory.LazyAttribute(lambda row: EnrolmentFactory(group=row.session.group).member)
    invited_by = factory.LazyAttribute(lambda row: EnrolmentFactory(group=row.session.group).member)
    asked_at = datetime(2026, 11, 3, tzinfo=UTC)


def _one_more_session(group, session):
    return SessionFactory(group=group, starts_at=session.starts_at + timedelta(days=30 + group.sessions.count()))


class PresentingSwapFactory(factory.django.DjangoModelFactory):
    """One presenter asks another, of a later session of the same group, to swap."""

    class Meta:
        model = PresentingSwap

    offered = factory.SubFactory(PresentationFactory)
    wanted = factory.LazyAttribute(
        lambda row: PresentationFactory(session=_one_more_session(row.offered.session.group, row.offered.session))
    )
    asked_at = datetime(2026, 11, 3, tzinfo=UTC)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    session = factory.SubFactory(SessionFactory)
    member = factory.SubFactory(MemberFactory)
    text = factory.Sequence(lambda n: f"Why {n}?")
    asked_at = datetime(2026, 11, 3, tzinfo=UTC)


class QuestionVoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = QuestionVote

    question = factory.SubFactory(QuestionFactory)
    member = factory.SubFactory(MemberFactory)
    voted_at = datetime(2026, 11, 4, tzinfo=UTC)


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    question = factory.SubFactory(QuestionFactory)
    member = factory.SubFactory(MemberFactory)
    text = factory.Sequence(lambda n: f"Because {n}.")
    answered_at = datetime(2026, 11, 5, tzinfo=UTC)


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note

    reading = factory.SubFactory(ReadingFactory)
    member = factory.SubFactory(MemberFactory)
    kind = Note.Kind.STRENGTH
    text = factory.Sequence(lambda n: f"Says what it does not show, {n}.")
    written_at = datetime(2026, 11, 3, tzinfo=UTC)


class IdeaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Idea

    group = factory.SubFactory(ReadingGroupFactory)
    member = factory.SubFactory(MemberFactory)
    title = factory.Sequence(lambda n: f"Does it hold at {n} times the size?")
    put_up_at = datetime(2026, 11, 4, tzinfo=UTC)


class InvitationLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InvitationLink

    group = factory.SubFactory(ReadingGroupFactory)
    token = factory.Sequence(lambda n: f"token-{n}")
    created_by = factory.SubFactory(MemberFactory)
    created_at = datetime(2026, 11, 3, tzinfo=UTC)


class SitInFactory(factory.django.DjangoModelFactory):
    """Somebody without a place who sits in at a session of the group."""

    class Meta:
        model = SitIn

    session = factory.SubFactory(SessionFactory)
    group = factory.SelfAttribute("session.group")
    member = factory.SubFactory(MemberFactory)
    asked_at = datetime(2026, 11, 4, tzinfo=UTC)


class CertificateFactory(factory.django.DjangoModelFactory):
    """Somebody who came to eight of ten sessions of a group that has completed."""

    class Meta:
        model = Certificate

    group = factory.SubFactory(ReadingGroupFactory, state=ReadingGroup.State.COMPLETED)
    member = factory.SubFactory(MemberFactory)
    name = factory.SelfAttribute("member.name")
    attended = 8
    sessions = 10
    first_on = date(2026, 9, 1)
    last_on = date(2026, 11, 3)
    issued_at = datetime(2026, 11, 10, tzinfo=UTC)


class GroupInvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GroupInvitation

    group = factory.SubFactory(ReadingGroupFactory)
    member = factory.SubFactory(MemberFactory)
    invited_by = factory.SubFactory(MemberFactory)
    invited_at = datetime(2026, 11, 4, tzinfo=UTC)


class HandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Hand

    idea = factory.SubFactory(IdeaFactory)
    member = factory.SubFactory(MemberFactory)
    raised_at = datetime(2026, 11, 5, tzinfo=UTC)


class RsvpFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Rsvp

    session = factory.SubFactory(SessionFactory)
    member = factory.LazyAttribute(lambda rsvp: EnrolmentFactory(group=rsvp.session.group).member)
    answer = Rsvp.Answer.YES
    answered_at = datetime(2026, 11, 25, tzinfo=UTC)


class AttendanceFactory(factory.django.DjangoModelFactory):
    """Somebody with a place checked in while the session was on."""

    class Meta:
        model = Attendance

    session = factory.SubFactory(SessionFactory)
    member = factory.LazyAttribute(lambda row: EnrolmentFactory(group=row.session.group).member)
    how = Attendance.How.CHECKED_IN
    recorded_at = factory.LazyAttribute(lambda row: row.session.starts_at + timedelta(minutes=5))
    recorded_by = factory.SelfAttribute("member")


class GroupMessageFactory(factory.django.DjangoModelFactory):
    """A message of an organizer to everybody, which waits for its ten minutes to be over."""

    class Meta:
        model = GroupMessage

    group = factory.SubFactory(ReadingGroupFactory)
    preview_key = factory.LazyFunction(uuid4)
    author = factory.SubFactory(MemberFactory)
    audience = GroupMessage.Audience.ALL
    subject = factory.Sequence(lambda n: f"News {n}")
    text = "We read **section 3** first."
    written_at = datetime(2026, 11, 24, 11, 55, tzinfo=UTC)
    held_until = factory.LazyAttribute(lambda message: message.written_at + timedelta(minutes=10))


class MessageRecipientFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MessageRecipient

    message = factory.SubFactory(GroupMessageFactory)
    member = factory.SubFactory(MemberFactory)


class SplitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Split

    session = factory.SubFactory(SessionFactory)
    size = 4
    seed = 7
    made_at = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    made_by = factory.SubFactory(MemberFactory)


class SeatFactory(factory.django.DjangoModelFactory):
    """Somebody with a place, in a small group."""

    class Meta:
        model = Seat

    split = factory.SubFactory(SplitFactory)
    member = factory.LazyAttribute(lambda seat: EnrolmentFactory(group=seat.split.session.group).member)
    number = 1


class SummaryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Summary

    session = factory.SubFactory(SessionFactory)
    text = "We agreed that $n$ is **too small**."
    written_at = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
    written_by = factory.SubFactory(MemberFactory)
