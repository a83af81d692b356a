"""A member who has used everything: each relation to them has a row that goes on and, where some end, one that is over.

What only they and those whom they chose ever read, says OWN_WORD.
"""

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from cohorts.models import Cohort, DecisionBatch
from collaborative.home.actions import give_calendar_address, make_token
from members.actions import add_to_collective, end_role, grant_role
from members.availability.models import ExamAnswer, ExamWeeks, WeekShare
from members.handbook.models import Tick
from members.models import Member, Role, TopicExperience
from mentorship.meeting import title_for
from mentorship.models import Alternative, Draft, DraftGap, DraftPair, Mentorship, PairRule, Round, Wish
from notifications.models import Delivery
from notifications.preferences import When, save_preferences
from projects.models import Blocker, Involvement, Membership, Project, Proposal, Task
from reading_groups.models import Enrolment, Idea, InvitationUse, ReadingGroup
from tests.factories import (
    AnswerFactory,
    ApplicationFactory,
    AttendanceFactory,
    AwayFactory,
    BallotFactory,
    BlockerFactory,
    CertificateFactory,
    ChecklistItemFactory,
    CohortFactory,
    CollectiveFactory,
    EnrolmentFactory,
    GroupInvitationFactory,
    GroupMessageFactory,
    HandFactory,
    IdeaFactory,
    InstitutionFactory,
    InvitationLinkFactory,
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    MentorRequestFactory,
    MentorshipFactory,
    MessageRecipientFactory,
    NoteFactory,
    OfferFactory,
    PageFactory,
    PlaceFactory,
    PollFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingInvitationFactory,
    ProjectFactory,
    ProposalFactory,
    QuestionFactory,
    QuestionVoteFactory,
    ReadingFactory,
    ReadingGroupFactory,
    ReadingVoteFactory,
    RoundFactory,
    RsvpFactory,
    SeatFactory,
    SectionFactory,
    SessionFactory,
    SitInFactory,
    SplitFactory,
    SuggestionFactory,
    SummaryFactory,
    TaskFactory,
    TopicFactory,
    TypicalWeekFactory,
    UpdateFactory,
)
from tests.factories.mentorship import AFTER

OWN_WORD = "hummingbird"
NAME, EMAIL = "Zephyrine Quandt", "zephyrine@example.org"
WORDS = f"The {OWN_WORD}."
HOUR = timedelta(hours=1)
QUIET = {"quiet_from": time(21), "quiet_until": time(6)}
DIGEST = {"digest": "daily", "digest_weekday": 2, "digest_at": time(17)}
WEEK = timedelta(weeks=1)


def live_it(now: datetime) -> Member:
    member = MemberFactory(name=NAME, email=EMAIL, bio=WORDS, spoken_languages=["Sekunda"], citation_count=7)
    other = MemberFactory(name="Member B")
    as_a_person(member, other, now)
    in_groups(member, now)
    in_cohorts(member, now)
    in_mentoring(member, other, now)
    in_projects(member, other, now)
    return member


def as_a_person(member: Member, other: Member, now: datetime) -> None:
    TopicExperience.objects.create(member=member, topic=TopicFactory(), level=2, months=5)
    collective = CollectiveFactory()
    add_to_collective(collective=collective, member=member, is_lead=True)
    member.groups.add(Group.objects.create(name="Staff"))
    member.user_permissions.add(Permission.objects.first())
    AwayFactory(member=member)
    TypicalWeekFactory(member=member)
    WeekShare.objects.create(owner=member, viewer=other, since=now)
    WeekShare.objects.create(owner=other, viewer=member, since=now)
    exams = ExamWeeks.objects.create(
        institution=InstitutionFactory(), starts_on=now, ends_on=now, set_by=member, set_at=now
    )
    ExamAnswer.objects.create(exam_weeks=exams, member=member, is_away=True, answered_at=now)
    give_calendar_address(actor=member, now=now)
    make_token(actor=member, now=now)
    for starts_at in (now - WEEK, now + WEEK):
        MeetingFactory(title="Once a month", starts_at=starts_at, participants=[member, other])
    for closes_at in (now - timedelta(hours=1), now + WEEK):
        polls = {"opened_at": now - WEEK, "closes_at": closes_at}
        PollFactory(title="When do we meet?", organizers=[member], **polls)
        BallotFactory(member=member, marks="20", **{f"poll__{name}": moment for name, moment in polls.items()})
    over = grant_role(actor=None, member=member, kind=Role.Kind.ANALYST, now=now)
    end_role(actor=other, role_id=over.pk, now=now)
    grant_role(actor=None, member=member, kind=Role.Kind.ORGANIZER, now=now)
    given = grant_role(actor=member, member=other, kind=Role.Kind.ANALYST, now=now)
    end_role(actor=member, role_id=given.pk, now=now)
    log_entry = {"content_type": ContentType.objects.get_for_model(Member), "action_flag": 2}
    LogEntry.objects.create(user=other, object_id=str(member.pk), object_repr=NAME, change_message=NAME, **log_entry)
    LogEntry.objects.create(user=member, object_id=str(other.pk), object_repr="Member B", **log_entry)
    beside = [{"added": {"name": "membership of a collective", "object": text}} for text in (NAME, EMAIL)]
    entry = LogEntry.objects.log_actions(other.pk, [collective], 2, change_message=beside, single_object=True)
    assert NAME in entry.change_message
    for state, sent_at in (("due", None), ("sent", now)):
        Delivery.objects.create(
            kind="weekly_digest",
            recipient=f"members.member:{member.pk}",
            object_key=f"members.member:{member.pk}",
            occurrence=state,
            member=member,
            due_at=now,
            state=state,
            sent_at=sent_at,
            notice=WORDS if sent_at else "",
        )
    Delivery.objects.create(
        kind="question_asked",
        recipient=f"members.member:{other.pk}",
        object_key="reading_groups.question:1",
        occurrence="asked",
        member=other,
        due_at=now,
        state="sent",
        sent_at=now,
        notice=f"{NAME} asks about Attention",
    )
    channels = {"session_tomorrow": "site", "question_asked": "none"}
    save_preferences(member_id=member.pk, when=When(**QUIET, **DIGEST), channels=channels)
    Tick.objects.create(item=ChecklistItemFactory(), member=member, ticked_at=now)
    page = PageFactory(actor=member)
    page.versions.update(accepted_by=member)
    SuggestionFactory(page=page, actor=member)
    answered = SuggestionFactory(page=page)
    answered.state, answered.decided_at, answered.decided_by = "declined", now, member
    answered.save()


def in_groups(member: Member, now: datetime) -> None:
    State = ReadingGroup.State
    group = EnrolmentFactory(member=member, group__state=State.RUNNING).group
    for state in (State.OPEN, State.COMPLETED):
        ReadingGroupFactory(state=state, organizers=[member])
    EnrolmentFactory(member=member, state=Enrolment.State.COMPLETED)
    for starts_at in (now - WEEK, now + WEEK):
        part = PresentationFactory(member=member, session=SessionFactory(group=group, starts_at=starts_at))
        PresentationFileFactory(presentation=part, name=f"{NAME}.txt")
        PresentingInvitationFactory(session=part.session, member=member)
        PresentingInvitationFactory(session=part.session, invited_by=member)
    QuestionFactory(member=member)
    QuestionFactory(answered_at=now, answered_by=member)
    QuestionVoteFactory(member=member)
    ReadingGroupFactory(state=State.PROPOSED, proposed_by=member, description=WORDS)
    ReadingGroupFactory(state=State.OPEN, proposed_by=member, decided_at=now)
    ReadingGroupFactory(state=State.DECLINED, proposed_by=MemberFactory(), decided_by=member, decided_at=now)
    InvitationUse.objects.create(link=InvitationLinkFactory(created_by=member), member=member, used_at=now)
    SitInFactory(member=member)
    GroupInvitationFactory(member=member)
    GroupInvitationFactory(invited_by=member)
    CertificateFactory(member=member)
    for starts_at in (now - WEEK, now + WEEK):
        session = SessionFactory(group=group, starts_at=starts_at + HOUR * 3)
        RsvpFactory(member=member, session=session)
    AttendanceFactory(member=member)
    AttendanceFactory(how="taken", recorded_by=member)
    ReadingFactory(proposed_by=member, proposed_at=now - timedelta(days=9))
    ReadingVoteFactory(member=member)
    AnswerFactory(member=member)
    NoteFactory(member=member)
    IdeaFactory(member=member)
    IdeaFactory(state=Idea.State.ADOPTED, adopted_at=now, adopted_by=member)
    HandFactory(member=member)
    GroupMessageFactory(group=group, author=member, undone_at=now, undone_by=member)
    MessageRecipientFactory(member=member)
    SeatFactory(split=SplitFactory(made_by=member), member=member)
    SummaryFactory(written_by=member)


def in_cohorts(member: Member, now: datetime) -> None:
    running, over = (CohortFactory(state=state) for state in (Cohort.State.RUNNING, Cohort.State.COMPLETED))
    for cohort in (running, over):
        SectionFactory(cohort=cohort, leaders=[member])
        PlaceFactory(member=member, cohort=cohort, section=SectionFactory(cohort=cohort))
    person = {"member": member, "name": NAME, "email": EMAIL, "motivation": WORDS, "topics": WORDS}
    ApplicationFactory(**person)
    claimed = ApplicationFactory(**person, state="accepted", decided_at=now, claimed_at=now)
    ApplicationFactory(name=NAME, email=EMAIL.upper(), topics=WORDS)
    LogEntry.objects.log_actions(MemberFactory().pk, [claimed], 2, change_message="", single_object=True)
    times = {"made_at": now - HOUR, "held_until": now}
    DecisionBatch.objects.create(cohort=over, key=uuid4(), outcome="accepted", made_by=member, **times)
    DecisionBatch.objects.create(
        cohort=over, key=uuid4(), outcome="declined", made_by=member, undone_by=member, undone_at=now, **times
    )


def in_mentoring(member: Member, other: Member, now: datetime) -> None:
    solved = RoundFactory(state=Round.State.SOLVED, revision=3)
    published = RoundFactory(state=Round.State.PUBLISHED, published_at=AFTER)
    third = MemberFactory(name="Member C")
    for mentoring_round in (solved, published):
        offer = OfferFactory(round=mentoring_round, member=member, note=WORDS)
        request = MentorRequestFactory(round=mentoring_round, member=member, goals=WORDS)
        offer.avoid.add(other)
        request.avoid.add(third)
        Wish.objects.create(request=request, mentor=third, rank=1)
        others = MentorRequestFactory(round=mentoring_round, member=other)
        others.avoid.add(member)
        Wish.objects.create(request=others, mentor=member, rank=1)
        OfferFactory(round=mentoring_round, member=third).avoid.add(member)
        draft = Draft.objects.create(
            round=mentoring_round, state="solved", requested_by=member, requested_at=now, solved_at=now, revision=3
        )
        DraftPair.objects.create(draft=draft, mentor=member, mentee=other, score=600_000)
        DraftPair.objects.create(draft=draft, mentor=third, mentee=member, score=500_000)
        failed = Draft.objects.create(
            round=mentoring_round, state="solved", requested_at=now, solved_at=now, revision=2
        )
        DraftGap.objects.create(draft=failed, mentee=member)
        PairRule.objects.create(
            round=mentoring_round, mentor=member, mentee=other, kind="lock", made_by=third, made_at=now
        )
        PairRule.objects.create(
            round=mentoring_round, mentor=third, mentee=member, kind="forbid", made_by=other, made_at=now
        )
        PairRule.objects.create(
            round=mentoring_round, mentor=third, mentee=other, kind="forbid", made_by=member, made_at=now
        )
        Alternative.objects.create(round=mentoring_round, mentee=member, responsible=other, note=WORDS)
        Alternative.objects.create(round=mentoring_round, mentee=other, responsible=member)
    for state in Mentorship.State:
        pair = MentorshipFactory(round=RoundFactory(state="published", published_at=AFTER), mentor=member, state=state)
        starts_at = now + (WEEK if state == Mentorship.State.ACTIVE else -WEEK)
        participants = [member, pair.mentee]
        MeetingFactory(title=title_for(*participants), about=pair.key, participants=participants, starts_at=starts_at)
        MentorshipFactory(
            round=RoundFactory(state="published", published_at=AFTER), mentee=member, state=state, goals=WORDS
        )


def in_projects(member: Member, other: Member, now: datetime) -> None:
    project = ProjectFactory(title="Probes", team=[member, other])
    MembershipFactory(project=ProjectFactory(), member=member, left_at=now)
    ProjectFactory(title="Alone", lead=member)
    ProjectFactory(title="Alone, and finished", lead=member, stage=Project.Stage.PUBLISHED)
    words = {"question": WORDS, "why": WORDS, "first_experiment": WORDS}
    for state in Proposal.State:
        if state != Proposal.State.ACCEPTED:
            ProposalFactory(author=member, state=state, **words)
    ProposalFactory(author=member, state=Proposal.State.ACCEPTED)
    ProposalFactory(state=Proposal.State.PARKED, decided_by=member)
    for state in (Task.State.DOING, Task.State.DONE):
        TaskFactory(project=project, owner=member, state=state)
    UpdateFactory(project=project, author=member)
    private, team = Blocker.Visibility.PRIVATE, Blocker.Visibility.TEAM
    BlockerFactory(project=project, raiser=member, visibility=private, text=WORDS, handlers=[other])
    BlockerFactory(project=project, raiser=member, visibility=private, text=WORDS, handlers=[other], closed_at=now)
    BlockerFactory(project=project, raiser=member, visibility=team)
    BlockerFactory(project=project, raiser=member, visibility=team, closed_at=now)
    for closed_at in (None, now):
        BlockerFactory(project=project, handlers=[member], closed_at=closed_at)
    BlockerFactory(project=project, named=[member], acknowledged_at=now, acknowledged_by=member)
    assert Involvement.objects.filter(member=member).count() == 3
    assert Membership.objects.current().filter(member=member).count() == 3
