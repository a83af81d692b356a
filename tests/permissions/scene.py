"""One scene for all rows: somebody of each role, who is nothing else, and what the addresses are about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from cohorts import links
from collaborative.home.models import CalendarToken
from collaborative.models import Site
from collaborative.parts import PARTS
from members.actions import grant_role
from members.availability.exams.links import answer_path as exams_path
from members.availability.marks import monday_of
from members.availability.models import ExamWeeks, Poll, WeekShare
from members.availability.polls.links import answer_path
from members.availability.weeks.links import still_true_path
from members.handbook.models import Suggestion
from members.models import Member, Role
from notifications.preferences import stop_path
from reading_groups import links as group_links
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Session
from tests.clients import client_of
from tests.factories import (
    AcceptedFactory,
    AdminFactory,
    AwayFactory,
    BallotFactory,
    BlockerFactory,
    CertificateFactory,
    CohortFactory,
    EnrolmentFactory,
    GroupInvitationFactory,
    GroupMessageFactory,
    GuestBallotFactory,
    IdeaFactory,
    InstitutionFactory,
    InvitationLinkFactory,
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    MentorshipFactory,
    OrganizerFactory,
    OutputFactory,
    PageFactory,
    PaperFactory,
    PlaceFactory,
    PollFactory,
    PresentationFactory,
    PresentationFileFactory,
    PresentingInvitationFactory,
    PresentingSwapFactory,
    ProjectFactory,
    ProposalFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RoundFactory,
    SeatFactory,
    SectionFactory,
    SessionFactory,
    SitInFactory,
    SplitFactory,
    SummaryFactory,
    TaskFactory,
    TypicalWeekFactory,
    UpdateFactory,
)

# Asked at every address.
ROLES = (
    "visitor",
    "member",  # and nothing else
    "group_member",  # has a place in the open group
    "group_organizer",  # of all groups
    "mentor",
    "mentee",  # of that mentor
    "project_lead",  # of all projects
    "project_member",  # of all projects
    "blocker_handler",  # was asked for help by the author, in the project that is public
    "section_leader",  # in the open cohort
    "organizer",  # of the whole collaborative
    "staff",  # without any rights
    "admin",
)
# Asked where a row names them.
FURTHER = (
    "mentoring_organizer",  # who matches mentors, and is no organizer of the whole collaborative
    "author",  # of whatever it is about: a question, an idea, a proposal, a blocker, a suggestion, days away
    "presenter",  # of the session
    "past_member",  # completed the archived group
    "participant",  # in the meeting
    "cohort_member",  # has a place in the open cohort
)

# The number of whatever has one; far from what the database would give.
ROW = 900_001
MEMBER, PROJECT_MEMBER, GROUP_MEMBER, PRESENTER = 900_002, 900_003, 900_004, 900_005
AUTHOR, PARTICIPANT = 900_006, 900_007
HELD_UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
CODE = "ACEFG-HKMNP-RTWXY"


def _token(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


# What the addresses of each namespace take, unless a row says otherwise.
ABOUT = {
    "": {"key": "not-ours", "uidb36": "1"},
    "home": {"name": "none.eml", "token": "not-ours", "slug": "open", "pk": ROW, "session_id": ROW},
    "availability": {"pk": ROW},
    "polls": {"pk": ROW, "token": "a-poll-for-guests"},
    "api:polls": {"poll_id": ROW},
    "reading_groups": {
        "slug": "open",
        "session_id": ROW,
        "question_id": ROW,
        "idea_id": ROW,
        "reading_id": ROW,
        "link_id": ROW,
        "file_id": ROW,
        "message_id": ROW,
        "poll_id": ROW,
        "token": "an-invitation",
        "invitation_id": ROW,
    },
    "certificates": {"code": CODE},
    "papers": {"paper_id": ROW, "words": "a-paper"},
    "handbook": {"slug": "reading", "number": 1, "pk": ROW},
    "cohorts": {"slug": "open", "token": "1.not-ours"},
    "mentorship": {"slug": "open", "pk": ROW},
    "projects": {"slug": "probing", "proposal_id": ROW, "blocker_id": ROW, "task_id": ROW, "output_id": ROW},
    "api:groups": {
        "slug": "open",
        "group_slug": "open",
        "session_id": ROW,
        "reading_id": ROW,
        "paper_id": ROW,
        "link_id": ROW,
        "message_id": ROW,
        "code": CODE,
    },
    "api:availability": {"away_id": ROW},
    "api:mentoring": {"slug": "open"},
    "api:cohorts": {"slug": "open"},
}
# What opens something to whoever has it.
TO_ANSWER, TO_SWAP = _token(group_links.invitation_path("open", ROW)), _token(group_links.swap_path("open", ROW))
TO_CALENDAR, TO_EDIT, TO_CLAIM = "a-secret-address", _token(links.edit_path(ROW)), _token(links.claim_path(ROW))
TO_ANSWER_POLL = _token(answer_path(ROW))
TO_STILL_TRUE, TO_EXAMS = _token(still_true_path(AUTHOR)), _token(exams_path(ROW, AUTHOR))
TO_STOP = _token(stop_path(member_id=MEMBER, kind="session_tomorrow"))
TO_RSVP = _token(group_links.rsvp_path(Session(pk=ROW, group=ReadingGroup(slug="open")), GROUP_MEMBER))
TO_CHECK_IN = _token(group_links.check_in_path(Session(pk=ROW + 3, group=ReadingGroup(slug="open")), GROUP_MEMBER))
TO_PLACE = _token(group_links.place_path(Enrolment(pk=ROW, group=ReadingGroup(slug="open"), held_until=HELD_UNTIL)))
TO_HAND_OVER = _token(group_links.hand_over_path(Presentation(pk=ROW, member_id=PRESENTER), "open"))


@dataclass(frozen=True)
class Scene:
    """`sessions` holds what signs each role in."""

    people: dict[str, Member]
    sessions: dict[str, str]
    savepoint: str = ""


def build() -> Scene:
    people = _people()
    Site.objects.create(pk=1, parts=[part.key for part in PARTS])
    _handbook(people)
    _availability(people)
    _reading_groups(people)
    _cohorts(people)
    _mentorship(people)
    _projects(people)
    now = timezone.now()
    CalendarToken.objects.create(member=people["author"], token=TO_CALENDAR, created_at=now, changed_at=now)
    # The first look notes what is in it.
    for path in (
        f"/calendar/{TO_CALENDAR}.ics",
        f"/calendar/{TO_CALENDAR}/groups/{ROW}.ics",
        "/groups/calendar.ics",
        "/groups/open/calendar.ics",
    ):
        Client().get(path)
    cookies = {role: client_of(person).cookies for role, person in people.items()}
    return Scene(people, {role: cookie[settings.SESSION_COOKIE_NAME].value for role, cookie in cookies.items()})


def _people() -> dict[str, Member]:
    fields: dict[str, dict[str, object]] = {
        "member": {"pk": MEMBER},
        "project_member": {"pk": PROJECT_MEMBER},
        "group_member": {"pk": GROUP_MEMBER},
        "presenter": {"pk": PRESENTER},
        "author": {"pk": AUTHOR},
        "participant": {"pk": PARTICIPANT},
        "staff": {"is_staff": True},
    }
    people = {"organizer": OrganizerFactory(), "admin": AdminFactory()}
    others = [role for role in (*ROLES, *FURTHER) if role not in {"visitor", *people}]
    people |= {role: MemberFactory(**fields.get(role, {})) for role in others}
    kind = Role.Kind.MENTORING_ORGANIZER
    grant_role(actor=None, member=people["mentoring_organizer"], kind=kind, now=timezone.now() - timedelta(days=1))
    return people


def _handbook(people: dict[str, Member]) -> None:
    page = PageFactory(slug="reading")
    PageFactory(slug="of-old", is_removed=True)
    Suggestion.objects.create(
        pk=ROW, page=page, base=1, author=people["author"], note="Hm.", created_at=page.changed_at
    )


def _availability(people: dict[str, Member]) -> None:
    today, in_two_days = timezone.localdate(), timezone.now() + timedelta(days=2)
    AwayFactory(pk=ROW, member=people["author"], starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=9))
    MeetingFactory(pk=ROW, starts_at=in_two_days, participants=[people["participant"]])
    poll = PollFactory(pk=ROW, guest_token="a-poll-for-guests", guests_limit=200, organizers=[people["author"]])
    BallotFactory(poll=poll, member=people["participant"])
    GuestBallotFactory(pk=ROW, poll=poll)
    TypicalWeekFactory(pk=ROW, member=people["author"], valid_from=monday_of(today) + timedelta(weeks=4))
    WeekShare.objects.create(owner=people["author"], viewer=people["participant"], since=in_two_days)
    # Those of the author's institution, where nobody else is.
    people["author"].institution = InstitutionFactory(name="A university")
    people["author"].save()
    ExamWeeks.objects.create(
        pk=ROW,
        institution=people["author"].institution,
        starts_on=today + timedelta(days=20),
        ends_on=today + timedelta(days=30),
        set_at=in_two_days,
    )


def _reading_groups(people: dict[str, Member]) -> None:
    groups = {
        state: ReadingGroupFactory(pk=pk, slug=state, state=state, organizers=[people["group_organizer"]])
        for pk, state in enumerate(
            (ReadingGroup.State.OPEN, ReadingGroup.State.DRAFT, ReadingGroup.State.ARCHIVED), ROW
        )
    }
    open_group = groups[ReadingGroup.State.OPEN]
    for role in ("group_member", "author", "presenter"):
        EnrolmentFactory(group=open_group, member=people[role])
    EnrolmentFactory(pk=ROW, group=open_group, state=Enrolment.State.HELD, held_until=HELD_UNTIL)
    archived, completed = groups[ReadingGroup.State.ARCHIVED], Enrolment.State.COMPLETED
    EnrolmentFactory(group=archived, member=people["past_member"], state=completed)
    finished = ReadingGroupFactory(
        slug="completed", state=ReadingGroup.State.COMPLETED, organizers=[people["group_organizer"]]
    )
    CertificateFactory(group=finished, member=people["past_member"], code=CODE.replace("-", ""))
    for slug, visibility in (("internal", "internal"), ("for-the-invited", "invited")):
        ReadingGroupFactory(slug=slug, visibility=visibility, organizers=[people["group_organizer"]])
    GroupInvitationFactory(pk=ROW, group=open_group)
    GroupInvitationFactory(group__slug="of-others", group__visibility="invited", member=people["author"])
    in_three_days = timezone.now() + timedelta(days=3)
    session = SessionFactory(pk=ROW, group=open_group, starts_at=in_three_days)
    Poll.objects.filter(pk=ROW).update(about=open_group.key)
    SessionFactory(pk=ROW + 1, group=groups[ReadingGroup.State.DRAFT], starts_at=in_three_days)
    SessionFactory(pk=ROW + 2, group=open_group, starts_at=in_three_days + timedelta(days=2), is_cancelled=True)
    SessionFactory(pk=ROW + 3, group=open_group, starts_at=timezone.now() - timedelta(minutes=5))
    ReadingFactory(group=open_group, session=session)
    ReadingFactory(pk=ROW, group=open_group, paper=PaperFactory(pk=ROW, title="A paper"))
    presented = PresentationFactory(pk=ROW, session=session, member=people["presenter"])
    PresentationFileFactory(pk=ROW, presentation=presented)
    PresentingInvitationFactory(pk=ROW, session=session, member=people["author"], invited_by=people["presenter"])
    later = SessionFactory(group=open_group, starts_at=in_three_days + timedelta(days=7))
    PresentingSwapFactory(pk=ROW, offered__session=later, wanted=presented)
    QuestionFactory(pk=ROW, session=session, member=people["author"])
    IdeaFactory(pk=ROW, group=open_group, member=people["author"])
    ReadingGroupFactory(slug="proposed", state=ReadingGroup.State.PROPOSED, proposed_by=people["author"])
    InvitationLinkFactory(pk=ROW, group=open_group, token="an-invitation", most_uses=900)
    SitInFactory(session=session)
    SeatFactory(split=SplitFactory(session=session), member=people["group_member"])
    SummaryFactory(session=session)
    # Held, and sent.
    now = timezone.now()
    GroupMessageFactory(pk=ROW, group=open_group, written_at=now)
    GroupMessageFactory(pk=ROW + 1, group=open_group, written_at=now - timedelta(days=1), sent_at=now)


def _cohorts(people: dict[str, Member]) -> None:
    now = timezone.now()
    cohort = CohortFactory(
        slug="open",
        applications_open_at=now - timedelta(days=9),
        applications_close_at=now + timedelta(days=9),
        starts_on=now.date() + timedelta(days=30),
        ends_on=now.date() + timedelta(days=90),
    )
    CohortFactory(slug="draft", state="draft")
    PlaceFactory(cohort=cohort, member=people["cohort_member"])
    SectionFactory(cohort=cohort, leaders=[people["section_leader"]])
    AcceptedFactory(pk=ROW, cohort=cohort)


def _mentorship(people: dict[str, Member]) -> None:
    RoundFactory(slug="open", closes_at=timezone.now() + timedelta(days=2))
    RoundFactory(slug="draft", state="draft", closes_at=timezone.now() + timedelta(days=2))
    MentorshipFactory(pk=ROW, mentor=people["mentor"], mentee=people["mentee"])


def _projects(people: dict[str, Member]) -> None:
    team = {"lead": people["project_lead"], "team": [people["project_member"]]}
    probing = ProjectFactory(slug="probing", is_public=True, **team)
    ProjectFactory(slug="hidden", **team)
    ProjectFactory(slug="archived", stage="archived", is_public=True, **team)
    MembershipFactory(project=probing, member=people["author"])
    ProposalFactory(pk=ROW, author=people["author"])
    BlockerFactory(pk=ROW, project=probing, raiser=people["author"], handlers=[people["blocker_handler"]])
    TaskFactory(pk=ROW, project=probing)
    OutputFactory(pk=ROW, project=probing)
    UpdateFactory(project=probing, author=people["author"])
