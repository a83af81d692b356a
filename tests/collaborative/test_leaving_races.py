"""Leaving while others act on the same things, each with a connection of their own."""

from datetime import timedelta
from functools import partial

import pytest

from collaborative.home.actions import delete_account
from members.actions import LastAdmin
from members.models import Member
from mentorship import actions as mentoring
from mentorship.models import Mentorship
from projects import actions as projects
from projects.models import Project, Proposal
from reading_groups.models import Enrolment
from tests.factories import (
    EnrolmentFactory,
    MeetingFactory,
    MemberFactory,
    MentorshipFactory,
    OrganizerFactory,
    ProjectFactory,
    ProposalFactory,
    ReadingGroupFactory,
)
from tests.factories.mentorship import AFTER, make_round, solve_now
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("run", range(3))
def test_a_proposal_accepted_at_that_moment_makes_no_project_that_goes_on(run, now):
    proposal, organizer = ProposalFactory(), OrganizerFactory()
    accepted, _left = race(
        partial(projects.accept_proposal, actor=organizer, proposal_id=proposal.pk, now=now),
        partial(delete_account, actor=proposal.author, now=now),
        refusals=Proposal.DoesNotExist,
    )
    stages = [] if accepted is Proposal.DoesNotExist else ["archived"]
    assert list(Project.objects.values_list("stage", flat=True)) == stages


@pytest.mark.parametrize("run", range(3))
def test_a_round_published_at_that_moment_makes_no_pair_that_goes_on(run):
    mentoring_round = make_round(mentors=1, mentees=1)
    draft = solve_now(mentoring_round)
    mentee = mentoring_round.requests.get().member
    published, _left = race(
        partial(mentoring.publish, round_id=mentoring_round.pk, draft_id=draft.pk, now=AFTER),
        partial(delete_account, actor=mentee, now=AFTER),
        refusals=mentoring.DraftIsOutdated,
    )
    pairs = [] if published is mentoring.DraftIsOutdated else [("ended", "")]
    assert list(Mentorship.objects.values_list("state", "goals")) == pairs


@pytest.mark.parametrize("run", range(3))
def test_people_who_share_everything_leave_at_once(run, now):
    people = [MemberFactory(is_superuser=True) for _ in range(3)]
    waits = MemberFactory()
    groups = [ReadingGroupFactory(capacity=3) for _ in range(2)]
    for group in groups:
        for member in people:
            EnrolmentFactory(group=group, member=member)
        EnrolmentFactory(group=group, member=waits, state=Enrolment.State.WAITLISTED)
    for mentor, mentee in ((0, 1), (1, 2), (2, 0)):
        MentorshipFactory(mentor=people[mentor], mentee=people[mentee])
    MeetingFactory(participants=people, starts_at=now + timedelta(days=2))
    project = ProjectFactory(team=people)
    outcomes = race(*[partial(delete_account, actor=member, now=now) for member in people], refusals=LastAdmin)
    # One of the admins stays, since somebody has to look after the site.
    assert outcomes.count(LastAdmin) == 1
    stays = people[outcomes.index(LastAdmin)]
    assert list(Member.objects.active().filter(is_superuser=True)) == [stays]
    assert list(project.memberships.current().filter(member__in=people).values_list("member", flat=True)) == [stays.pk]
    for group in groups:
        assert dict(group.enrolments.live().values_list("member", "state")) == {stays.pk: "enrolled", waits.pk: "held"}
