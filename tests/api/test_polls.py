"""One's own polls by programs: opening, answering, closing, and a meeting of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from members.availability.models import Ballot, Meeting, Poll
from tests.api.problems import problem_of
from tests.factories import BallotFactory, MemberFactory, PollFactory
from tests.queries import exactly

pytestmark = pytest.mark.django_db
POLLS = "/api/v1/polls/"


def send(program, path, data=None, method="post"):
    return getattr(program, method)(f"{POLLS}{path}", data or {}, content_type="application/json")


def new(**fields):
    now = timezone.now().replace(microsecond=0)
    plain = {
        "title": "A talk",
        "zone": "Asia/Calcutta",
        "starts": [(now + timedelta(days=n)).isoformat() for n in (5, 4)],
        "closes_at": (now + timedelta(days=3)).isoformat(),
    }
    return plain | fields


def test_a_poll_is_opened_once_answered_and_made_a_meeting(program, member):
    other = MemberFactory(name="Member B")
    words = new(people=["member b"], key="8b0f8a52-9be6-4e5b-8ed6-1b40e6f0c1ad")
    first = send(program, "", words)
    assert (first.status_code, send(program, "", words).json()["id"]) == (201, first.json()["id"])
    poll = Poll.objects.get()
    assert (poll.zone, set(poll.ballots.values_list("member", flat=True))) == ("Asia/Kolkata", {member.pk, other.pk})
    path = f"{poll.pk}/"
    said = [{"position": 1, "answer": "if_needed"}, {"position": 0, "answer": "yes"}]
    told = send(program, f"{path}answer/", {"answers": said}, "put").json()
    assert [time["own_answer"] for time in told["times"]] == ["yes", "if_needed"]
    # One answer alone is nobody's to count.
    assert (told["answered"], told["ranked"]) == (1, [])
    told = send(program, f"{path}close/").json()
    assert [(row["position"], row["yes"]) for row in told["ranked"]] == [(0, None), (1, None)]
    assert problem_of(send(program, f"{path}answer/", {"answers": said}, "put")) == (409, "poll_is_closed")
    assert send(program, f"{path}meet/", {"position": 0}).json()["settled_position"] == 0
    assert problem_of(send(program, f"{path}meet/", {"position": 1})) == (409, "already_settled")
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts": []}, "starts"),
        ({"starts": ["2020-01-01T00:00Z"]}, "starts"),
        ({"weekly": [{"weekday": 1, "at": "18:00"}]}, "starts"),
        ({"starts": ["2027-01-01T00:00Z"] * 10_000}, "starts"),
        ({"closes_at": "2020-01-01T00:00Z"}, "closes_at"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"people": ["Nobody at all"]}, "people"),
        ({"title": "\u200b"}, "title"),
        ({"is_free": True, "minutes": 45}, "minutes"),
        ({"starts": [], "weekly": [{"weekday": 1, "at": "18:00"}] * 2}, "starts"),
    ],
)
def test_what_cannot_be_a_poll_is_refused_by_field(program, fields, field):
    response = send(program, "", new(**fields))
    assert problem_of(response) == (400, "invalid")
    assert list(response.json()["errors"]) == [field]
    assert not Poll.objects.exists()


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"position": 0, "answer": "yes"}],
        [{"position": 0, "answer": "yes"}, {"position": 7, "answer": "yes"}],
        [{"position": 0, "answer": "yes"}, {"position": 0, "answer": "no"}, {"position": 1, "answer": "no"}],
        [{"position": 0, "answer": "yes"}, {"position": 1, "answer": "perhaps"}],
    ],
)
def test_an_answer_is_to_each_time_of_its_own_poll(program, member, answers):
    ballot = BallotFactory(member=member)
    response = send(program, f"{ballot.poll_id}/answer/", {"answers": answers}, "put")
    assert problem_of(response) == (400, "invalid")
    assert Ballot.objects.get().marks == ""


def test_nobody_reads_what_another_answered(program, program_of, member):
    poll = PollFactory()
    for marks in ("20", "21", "02"):
        BallotFactory(poll=poll, marks=marks)
    own = BallotFactory(poll=poll, member=member)
    assert send(program, f"{poll.pk}/", method="get").json()["ranked"] == []
    Ballot.objects.filter(pk=own.pk).update(marks="00", answered_at=timezone.now())
    told = send(program, f"{poll.pk}/", method="get").json()
    assert [(row["position"], row["yes"], row["if_needed"], row["no"]) for row in told["ranked"]] == [
        (0, 2, 0, 2),
        (1, 1, 1, 2),
    ]
    assert not any(row["yes_names"] or row["if_needed_names"] for row in told["ranked"])
    assert problem_of(send(program_of(MemberFactory()), f"{poll.pk}/", method="get")) == (404, "unknown")


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_at_any_length(program, member, rows):
    for _n in range(rows):
        BallotFactory(member=member)
    # The token with its member; how many; the polls.
    with exactly(3):
        assert send(program, "", method="get").json()["count"] == rows
