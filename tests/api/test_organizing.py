"""What those who run things read: rounds and matches, cohorts."""

from datetime import date

import pytest

from members.models import Role
from tests.api.problems import problem_of
from tests.factories import (
    AcceptedFactory,
    ApplicationFactory,
    CohortFactory,
    MemberFactory,
    MentorRequestFactory,
    MentorshipFactory,
    OfferFactory,
    PlaceFactory,
    RoundFactory,
    SectionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
ROUNDS, COHORTS = "/api/v1/rounds/", "/api/v1/cohorts/"


@pytest.fixture
def matching(program_of):
    """A program of somebody who matches mentors."""
    member = MemberFactory()
    Role.objects.create(member=member, kind=Role.Kind.MENTORING_ORGANIZER, starts_on=date(2026, 1, 1))
    return program_of(member)


@pytest.fixture
def admins(program_of):
    return program_of(MemberFactory(is_superuser=True))


def test_rounds_are_for_those_who_match(program, matching, admins):
    RoundFactory(slug="autumn")
    for path in (ROUNDS, f"{ROUNDS}autumn/", f"{ROUNDS}autumn/matches/", f"{ROUNDS}nowhere/"):
        assert problem_of(program.get(path)) == (403, "permission_denied")
    for allowed in (matching, admins):
        assert allowed.get(f"{ROUNDS}autumn/").status_code == 200
        assert problem_of(allowed.get(f"{ROUNDS}nowhere/")) == (404, "unknown")
        assert problem_of(allowed.get(f"{ROUNDS}nowhere/matches/")) == (404, "unknown")


def test_a_round_with_its_numbers(matching):
    autumn = RoundFactory(slug="autumn", title="Autumn", state="draft")
    avoided = MemberFactory(name="Member who is avoided")
    offer = OfferFactory(round=autumn)
    offer.avoid.add(avoided)
    OfferFactory(round=autumn, member__is_active=False)
    MentorRequestFactory.create_batch(3, round=autumn)
    response = matching.get(ROUNDS)
    assert response.json()["results"] == [
        {
            "slug": "autumn",
            "url": "http://testserver/mentoring/rounds/autumn/",
            "title": "Autumn",
            "state": "draft",
            "opens_on": "2026-11-16",
            "closes_at": "2026-12-01T18:00:00Z",
            "starts_on": "2026-12-08",
            "weeks": 12,
            "published_at": None,
            "offers": 1,
            "requests": 3,
        }
    ]
    assert "avoid" not in response.text


def test_the_matches_of_a_round(matching):
    pair = MentorshipFactory(mentor__name="Member A", mentee__name="Member B", goals="Between the two.")
    MentorshipFactory()
    response = matching.get(f"{ROUNDS}{pair.round.slug}/matches/")
    assert response.json()["results"] == [
        {
            "id": pair.pk,
            "url": f"http://testserver/mentoring/{pair.pk}/",
            "mentor": {"id": pair.mentor_id, "name": "Member A"},
            "mentee": {"id": pair.mentee_id, "name": "Member B"},
            "state": "active",
            "starts_on": "2026-12-08",
            "ends_on": "2027-03-02",
        }
    ]
    assert "Between the two." not in response.text


def test_rounds_and_matches_cost_the_same_at_any_length(matching):
    published = MentorshipFactory().round

    def make(count):
        for _ in range(count):
            MentorshipFactory(round=published)
            OfferFactory(round=RoundFactory())

    make(3)
    # The token, and: the site, the role twice, how many there are, the rows; of matches the round as well.
    for _size in range(2):
        with exactly(1 + 5):
            assert matching.get(ROUNDS).status_code == 200
        with exactly(1 + 6):
            assert matching.get(f"{ROUNDS}{published.slug}/matches/").status_code == 200
        make(37)


def test_cohorts_are_for_admins(program, matching, admins, member):
    cohort = PlaceFactory(cohort__slug="spring", member=member).cohort
    for path in (COHORTS, f"{COHORTS}{cohort.slug}/", f"{COHORTS}nowhere/"):
        assert problem_of(program.get(path)) == (403, "permission_denied")
        assert problem_of(matching.get(path)) == (403, "permission_denied")
    assert admins.get(f"{COHORTS}spring/").status_code == 200
    assert problem_of(admins.get(f"{COHORTS}nowhere/")) == (404, "unknown")


def test_a_cohort_with_its_numbers_and_sections(admins):
    cohort = CohortFactory(slug="spring", name="Spring")
    section = SectionFactory(cohort=cohort, name="Morning", capacity=6)
    PlaceFactory(cohort=cohort, section=section)
    ApplicationFactory(cohort=cohort, name="Member who applied")
    AcceptedFactory(cohort=cohort)
    response = admins.get(f"{COHORTS}spring/")
    assert response.json() == {
        "slug": "spring",
        "url": "http://testserver/cohorts/spring/",
        "name": "Spring",
        "kind": "intake",
        "state": "applications",
        "zone": "Europe/London",
        "starts_on": "2027-01-11",
        "ends_on": "2027-03-26",
        "applications_open_at": "2026-11-01T00:00:00Z",
        "applications_close_at": "2027-01-01T00:00:00Z",
        "capacity": 48,
        "applied": 2,
        "accepted": 1,
        "claimed": 0,
        "placed": 1,
        "sections": [{"id": section.pk, "name": "Morning", "capacity": 6, "taken": 1}],
    }
    assert "Member" not in response.text


def test_cohorts_cost_the_same_at_any_length(admins):
    def make(count):
        for _ in range(count):
            PlaceFactory(section=SectionFactory())
            ApplicationFactory()

    make(3)
    # The token, and: the site, how many there are, the cohorts.
    for _size in range(2):
        with exactly(1 + 3):
            assert admins.get(COHORTS).status_code == 200
        make(17)
    cohort = SectionFactory().cohort
    SectionFactory.create_batch(5, cohort=cohort)
    with exactly(1 + 3):
        assert admins.get(f"{COHORTS}{cohort.slug}/").status_code == 200
