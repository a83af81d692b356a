"""Leaving for good: what becomes of each thing that refers to a member. Nothing is left undecided.

A relation goes, stays, or ends. What goes is deleted, or does not name them any more. What stays is what people did
together, by “A former member”. What ends goes on without them, and is kept where it is over.
"""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import ForeignKey, Q
from django.test import Client

from cohorts.actions import distribute_places
from collaborative.home.actions import delete_account
from collaborative.home.own_data import data_of
from collaborative.models import Site
from members.models import Member
from mentorship.models import Draft, Mentorship, Round
from mentorship.reminders import PAIR_ENDED
from notifications.mail import render
from notifications.models import Delivery
from projects import actions as project_actions
from projects.models import Blocker, Membership, Project
from reading_groups.models import Idea, ReadingGroup
from tests.collaborative.whole_life import EMAIL, NAME, OWN_WORD, live_it
from tests.factories import (
    BlockerFactory,
    HandFactory,
    IdeaFactory,
    MeetingFactory,
    MemberFactory,
    MembershipFactory,
    MentorRequestFactory,
    MentorshipFactory,
    OfferFactory,
    OrganizerFactory,
    PlaceFactory,
    ProjectFactory,
    ProposalFactory,
    ReadingGroupFactory,
    RoundFactory,
    SectionFactory,
    TaskFactory,
)
from tests.factories.members import PASSWORD
from tests.factories.mentorship import AFTER, make_round, solve_now

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Ends:
    """What goes on before, and is over for the member afterwards."""

    going_on: Q


GOES, STAYS = "goes", "stays"
DECISIONS = {
    "account.EmailAddress.user": GOES,
    "admin.LogEntry.user": STAYS,
    "authtoken.Token.user": GOES,
    "availability.Away.member": GOES,
    "availability.ExamAnswer.member": GOES,
    "availability.ExamWeeks.set_by": STAYS,
    "availability.Meeting_participants.member": Ends(Q(meeting__starts_at__gt="now")),
    "availability.Ballot.member": Ends(Q(poll__closes_at__gt="now")),
    "availability.Poll_organizers.member": Ends(Q(poll__closes_at__gt="now")),
    "availability.TypicalWeek.member": GOES,
    "availability.WeekShare.owner": GOES,
    "availability.WeekShare.viewer": GOES,
    "cohorts.Application.member": Ends(Q(state="submitted")),
    "cohorts.ApplicationEvent.member": STAYS,
    "cohorts.DecisionBatch.made_by": STAYS,
    "cohorts.DecisionBatch.undone_by": STAYS,
    "cohorts.Place.member": Ends(Q(cohort__state="running", section__isnull=False)),
    "cohorts.PlaceEvent.member": STAYS,
    "cohorts.Section_leaders.member": Ends(Q(section__cohort__state="running")),
    "handbook.Page.changed_by": STAYS,
    "handbook.PageVersion.accepted_by": STAYS,
    "handbook.PageVersion.author": STAYS,
    "handbook.Suggestion.author": STAYS,
    "handbook.Suggestion.decided_by": STAYS,
    "handbook.Tick.member": GOES,
    "home.CalendarToken.member": GOES,
    "members.CollectiveMembership.member": GOES,
    "members.Member_groups.member": GOES,
    "members.Member_user_permissions.member": GOES,
    "members.Role.closed_by": STAYS,
    "members.Role.granted_by": STAYS,
    "members.Role.member": Ends(Q(closed_at=None)),
    "members.RoleEvent.closed_by": STAYS,
    "members.RoleEvent.granted_by": STAYS,
    "members.RoleEvent.member": STAYS,
    "members.TopicExperience.member": GOES,
    "mentorship.Alternative.mentee": GOES,
    "mentorship.Alternative.responsible": GOES,
    "mentorship.Draft.requested_by": STAYS,
    "mentorship.DraftGap.mentee": GOES,
    "mentorship.DraftPair.mentee": Ends(Q(draft__round__state="solved")),
    "mentorship.DraftPair.mentor": Ends(Q(draft__round__state="solved")),
    "mentorship.Mentorship.mentee": Ends(Q(state="active")),
    "mentorship.Mentorship.mentor": Ends(Q(state="active")),
    "mentorship.MentorshipEvent.mentee": STAYS,
    "mentorship.MentorshipEvent.mentor": STAYS,
    "mentorship.Offer.member": GOES,
    "mentorship.Offer_avoid.member": GOES,
    "mentorship.PairRule.made_by": STAYS,
    "mentorship.PairRule.mentee": GOES,
    "mentorship.PairRule.mentor": GOES,
    "mentorship.Request.member": GOES,
    "mentorship.Request_avoid.member": GOES,
    "mentorship.Wish.mentor": GOES,
    "notifications.Choice.member": GOES,
    "notifications.Delivery.member": Ends(Q(state="due")),
    "notifications.Preferences.member": GOES,
    "projects.Blocker.acknowledged_by": STAYS,
    "projects.Blocker.raiser": Ends(Q(visibility="private") | Q(closed_at=None)),
    "projects.Involvement.member": Ends(Q(part="handler", blocker__closed_at=None)),
    "projects.Membership.member": Ends(Q(left_at=None, project__stage="active")),
    "projects.MembershipEvent.member": STAYS,
    "projects.Proposal.author": Ends(~Q(state="accepted")),
    "projects.Proposal.decided_by": STAYS,
    "projects.Task.owner": Ends(~Q(state="done")),
    "projects.Update.author": STAYS,
    "reading_groups.Answer.member": STAYS,
    "reading_groups.Attendance.member": STAYS,
    "reading_groups.Attendance.recorded_by": STAYS,
    "reading_groups.Certificate.member": STAYS,
    "reading_groups.Enrolment.member": Ends(Q(state__in=["waitlisted", "held", "enrolled"])),
    "reading_groups.EnrolmentEvent.member": STAYS,
    "reading_groups.GroupInvitation.invited_by": STAYS,
    "reading_groups.GroupInvitation.member": GOES,
    "reading_groups.GroupMessage.author": STAYS,
    "reading_groups.GroupMessage.undone_by": STAYS,
    "reading_groups.Hand.member": GOES,
    "reading_groups.Idea.adopted_by": STAYS,
    "reading_groups.Idea.member": STAYS,
    "reading_groups.InvitationLink.created_by": STAYS,
    "reading_groups.InvitationUse.member": STAYS,
    "reading_groups.MessageRecipient.member": GOES,
    "reading_groups.Note.member": STAYS,
    "reading_groups.Presentation.member": Ends(Q(session__starts_at__gt="now")),
    "reading_groups.PresentingInvitation.invited_by": GOES,
    "reading_groups.PresentingInvitation.member": GOES,
    "reading_groups.Question.answered_by": STAYS,
    "reading_groups.Question.member": STAYS,
    "reading_groups.QuestionVote.member": GOES,
    "reading_groups.Reading.proposed_by": STAYS,
    "reading_groups.ReadingGroup.decided_by": STAYS,
    "reading_groups.ReadingGroup.proposed_by": Ends(Q(state__in=ReadingGroup.ON_REVIEW)),
    "reading_groups.ReadingGroup_organizers.member": Ends(~Q(readinggroup__state__in=ReadingGroup.OVER)),
    "reading_groups.ReadingVote.member": GOES,
    "reading_groups.Rsvp.member": GOES,
    "reading_groups.Seat.member": GOES,
    "reading_groups.SitIn.member": GOES,
    "reading_groups.Split.made_by": STAYS,
    "reading_groups.Summary.written_by": STAYS,
    "reading_groups.SummaryEvent.written_by": STAYS,
}


def relations() -> dict[str, ForeignKey]:
    """Every column of the database that refers to a member, those of many-to-many tables among them."""
    found = {}
    for relation in Member._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        model = relation.related_model
        if model._meta.managed and not model._meta.proxy:
            found[f"{model._meta.label}.{relation.field.name}"] = relation.field
    return found


def rows_of(field: ForeignKey, member: Member):
    return field.model._base_manager.filter(**{field.name: member.pk})


def ids(rows) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def test_every_relation_to_a_member_is_decided():
    """A new one needs a line above, its part of `delete_account`, and a row in `whole_life.py`."""
    assert sorted(relations()) == sorted(DECISIONS)


def test_what_was_decided_happens(now):
    member = live_it(now)
    before = {name: ids(rows_of(field, member)) for name, field in relations().items()}
    going_on = {
        name: ids(rows_of(relations()[name], member).filter(at(decision.going_on, now)))
        for name, decision in DECISIONS.items()
        if isinstance(decision, Ends)
    }
    assert [name for name, rows in before.items() if not rows] == []
    assert [name for name, rows in going_on.items() if not rows or rows == before[name]] == []
    delete_account(actor=member, now=now)
    member.refresh_from_db()
    assert (str(member), member.is_active) == ("A former member", False)
    wrong = []
    for name, field in relations().items():
        decision, rows = DECISIONS[name], rows_of(field, member)
        if decision == GOES:
            right = not rows.exists()
        elif decision == STAYS:
            right = before[name] <= ids(rows)
        else:
            over = before[name] - going_on[name]
            right = over <= ids(rows) and not rows.filter(at(decision.going_on, now)).exists()
        if not right:
            wrong.append(name)
    assert wrong == []


def at(condition: Q, now) -> Q:
    """The condition at this moment."""
    children = [
        at(child, now) if isinstance(child, Q) else (child[0], now if child[1] == "now" else child[1])
        for child in condition.children
    ]
    moved = Q(*children, _connector=condition.connector)
    return ~moved if condition.negated else moved


def test_no_word_that_was_only_theirs_is_left_in_the_database(now):
    member = live_it(now)
    assert {"members.Member", "mentorship.Offer", "projects.Blocker", "cohorts.Application"} <= set(
        tables_with(OWN_WORD)
    )
    delete_account(actor=member, now=now)
    assert {word: tables_with(word) for word in (OWN_WORD, NAME.lower(), EMAIL, "sekunda")} == {
        OWN_WORD: [],
        NAME.lower(): [],
        EMAIL: [],
        "sekunda": [],
    }
    # The log says what happened to whom, and no longer who that is.
    assert "A former member" in LogEntry.objects.get(content_type__model="collective").change_message


def tables_with(text: str) -> list[str]:
    tables, found = connection.introspection.table_names(), set()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table in tables:
            for row in model._base_manager.values():
                if text in " ".join(str(value).lower() for value in row.values()):
                    found.add(model._meta.label)
    return sorted(found)


def test_leaving_twice_changes_nothing(now):
    member = live_it(now)
    delete_account(actor=member, now=now)
    before = list(Member.objects.filter(pk=member.pk).values())
    delete_account(actor=member, now=now)
    assert list(Member.objects.filter(pk=member.pk).values()) == before


# Projects


@pytest.fixture
def member():
    return MemberFactory(name=NAME, email=EMAIL)


@pytest.fixture
def own(member):
    client = Client()
    client.force_login(member)
    return client


def delete(client):
    return client.post("/me/data/delete/", {"confirmation": PASSWORD})


def test_who_leads_others_hands_over_first(own, member):
    group = ReadingGroupFactory(organizers=[member])
    first = ProjectFactory(title="Probes", slug="probes", lead=member, team=[mate := MemberFactory()])
    second = ProjectFactory(title="Tokens", lead=member, stage=Project.Stage.COMPLETED, team=[MemberFactory()])
    alone = ProjectFactory(title="Alone", lead=member, team=[MemberFactory(is_active=False)])
    response = delete(own)
    assert response.status_code == 422
    assert "You are not alone in “Probes” and “Tokens”, which you lead." in response.text
    assert 'href="/projects/probes/team/"' in response.text
    alone.refresh_from_db()
    assert (alone.stage, list(group.organizers.all())) == (Project.Stage.ACTIVE, [member])
    for project, successor in ((first, mate), (second, second.members.exclude(pk=member.pk).get())):
        project_actions.hand_over_lead(actor=member, project_id=project.pk, member=successor)
    assert delete(own).status_code == 302
    assert list(first.memberships.current().values_list("member", "role")) == [(mate.pk, "lead")]


def test_a_project_of_one_is_archived_and_a_finished_one_is_its_record(member, now):
    under_way = ProjectFactory(lead=member, stage=Project.Stage.PAUSED)
    finished = ProjectFactory(lead=member, stage=Project.Stage.MAINTAINED, is_public=True)
    task = TaskFactory(project=finished, owner=member)
    delete_account(actor=member, now=now)
    stages = Project.objects.filter(pk__in=[under_way.pk, finished.pk]).order_by("pk").values_list("stage", flat=True)
    assert list(stages) == ["archived", "maintained"]
    task.refresh_from_db()
    assert task.owner is None
    # Organizers can find it another lead, and take the former one out.
    successor, organizer = MemberFactory(), OrganizerFactory()
    project_actions.add_member(project_id=finished.pk, member=successor, role="contributor", now=now)
    project_actions.hand_over_lead(actor=organizer, project_id=finished.pk, member=successor)
    project_actions.leave_team(project_id=finished.pk, member=member, now=now)
    assert list(finished.memberships.current().values_list("member", "role")) == [(successor.pk, "lead")]


def test_nobody_is_kept_by_projects_that_are_switched_off(member, now):
    Site.objects.create(pk=1, parts=["groups"])
    project = ProjectFactory(lead=member)
    advisor, second, first = (
        MembershipFactory(project=project, role=role, joined_at=now - timedelta(days=days)).member
        for role, days in (("advisor", 9), ("contributor", 2), ("contributor", 5))
    )
    delete_account(actor=member, now=now)
    team = dict(project.memberships.current().values_list("member", "role"))
    assert team == {first.pk: "lead", second.pk: "contributor", advisor.pk: "advisor"}


def test_the_lead_is_not_handed_to_somebody_who_has_left_the_site(member):
    project = ProjectFactory(lead=member, team=[gone := MemberFactory(is_active=False)])
    with pytest.raises(project_actions.NotInTeam):
        project_actions.hand_over_lead(actor=member, project_id=project.pk, member=gone)


def test_a_private_blocker_whose_only_handler_left_is_told_to_the_one_who_raised_it(member, now):
    raiser, stays = MemberFactory(), MemberFactory()
    project = ProjectFactory(team=[raiser, member, stays])
    alone = BlockerFactory(project=project, raiser=raiser, handlers=[member])
    shared = BlockerFactory(project=project, raiser=raiser, handlers=[member, stays])
    delete_account(actor=member, now=now)
    client = Client()
    client.force_login(raiser)
    told = [
        "Nobody whom you chose is here any more" in client.get(row.get_absolute_url()).text for row in (alone, shared)
    ]
    assert told == [True, False]
    assert "A former member" not in client.get(alone.get_absolute_url()).text


def test_an_idea_whose_proposal_went_can_be_proposed_again(member, now):
    idea = IdeaFactory(group__hands_needed=1, state=Idea.State.READY)
    other = HandFactory(idea=idea).member
    ProposalFactory(author=member, idea=idea)
    delete_account(actor=member, now=now)
    words = {"question": "What?", "why": "So.", "first_experiment": "One.", "team_size": 3, "collective": None}
    project_actions.submit_proposal(actor=other, title="Again", idea=idea, now=now, **words)


# Groups and meetings


def test_an_idea_that_lost_a_hand_is_open_again(member, now):
    idea = IdeaFactory(group__hands_needed=2, state=Idea.State.READY)
    parked = IdeaFactory(state=Idea.State.PARKED)
    for row in (idea, idea, parked):
        HandFactory(idea=row)
    idea.hands.filter(pk=idea.hands.first().pk).update(member=member)
    HandFactory(idea=parked, member=member)
    delete_account(actor=member, now=now)
    idea.refresh_from_db()
    parked.refresh_from_db()
    assert [(row.state, row.hands.count()) for row in (idea, parked)] == [("open", 1), ("parked", 1)]


def test_a_meeting_of_two_is_cancelled_and_a_larger_one_goes_on(member, now):
    other, third = MemberFactory(), MemberFactory()
    two = MeetingFactory(participants=[member, other], starts_at=now + timedelta(days=2))
    three = MeetingFactory(participants=[member, other, third], starts_at=now + timedelta(days=3))
    on_now = MeetingFactory(participants=[member, other], starts_at=now - timedelta(minutes=5))
    delete_account(actor=member, now=now)
    for meeting in (two, three, on_now):
        meeting.refresh_from_db()
    assert [meeting.is_cancelled for meeting in (two, three, on_now)] == [True, False, False]
    assert list(Delivery.objects.values_list("kind", "member", "object_key")) == [
        ("meeting_changed", other.pk, two.key)
    ]
    client = Client()
    client.force_login(other)
    assert "A former member" not in client.get(three.get_absolute_url()).text


def test_a_section_has_room_again_and_nobody_who_left_is_put_into_one(member, now):
    place = PlaceFactory(member=member, cohort__state="running")
    place.section = section = SectionFactory(cohort=place.cohort, capacity=1)
    place.save()
    delete_account(actor=member, now=now)
    PlaceFactory(cohort=place.cohort)
    assert distribute_places(cohort_id=place.cohort_id) == (1, 0)
    assert place not in section.places.all()


# Mentoring


def test_a_draft_leaves_them_out_and_their_mentee_stands_without_a_mentor(now):
    mentoring_round = make_round(mentors=1, mentees=2)
    draft = solve_now(mentoring_round)
    assert draft.pairs.count() == 2
    mentor = mentoring_round.offers.get().member
    first, second = mentoring_round.requests.order_by("member_id")
    delete_account(actor=first.member, now=AFTER)
    assert ids(draft.pairs) == ids(draft.pairs.filter(mentee=second.member))
    delete_account(actor=mentor, now=AFTER)
    assert list(draft.gaps.values_list("mentee", "causes")) == [(second.member_id, {"withdrawn": [mentor.pk]})]
    mentoring_round.refresh_from_db()
    assert mentoring_round.revision > Draft.objects.get().revision
    organizer = Client()
    organizer.force_login(MemberFactory(is_superuser=True))
    page = organizer.get(mentoring_round.get_absolute_url()).text
    assert ("A former member" in page, str(second.member) in page, "Out of date" in page) == (False, True, True)


def test_nobody_who_left_is_offering_asking_or_looking_after_somebody(now):
    member = live_it(now)
    taking = OfferFactory(member=member, round__closes_at=now + timedelta(days=900)).round
    delete_account(actor=member, now=now)
    organizer, mentee = Client(), Client()
    organizer.force_login(MemberFactory(is_superuser=True, is_staff=True))
    mentee.force_login(Member.objects.get(name="Member B"))
    unpublished = Round.objects.get(state="solved")
    for client, path in (
        (organizer, unpublished.get_absolute_url()),
        (organizer, "/admin/mentorship/offer/"),
        (organizer, "/admin/mentorship/request/"),
        (organizer, "/projects/"),
        (mentee, f"/mentoring/rounds/{taking.slug}/ask/"),
        (mentee, "/mentoring/"),
    ):
        response = client.get(path)
        assert (path, response.status_code, "A former member" in response.text) == (path, 200, False)


def test_a_pair_ends_and_the_other_is_told(member, now):
    round_ = RoundFactory(state="published", published_at=AFTER)
    as_mentor = MentorshipFactory(round=round_, mentor=member, goals="Read one paper a week.")
    as_mentee = MentorshipFactory(round=round_, mentee=member, starts_on=now.date() - timedelta(days=20))
    over = MentorshipFactory(mentee=member, state=Mentorship.State.ENDED)
    delete_account(actor=member, now=now)
    rows = [(row.state, row.goals, row.ends_on) for row in Mentorship.objects.order_by("pk")]
    assert rows == [
        # One had not begun yet, so its last day is its first.
        ("ended", "Read one paper a week.", as_mentor.starts_on),
        ("ended", "", now.date()),
        ("ended", "", over.ends_on),
    ]
    told = Delivery.objects.filter(kind="pair_ended").order_by("id")
    assert list(told.values_list("member", flat=True)) == [as_mentor.mentee_id, as_mentee.mentor_id]
    frame = {"site_name": "Collaborative", "contact_email": "", "week_path": "/me/"}
    to_mentee, to_mentor = (
        render(delivery=row, kind=PAIR_ENDED, reader=row.member, now=now, frame=frame) for row in told
    )
    assert (to_mentee.subject, to_mentor.subject) == (
        "Your mentor is not a member any more",
        "Somebody whom you mentored is not a member any more",
    )
    assert "you can ask for another mentor" in to_mentee.body
    client = Client()
    client.force_login(as_mentor.mentee)
    page = client.get(as_mentor.get_absolute_url()).text
    assert ("former.invalid" in page, "mentors you" in page, "First meeting" in page) == (False, False, False)
    assert "Ended" in client.get("/mentoring/").text


# The file


def test_the_file_has_what_they_did_in_projects_and_mentoring(now):
    data = data_of(live_it(now))
    assert [row["project__title"] for row in data["project_places"]].count("Probes") == 1
    assert [row["state"] for row in data["proposals"]].count("accepted") == 1
    assert [row["state"] for row in data["tasks"]] == ["doing", "done"]
    assert [row["done"] for row in data["project_updates"]] == ["The corpus is frozen."]
    assert [(row["handled_by"], row["about"]) for row in data["blockers_raised"]] == [(["Member B"], [])] * 2 + [
        ([], [])
    ] * 2
    assert [(row["note"], row["rather_not"]) for row in data["mentor_offers"]] == [
        (f"The {OWN_WORD}.", ["Member B"])
    ] * 2
    assert [(row["goals"], row["wishes"], row["rather_not"]) for row in data["mentor_requests"]] == [
        (f"The {OWN_WORD}.", ["Member C"], ["Member C"])
    ] * 2
    assert sorted("goals" in row for row in data["mentorships"]) == [False, False, True, True]
    assert len(data["sections_led"]) == 2
    assert len(data["handbook_pages"]) == 1


def test_the_file_has_nothing_that_others_said_in_private(member):
    """Each of these names the member, and says a word that is another's."""
    secret = {"text": "A quagmirefinch."}
    project = ProjectFactory(team=[member])
    BlockerFactory(project=project, named=[member], **secret)
    BlockerFactory(project=project, handlers=[member], **secret)
    ProposalFactory(decided_by=member, state="parked", question="A quagmirefinch.")
    ProposalFactory(author=member, state="returned", reasons="A quagmirefinch.")
    MentorshipFactory(mentor=member, goals="A quagmirefinch.")
    mentoring_round = RoundFactory()
    offer = OfferFactory(round=mentoring_round, member__name="Quagmirefinch", note="A quagmirefinch.")
    offer.avoid.add(member)
    request = MentorRequestFactory(round=mentoring_round, goals="A quagmirefinch.", member=offer.member)
    request.avoid.add(member)
    request.wishes.create(mentor=member, rank=1)
    MentorRequestFactory(round=mentoring_round, member=member)
    assert "quagmirefinch" not in str(data_of(member)).lower()
    assert Blocker.objects.count() == 2


def test_the_file_costs_the_same_however_much_it_is(now, django_assert_num_queries):
    member = live_it(now)
    for _once_more in range(2):
        BlockerFactory(raiser=member, handlers=[MemberFactory()])
        OfferFactory(member=member).avoid.add(MemberFactory())
        MentorRequestFactory(member=member)
        MentorshipFactory(mentor=member)
        # Profile 4, week 5, polls 2, handbook 3, groups 26, cohorts 3, mentoring 7, projects 7, mails 3.
        with django_assert_num_queries(60):
            data_of(member)


def test_the_own_page_names_only_parts_that_are_on(own):
    assert "Your mentoring pairs end" in own.get("/me/data/").text
    Site.objects.create(pk=1, parts=["groups"])
    page = own.get("/me/data/").text
    assert ("Your mentoring pairs end" in page, "Projects go on" in page) == (False, False)


def test_groups_go_on_without_them_as_organizers(member, now):
    groups = {
        state: ReadingGroupFactory(state=state, organizers=[member, MemberFactory()]) for state in ReadingGroup.State
    }
    delete_account(actor=member, now=now)
    kept = {state for state, group in groups.items() if member in group.organizers.all()}
    assert kept == {"completed", "archived"}
    assert not Membership.objects.filter(member=member).exists()
