"""What a poll guarantees, whoever asks it and whatever they send."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from members.availability.models import Ballot, Meeting, Poll
from members.availability.polls import actions
from members.availability.polls.results import results_of
from members.availability.polls.times import Slot
from notifications.models import Delivery
from tests.factories import BallotFactory, GuestBallotFactory, MemberFactory, PollFactory
from tests.races import race

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def opened(actor, **fields):
    plain = {
        "title": "When do we talk?",
        "zone": "Europe/Berlin",
        "minutes": 60,
        "slots": [Slot(starts_at=NOW + 3 * DAY), Slot(starts_at=NOW + 4 * DAY)],
        "is_free": False,
        "closes_at": NOW + 2 * DAY,
        "key": uuid4(),
        "now": NOW,
    }
    return actions.open_poll(actor=actor, **plain | fields)


def result(poll, now=None):
    return results_of(poll, list(poll.times.order_by("position")), now or timezone.now())


def test_opening_a_poll_asks_everybody_once_and_mails_all_but_its_opener():
    actor, other = MemberFactory(), MemberFactory()
    key = uuid4()
    poll = opened(actor, key=key, people=[other, actor], addresses=["Guest@Example.org", "guest@example.org"])
    assert opened(actor, key=key).pk == poll.pk
    asked = {(ballot.member_id, ballot.email) for ballot in poll.ballots.all()}
    assert asked == {(actor.pk, ""), (other.pk, ""), (None, "guest@example.org")}
    assert poll.ballots.count() == len(asked)
    told = Delivery.objects.filter(kind="poll_opened").values_list("recipient", flat=True)
    guest = poll.ballots.get(is_guest=True)
    assert sorted(told) == sorted([f"members.member:{other.pk}", guest.object_key])


def test_a_key_of_another_members_poll_shows_nothing_of_it():
    key = uuid4()
    first, second = opened(MemberFactory(), key=key), opened(MemberFactory(), key=key, title="Mine")
    assert (first.pk != second.pk, second.title) == (True, "Mine")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"slots": []}, actions.PollHasNoTimes),
        ({"slots": [Slot(starts_at=NOW + n * DAY) for n in range(10_000)]}, actions.TooManyTimes),
        ({"slots": [Slot(starts_at=NOW + DAY)] * 2}, actions.SameTimeTwice),
        ({"closes_at": NOW}, actions.DeadlineHasPassed),
        ({"addresses": [f"guest{n}@example.org" for n in range(31)]}, actions.TooManyPeople),
    ],
)
def test_a_poll_that_cannot_be_is_not_opened(fields, refusal):
    with pytest.raises(refusal):
        opened(MemberFactory(), **fields)
    assert not Poll.objects.exists()


def test_nobody_opens_polls_without_end():
    actor = MemberFactory()
    for _n in range(actions.MOST_A_DAY):
        opened(actor)
    with pytest.raises(actions.TooManyPolls):
        opened(actor)
    opened(actor, now=NOW + DAY, closes_at=NOW + 2 * DAY)


def test_an_answer_is_saved_changed_and_one_persons_alone():
    ballot = BallotFactory()
    now = timezone.now()
    actions.answer_poll(actor=ballot.member, poll_id=ballot.poll_id, marks="20", now=now)
    actions.answer_poll(actor=ballot.member, poll_id=ballot.poll_id, marks="01", now=now)
    ballot.refresh_from_db()
    assert (ballot.marks, ballot.answered_at) == ("01", now)
    with pytest.raises(actions.NotAsked):
        actions.answer_poll(actor=MemberFactory(), poll_id=ballot.poll_id, marks="20", now=now)


@pytest.mark.parametrize("marks", ["", "2", "222", "2x", "23"])
def test_an_answer_says_something_of_each_time_and_of_no_other(marks):
    ballot = BallotFactory()
    with pytest.raises(actions.AnswerDoesNotFit):
        actions.answer_poll(actor=ballot.member, poll_id=ballot.poll_id, marks=marks, now=timezone.now())


def test_a_closed_poll_keeps_its_answers_as_they_are():
    ballot = BallotFactory()
    poll, now = ballot.poll, timezone.now()
    actions.answer_poll(actor=ballot.member, poll_id=poll.pk, marks="20", now=now)
    with pytest.raises(actions.PollIsClosed):
        actions.answer_poll(actor=ballot.member, poll_id=poll.pk, marks="00", now=poll.closes_at)
    actions.close_poll(actor=MemberFactory(), poll_id=poll.pk, now=now)
    # One that was on its way before has a time from before as well.
    with pytest.raises(actions.PollIsClosed):
        actions.answer_poll(actor=ballot.member, poll_id=poll.pk, marks="00", now=now - timedelta(seconds=1))
    with pytest.raises(actions.PollIsClosed):
        actions.change_poll(poll_id=poll.pk, closes_at=now + DAY, guests_limit=0, now=now)
    actions.close_poll(actor=MemberFactory(), poll_id=poll.pk, now=now + DAY)
    poll.refresh_from_db()
    assert (poll.closes_at, poll.ballots.get().marks) == (now, "20")


def test_a_link_lets_in_as_many_guests_as_it_says():
    poll = PollFactory(guest_token="a-link", guests_limit=1)
    key, now = uuid4(), timezone.now()
    sent = {"token": "a-link", "marks": "21", "name": "Nobody asked", "time_zone": "", "now": now}
    first = actions.answer_as_guest(key=key, **sent)
    assert actions.answer_as_guest(key=key, **sent | {"marks": "00"}).pk == first.pk
    with pytest.raises(actions.GuestsAreFull):
        actions.answer_as_guest(key=uuid4(), **sent)
    poll.refresh_from_db()
    # Names are kept only where the poll shows them.
    assert (poll.guests_taken, poll.ballots.get().marks, poll.ballots.get().name) == (1, "00", "")
    with pytest.raises(actions.PollTakesNoGuests):
        actions.answer_as_guest(key=uuid4(), **sent | {"token": ""})
    with pytest.raises(actions.MoreHaveAnswered):
        actions.change_poll(poll_id=poll.pk, closes_at=now + DAY, guests_limit=0, now=now)


def test_a_guest_is_named_where_the_poll_shows_names():
    poll = PollFactory(guest_token="a-link", guests_limit=3, shows_names=True)
    sent = {"token": "a-link", "key": uuid4(), "marks": "21", "time_zone": "", "now": timezone.now()}
    with pytest.raises(actions.NameIsMissing):
        actions.answer_as_guest(name=" \u200b", **sent)
    ballot = actions.answer_as_guest(name="A guest", **sent)
    assert result(poll).best[0].yes_names == ["A guest"]
    changed = {"ballot_id": ballot.pk, "marks": "02", "time_zone": "Asia/Kolkata", "now": timezone.now()}
    actions.change_guests_answer(name="The guest", **changed)
    assert result(poll).best[0].yes_names == ["The guest"]
    with pytest.raises(Ballot.DoesNotExist):
        actions.change_guests_answer(name="", **changed | {"ballot_id": BallotFactory(poll=poll).pk})


def test_a_member_who_comes_by_the_link_is_asked_from_then_on():
    poll = PollFactory(guest_token="a-link", guests_limit=1)
    member, now = MemberFactory(), timezone.now()
    for marks in ("22", "11"):
        actions.answer_by_link(actor=member, token="a-link", marks=marks, now=now)
    assert [ballot.marks for ballot in Ballot.objects.of(member)] == ["11"]
    with pytest.raises(actions.GuestsAreFull):
        actions.answer_by_link(actor=MemberFactory(), token="a-link", marks="22", now=now)
    assert poll.ballots.count() == 1


def test_a_poll_becomes_one_meeting_of_those_whom_it_asked():
    organizer, other = MemberFactory(), MemberFactory()
    poll = PollFactory(organizers=[organizer], minutes=45)
    BallotFactory(poll=poll, member=other, marks="02")
    BallotFactory(poll=poll, member=MemberFactory(is_active=False))
    now = timezone.now()
    meeting = actions.meet_at(actor=organizer, poll_id=poll.pk, position=1, now=now)
    assert actions.meet_at(actor=organizer, poll_id=poll.pk, position=1, now=now) == meeting
    poll.refresh_from_db()
    assert (meeting.title, set(meeting.participants.all())) == (poll.title, {organizer, other})
    assert (meeting.starts_at, meeting.ends_at - meeting.starts_at) == (
        poll.times.last().starts_at,
        timedelta(minutes=45),
    )
    assert (poll.settled_position, poll.outcome_path, poll.is_open(now)) == (1, meeting.get_absolute_url(), False)
    with pytest.raises(actions.AlreadySettled):
        actions.meet_at(actor=organizer, poll_id=poll.pk, position=0, now=now)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("position", [2, 335])
def test_nothing_comes_of_a_time_that_is_not_in_the_poll(position):
    poll = PollFactory()
    with pytest.raises(actions.NoSuchTimeInPoll):
        actions.meet_at(actor=MemberFactory(), poll_id=poll.pk, position=position, now=timezone.now())
    with pytest.raises(actions.NoSuchTimeInPoll):
        actions.settle_poll(
            actor=MemberFactory(), poll_id=poll.pk, position=position, outcome_path="/", now=timezone.now()
        )


def test_a_weekly_time_becomes_the_next_one_on_the_clocks_of_its_zone():
    organizer = MemberFactory()
    slots = [Slot(weekday=6, at=time(18)), Slot(weekday=1, at=time(18, 30))]
    poll = opened(organizer, slots=sorted(slots, key=lambda slot: slot.order), zone="Europe/Berlin")
    # Sunday; on the 29th of March clocks are put forward.
    now = datetime(2027, 3, 27, 12, tzinfo=UTC)
    meeting = actions.meet_at(actor=organizer, poll_id=poll.pk, position=1, now=now)
    assert meeting.starts_at == datetime(2027, 3, 28, 16, tzinfo=UTC)


def test_with_free_marking_a_meeting_fills_half_hours_without_a_gap():
    organizer = MemberFactory()
    first = NOW + 3 * DAY
    starts = [first, first + timedelta(minutes=30), first + timedelta(minutes=90)]
    poll = opened(organizer, slots=[Slot(starts_at=start) for start in starts], is_free=True)
    with pytest.raises(actions.NoSuchTimeInPoll):
        actions.meet_at(actor=organizer, poll_id=poll.pk, position=1, now=NOW)
    assert actions.meet_at(actor=organizer, poll_id=poll.pk, position=0, now=NOW).starts_at == first


def test_who_leaves_is_out_of_open_polls_and_stays_in_the_record_of_closed_ones():
    member, now = MemberFactory(), timezone.now()
    running, alone = PollFactory(organizers=[member, MemberFactory()]), PollFactory(organizers=[member])
    asked = BallotFactory(member=member, marks="22")
    closed = BallotFactory(member=member, marks="20", poll__closes_at=now - timedelta(hours=1))
    actions.leave_polls(actor=member, now=now)
    assert [Poll.objects.get(pk=poll.pk).is_open(now) for poll in (running, alone, asked.poll)] == [True, False, True]
    assert list(Ballot.objects.of(member)) == [closed]
    assert not member.organized_polls.exists()


def test_asking_more_people_asks_nobody_twice():
    ballot = BallotFactory()
    new = MemberFactory()
    sent = {"actor": MemberFactory(), "poll_id": ballot.poll_id, "people": [ballot.member, new], "now": timezone.now()}
    assert [actions.ask_more(**sent), actions.ask_more(**sent)] == [1, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"marks": "23", "answered_at": NOW},
        {"marks": "22", "answered_at": None},
        {"name": "Not a guest"},
        {"is_guest": True},
    ],
)
def test_the_database_refuses_ballots_that_cannot_be(wrong):
    poll = PollFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(poll=poll, member=MemberFactory(), **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_at": NOW - 400 * DAY},
        {"guests_taken": 1},
        {"guests_limit": 3},
        {"minutes": 10},
        {"minutes": 45, "is_free": True},
        {"settled_position": 1},
        {"closed_at": NOW - 400 * DAY},
    ],
)
def test_the_database_refuses_polls_that_cannot_be(wrong):
    poll = PollFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"starts_at": None}, {"weekday": 3, "at": time(18)}, {"position": 336}, {"position": 1}]
)
def test_the_database_refuses_times_that_cannot_be(wrong):
    poll = PollFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        poll.times.filter(position=0).update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_answering_twice_at_once_is_one_answer():
    poll = PollFactory(guest_token="a-link", guests_limit=1)
    key, now = uuid4(), timezone.now()
    sent = {"token": "a-link", "name": "", "time_zone": "", "now": now}
    same = [lambda: actions.answer_as_guest(key=key, marks="22", **sent).pk] * 4
    assert len(set(race(*same))) == 1
    others = [lambda: actions.answer_as_guest(key=uuid4(), marks="22", **sent)] * 3
    assert race(*others, refusals=actions.GuestsAreFull) == [actions.GuestsAreFull] * 3
    member = BallotFactory(poll=poll).member
    both = [
        lambda m=marks: actions.answer_poll(actor=member, poll_id=poll.pk, marks=m, now=now) for marks in ("20", "02")
    ]
    race(*both)
    assert Ballot.objects.get(member=member).marks in {"20", "02"}


@pytest.mark.django_db(transaction=True)
def test_a_member_who_comes_by_the_link_twice_at_once_has_one_ballot():
    poll = PollFactory(guest_token="a-link", guests_limit=9)
    member, now = MemberFactory(), timezone.now()
    race(*[lambda: actions.answer_by_link(actor=member, token="a-link", marks="22", now=now)] * 4)
    poll.refresh_from_db()
    assert (poll.ballots.count(), poll.guests_taken) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_is_answered_while_a_poll_closes_is_in_its_result_or_refused():
    poll = PollFactory(shows_names=True)
    ballots = [BallotFactory(poll=poll) for _n in range(3)]
    organizer, now = MemberFactory(), timezone.now()

    def answer(ballot):
        return actions.answer_poll(actor=ballot.member, poll_id=poll.pk, marks="22", now=now).pk

    def close():
        actions.close_poll(actor=organizer, poll_id=poll.pk, now=now + timedelta(seconds=1))
        return result(Poll.objects.get(pk=poll.pk), now + timedelta(seconds=1)).answered

    *answers, counted = race(*[lambda b=b: answer(b) for b in ballots], close, refusals=actions.PollIsClosed)
    assert sum(answer is not actions.PollIsClosed for answer in answers) == counted
    assert poll.ballots.answered().count() == counted


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_two_organizers_settle_at_once_is_one_meeting():
    organizers = [MemberFactory(), MemberFactory()]
    poll, now = PollFactory(organizers=organizers), timezone.now()
    works = [
        lambda o=organizer, p=position: actions.meet_at(actor=o, poll_id=poll.pk, position=p, now=now)
        for organizer, position in zip(organizers, (0, 1), strict=True)
    ]
    found = race(*works, refusals=actions.AlreadySettled)
    assert (found.count(actions.AlreadySettled), Meeting.objects.count()) == (1, 1)


def test_a_guest_without_an_address_is_nobody_to_write_to():
    ballot = GuestBallotFactory()
    actions.close_poll(actor=MemberFactory(), poll_id=ballot.poll_id, now=timezone.now())
    assert not Delivery.objects.exists()
