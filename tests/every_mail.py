"""One message of every kind, as the thing itself would owe it: made from the factories' rows, by the kinds themselves.

`owed(key, now)` makes what a kind is about and gives its delivery, which is wanted at `now`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from cohorts.models import Application, Decision, DecisionBatch
from cohorts.reminders import APPLICATION_DECIDED, APPLICATION_RECEIVED
from collaborative.home.kinds import BY_KEY, frame
from members.availability.exams.actions import set_exam_weeks
from members.availability.models import Poll
from members.availability.polls.reminders import POLL_OPENED
from members.availability.polls.times import Slot
from members.handbook.actions import accept_suggestion
from members.models import Member
from mentorship import actions as mentorship_actions
from mentorship.reminders import PAIR_ENDED
from notifications.kinds import Kind
from notifications.mail import Words, words_of
from notifications.models import Delivery
from projects.reminders import BLOCKER_RAISED, PROJECT_PROPOSED, PROPOSAL_DECIDED
from reading_groups import actions
from reading_groups import reminders as told
from reading_groups.models import Enrolment, Paper, ReadingGroup, Session
from tests.factories import (
    AcceptedFactory,
    ApplicationFactory,
    AwayFactory,
    BallotFactory,
    BlockerFactory,
    CertificateFactory,
    EnrolmentFactory,
    GroupInvitationFactory,
    GroupMessageFactory,
    InstitutionFactory,
    MeetingFactory,
    MemberFactory,
    MentorshipFactory,
    OrganizerFactory,
    PaperFactory,
    PollFactory,
    PresentationFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ProposalFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RoundFactory,
    SessionFactory,
    SitInFactory,
    SuggestionFactory,
    TaskFactory,
    TypicalWeekFactory,
)
from tests.factories.mentorship import AFTER, make_round, solve_now

HOUR = timedelta(hours=1)
CALL = "https://meet.example.org/attention"
# Nobody but its member is told: what no mail may say to others.
PRIVATE = "gone-until-2027"

SCENES: dict[str, Callable[[datetime], Delivery]] = {}


def scene(make: Callable[[datetime], Delivery]) -> Callable[[datetime], Delivery]:
    SCENES[make.__name__] = make
    return make


def owed(key: str, now: datetime) -> Delivery:
    return SCENES[key](now)


def words(delivery: Delivery, now: datetime) -> Words:
    kind = BY_KEY[delivery.kind]
    reader = kind.reader(delivery)
    assert reader is not None
    return words_of(delivery=delivery, kind=kind, reader=reader, frame=frame(), now=now)


def somebody(name: str = "Member B", **fields: object) -> Member:
    return MemberFactory(name=name, **({"time_zone": "Asia/Kolkata"} | fields))


def session_in(now: datetime, time: timedelta, **group: object) -> Session:
    """A session of a group in Berlin with a call and two papers."""
    row = ReadingGroupFactory(
        **({"title": "Attention, from the beginning", "zone": "Europe/Berlin", "call_url": CALL} | group)
    )
    session = SessionFactory(group=row, starts_at=now + time)
    title = "Geometric Deep Learning: Grids, Groups, Graphs, Geodesics, and Gauges"
    authors = ["Bronstein", "Bruna", "Cohen"]
    paper = Paper.objects.filter(arxiv_id="2104.13478").first()
    paper = paper or PaperFactory(title=title, year=2021, authors=authors, arxiv_id="2104.13478")
    for read in (paper, PaperFactory(title="Layer Normalization", year=2016)):
        ReadingFactory(group=row, session=session, paper=read)
    return session


def of(kind: Kind, member: Member | None = None) -> Delivery:
    """The one that is owed of a kind, to a member or whomever."""
    rows = Delivery.objects.filter(kind=kind.key)
    return (rows.filter(member=member) if member else rows).order_by("id")[0]


def due(key: str, now: datetime, member: Member | None = None) -> Delivery:
    """What a scan owes."""
    kind = BY_KEY[key]
    kind.write(kind.due(now - (kind.stale_after or timedelta()), now + HOUR))
    return of(kind, member)


# Places in groups ----------------------------------------------------------------------------------------------------


@scene
def sign_up_confirmed(now: datetime) -> Delivery:
    member, session = somebody(), session_in(now, timedelta(days=3))
    actions.join_group(actor=member, group_id=session.group_id, now=now)
    return of(told.SIGN_UP_CONFIRMED)


@scene
def waitlisted(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=3), capacity=1)
    for member in (somebody("Member A"), somebody("Member C"), somebody()):
        actions.join_group(actor=member, group_id=session.group_id, now=now)
    return of(told.WAITLISTED, member)


@scene
def place_offered(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=3), capacity=1)
    first, second = somebody("Member A"), somebody()
    for member in (first, second):
        actions.join_group(actor=member, group_id=session.group_id, now=now)
    actions.leave_group(actor=first, group_id=session.group_id, now=now)
    return of(told.PLACE_OFFERED)


@scene
def next_term(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=9))
    member = somebody()
    enrolment = EnrolmentFactory(
        group=session.group, member=member, state=Enrolment.State.HELD, held_until=now + timedelta(days=7)
    )
    told.NEXT_TERM.record(session.group, member.pk, enrolment, now=now)
    return of(told.NEXT_TERM)


@scene
def group_invited(now: datetime) -> Delivery:
    invitation = GroupInvitationFactory(group=session_in(now, timedelta(days=3)).group, member=somebody())
    told.GROUP_INVITED.record(invitation, now=now)
    return of(told.GROUP_INVITED)


@scene
def sit_in(now: datetime) -> Delivery:
    told.SIT_IN.record(SitInFactory(session=session_in(now, timedelta(days=1)), member=somebody()), now=now)
    return of(told.SIT_IN)


@scene
def sat_in(now: datetime) -> Delivery:
    SitInFactory(session=session_in(now, timedelta(hours=-3)), member=somebody())
    return due("sat_in", now)


# Sessions ------------------------------------------------------------------------------------------------------------


@scene
def session_tomorrow(now: datetime) -> Delivery:
    EnrolmentFactory(group=session_in(now, timedelta(days=1)).group, member=somebody())
    return due("session_tomorrow", now)


@scene
def session_soon(now: datetime) -> Delivery:
    EnrolmentFactory(group=session_in(now, HOUR).group, member=somebody())
    return due("session_soon", now)


@scene
def session_changed(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=2))
    EnrolmentFactory(group=session.group, member=somebody())
    told.SESSION_CHANGED.record(session, "moved", actor=somebody("Member A"), now=now)
    return of(told.SESSION_CHANGED)


@scene
def group_message(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=3))
    member = EnrolmentFactory(group=session.group, member=somebody()).member
    message = GroupMessageFactory(group=session.group, written_at=now - HOUR, sent_at=now, author=somebody("Member A"))
    told.GROUP_MESSAGE.record(message, [member.pk], now=now)
    return of(told.GROUP_MESSAGE)


@scene
def group_paused(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=3))
    EnrolmentFactory(group=session.group, member=somebody())
    told.GROUP_PAUSED.record(session.group, now=now)
    return of(told.GROUP_PAUSED)


@scene
def group_proposed(now: datetime) -> Delivery:
    group = ReadingGroupFactory(
        title="Statistics, slowly", state=ReadingGroup.State.PROPOSED, proposed_by=somebody("Member A")
    )
    OrganizerFactory(name="Member O")
    told.GROUP_PROPOSED.record(group, now=now)
    return of(told.GROUP_PROPOSED)


@scene
def group_decided(now: datetime) -> Delivery:
    group = ReadingGroupFactory(
        title="Statistics, slowly", state=ReadingGroup.State.RETURNED, proposed_by=somebody(), decided_at=now
    )
    told.GROUP_DECIDED.record(group, now=now)
    return of(told.GROUP_DECIDED)


@scene
def certificate_issued(now: datetime) -> Delivery:
    told.CERTIFICATE_ISSUED.record([CertificateFactory(member=somebody())], now=now)
    return of(told.CERTIFICATE_ISSUED)


# Presenting ----------------------------------------------------------------------------------------------------------


def two_presenters(now: datetime, time: timedelta) -> tuple[Session, Member, Member]:
    session = session_in(now, time)
    members = somebody(), somebody("Member F")
    for member in members:
        EnrolmentFactory(group=session.group, member=member)
        PresentationFactory(
            session=session, member=member, part="Section 3", offered_at=datetime(2026, 11, 3, tzinfo=UTC)
        )
    return session, *members


@scene
def presenting_next_week(now: datetime) -> Delivery:
    _session, member, _other = two_presenters(now, timedelta(days=7))
    return due("presenting_next_week", now, member)


@scene
def presenting_soon(now: datetime) -> Delivery:
    _session, member, _other = two_presenters(now, timedelta(days=2))
    return due("presenting_soon", now, member)


@scene
def presenter_away(now: datetime) -> Delivery:
    session, member, other = two_presenters(now, timedelta(days=10))
    AwayFactory(
        member=other, starts_on=session.held_on - timedelta(days=4), ends_on=session.held_on + timedelta(days=30)
    )
    return due("presenter_away", now, member)


@scene
def question_asked(now: datetime) -> Delivery:
    session, member, _other = two_presenters(now, timedelta(days=2))
    question = QuestionFactory(session=session, text="Why is the softmax scaled?\nIs it the variance?")
    told.QUESTION_ASKED.record(question, now=now)
    return of(told.QUESTION_ASKED, member)


@scene
def presenting_invited(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=9))
    member = EnrolmentFactory(group=session.group, member=somebody()).member
    told.PRESENTING_INVITED.record(PresentingInvitationFactory(session=session, member=member), now=now)
    return of(told.PRESENTING_INVITED)


@scene
def swap_asked(now: datetime) -> Delivery:
    part = PresentationFactory(session=session_in(now, timedelta(days=9)))
    told.SWAP_ASKED.record(PresentingSwapFactory(offered=part), now=now)
    return of(told.SWAP_ASKED)


@scene
def presenting_answered(now: datetime) -> Delivery:
    session, asker, _other = two_presenters(now, timedelta(days=9))
    member = EnrolmentFactory(group=session.group, member=somebody("Member C")).member
    invitation = actions.ask_to_take_over(actor=asker, session_id=session.pk, member_id=member.pk, now=now)
    actions.accept_invitation(actor=member, invitation_id=invitation.pk, now=now)
    return of(told.PRESENTING_ANSWERED)


@scene
def presenter_withdrew(now: datetime) -> Delivery:
    session, member, other = two_presenters(now, timedelta(days=1))
    actions.withdraw_from_presenting(actor=other, session_id=session.pk, now=now)
    return of(told.PRESENTER_WITHDREW, member)


@scene
def presenter_wanted(now: datetime) -> Delivery:
    session = session_in(now, timedelta(days=7), presenters_wanted=2)
    EnrolmentFactory(group=session.group, member=somebody())
    return due("presenter_wanted", now)


# Meetings and the week -----------------------------------------------------------------------------------------------


def meeting(now: datetime, time: timedelta) -> Member:
    member, other = somebody(), somebody("Member P")
    MeetingFactory(
        title="Topic models",
        starts_at=now + time,
        ends_at=now + time + HOUR,
        changed_at=now - timedelta(days=3),
        call_url=CALL,
        participants=[member, other],
    )
    return member


@scene
def meeting_tomorrow(now: datetime) -> Delivery:
    return due("meeting_tomorrow", now, meeting(now, timedelta(days=1)))


@scene
def meeting_changed(now: datetime) -> Delivery:
    member = meeting(now, timedelta(days=1))
    BY_KEY["meeting_changed"].record(member.meetings.get(), actor=somebody("Member Q"), now=now)  # type: ignore[attr-defined]
    return of(BY_KEY["meeting_changed"], member)


@scene
def week_still_true(now: datetime) -> Delivery:
    week = TypicalWeekFactory(member=somebody(), confirmed_at=now - timedelta(weeks=13))
    return due("week_still_true", now, week.member)


@scene
def exam_weeks_asked(now: datetime) -> Delivery:
    institution = InstitutionFactory(name="A university")
    member = somebody(institution=institution)
    first = now.date() + timedelta(days=20)
    set_exam_weeks(
        actor=somebody("Member O"),
        institution=institution,
        starts_on=first,
        ends_on=first + timedelta(days=10),
        now=now,
    )
    return of(BY_KEY["exam_weeks_asked"], member)


def asked_in_poll(now: datetime, closes_at: datetime, **fields: object) -> Member:
    first = Slot(starts_at=now + timedelta(days=3))
    poll = PollFactory(
        title="When do we read the next paper?", opened_at=now - timedelta(days=2), closes_at=closes_at, slots=[first]
    )
    return BallotFactory(poll=poll, member=somebody(), **fields).member


@scene
def poll_opened(now: datetime) -> Delivery:
    member = asked_in_poll(now, now + timedelta(days=2))
    POLL_OPENED.record(Poll.objects.get(), actor=somebody("Member O"), now=now)
    return of(POLL_OPENED, member)


@scene
def poll_reminder(now: datetime) -> Delivery:
    return due("poll_reminder", now, asked_in_poll(now, now + timedelta(hours=24)))


@scene
def poll_closed(now: datetime) -> Delivery:
    return due("poll_closed", now, asked_in_poll(now, now - HOUR, marks="2"))


@scene
def weekly_digest(now: datetime) -> Delivery:
    member = somebody(joined_at=now - timedelta(days=90))
    for hours in (3, 30, 60):
        EnrolmentFactory(group=session_in(now, hours * HOUR).group, member=member)
    return Delivery.objects.create(
        kind="weekly_digest",
        recipient=f"members.member:{member.pk}",
        member=member,
        object_key=f"members.member:{member.pk}",
        occurrence="2026-W48",
        due_at=now,
    )


# Other parts ---------------------------------------------------------------------------------------------------------


@scene
def suggestion_answered(now: datetime) -> Delivery:
    suggestion = SuggestionFactory(actor=somebody(), text="Say **hello** first.")
    accept_suggestion(actor=OrganizerFactory(name="Member O"), suggestion_id=suggestion.pk, now=now)
    return of(BY_KEY["suggestion_answered"])


@scene
def application_received(now: datetime) -> Delivery:
    APPLICATION_RECEIVED.record(ApplicationFactory(), now=now)
    return of(APPLICATION_RECEIVED)


@scene
def application_decided(now: datetime) -> Delivery:
    application = AcceptedFactory()
    batch = DecisionBatch.objects.create(
        cohort=application.cohort,
        outcome=Application.State.ACCEPTED,
        key=uuid4(),
        made_by=somebody("Member O"),
        made_at=now - HOUR,
        held_until=now,
    )
    APPLICATION_DECIDED.record([Decision.objects.create(batch=batch, application=application)], now=now)
    return of(APPLICATION_DECIDED)


def published_round(**fields: object) -> None:
    mentoring_round = make_round(**fields)
    for row in (*mentoring_round.offers.all(), *mentoring_round.requests.all()):
        TypicalWeekFactory(member=row.member, valid_from=date(2026, 11, 2))
    draft = solve_now(mentoring_round)
    for gap in draft.gaps.all():
        mentorship_actions.name_responsible(
            round_id=mentoring_round.pk,
            mentee_id=gap.mentee_id,
            responsible=somebody("Member G"),
            note="Office hours on Thursdays.",
        )
    mentorship_actions.publish(round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER)


@scene
def matched(now: datetime) -> Delivery:
    published_round(mentors=1, mentees=1, minimum_shared_minutes=0)
    return of(BY_KEY["matched"])


@scene
def mentor_later(now: datetime) -> Delivery:
    published_round(mentors=0, mentees=1)
    return of(BY_KEY["mentor_later"])


@scene
def pair_ended(now: datetime) -> Delivery:
    pair = MentorshipFactory(state="ended", mentor=somebody())
    PAIR_ENDED.record(pair, member_id=pair.mentor_id, now=now)
    return of(PAIR_ENDED)


@scene
def round_closes_soon(now: datetime) -> Delivery:
    RoundFactory(closes_at=now + timedelta(days=2))
    return due("round_closes_soon", now, somebody())


@scene
def task_due(now: datetime) -> Delivery:
    task = TaskFactory(title="First draft of the slides", due_on=now.date() + timedelta(days=1), owner=somebody())
    return due("task_due", now, task.owner)


@scene
def blocker_raised(now: datetime) -> Delivery:
    handler = somebody("Member O")
    blocker = BlockerFactory(text=PRIVATE, handlers=[handler])
    BLOCKER_RAISED.record(blocker, [handler], now=now)
    return of(BLOCKER_RAISED)


@scene
def project_proposed(now: datetime) -> Delivery:
    OrganizerFactory(name="Member O")
    PROJECT_PROPOSED.record(ProposalFactory(author=somebody()), now=now)
    return of(PROJECT_PROPOSED)


@scene
def proposal_decided(now: datetime) -> Delivery:
    PROPOSAL_DECIDED.record(ProposalFactory(author=somebody(), state="returned"), now=now)
    return of(PROPOSAL_DECIDED)
