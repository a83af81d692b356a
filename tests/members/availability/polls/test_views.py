"""The pages of a poll: opening, answering, what is shown to whom, and what comes of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.availability.models import Ballot, Meeting, Poll
from members.availability.polls.links import answer_path
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    AwayFactory,
    BallotFactory,
    GuestBallotFactory,
    MemberFactory,
    PollFactory,
    TypicalWeekFactory,
)
from tests.factories.availability import marks
from tests.queries import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return MemberFactory(name="Member A", time_zone="Asia/Kolkata")


@pytest.fixture
def client(member):
    return client_of(member)


def day_in(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"


def sent(**fields):
    plain = {
        "title": "When do we talk?",
        "minutes": "60",
        "time_zone": "Europe/Berlin",
        "how": "dates",
        "times": f"{day_in(5)} 18:00\n{day_in(4)} 18:00",
        "closes_on": day_in(3),
        "closes_time": "12:00",
        "guests_limit": "",
    }
    return plain | fields


# Opening -------------------------------------------------------------------------------------------------------------


def test_a_member_opens_a_poll_of_their_own(client, member):
    other = MemberFactory(name="Member B")
    response = client.post("/polls/open/", sent(people="member b\n", guests_limit="4", shows_names="on"))
    poll = Poll.objects.get()
    assert response.headers["Location"] == f"/polls/{poll.pk}/"
    assert {ballot.member for ballot in poll.ballots.all()} == {member, other}
    assert [time.starts_at.strftime("%Y-%m-%d") for time in poll.times.order_by("position")] == [day_in(4), day_in(5)]
    assert (poll.shows_names, poll.guests_limit, poll.zone) == (True, 4, "Europe/Berlin")
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert f"/polls/by-link/{poll.guest_token}/" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"times": ""}, "Write at least one time."),
        ({"times": "soon"}, "“soon” is no date and time; write it as 2026-12-01 18:30."),
        ({"times": "2026-02-30 18:00"}, "“2026-02-30 18:00” is no date and time"),
        ({"times": "2020-01-01 18:00"}, "“2020-01-01 18:00” has passed."),
        ({"times": "9999-12-31 23:59"}, "more than a year away"),
        ({"times": f"{day_in(4)} 18:00\n{day_in(4)} 18:00"}, "is there twice."),
        ({"times": "2026-12-01 18:00\n" * 400}, "These are 400 times. A poll has at most 336."),
        ({"times": "x\n" * 10_000}, "These are 10000 times. A poll has at most 336."),
        ({"how": "weekdays", "times": "Blueday 18:00"}, "“Blueday 18:00” is no weekday and time"),
        ({"how": "weekdays", "times": "Tue 25:00"}, "is no weekday and time"),
        ({"how": "sometimes"}, "Choose one of them."),
        ({"closes_on": "2020-01-01"}, "This has passed already; nobody could answer."),
        ({"closes_on": day_in(9)}, "By then all the times have passed."),
        ({"closes_on": "9999-12-31"}, "Choose a day within a year."),
        ({"closes_on": "0001-01-01", "closes_time": "00:00"}, "Choose a day within a year."),
        ({"closes_on": "tomorrow"}, "Write the day as 2026-12-01."),
        ({"people": "Nobody at all"}, "No member is called “Nobody at all”."),
        ({"addresses": "guest at example"}, "“guest at example” is no mail address."),
        ({"addresses": "\n".join(f"g{n}@example.org" for n in range(31))}, "A poll writes to at most 30 guests."),
        ({"guests_limit": "999"}, "A poll takes at most 200 guests."),
        ({"title": " "}, "Say in a few words what you want to meet for."),
        ({"minutes": "5"}, "15"),
        ({"how": "free_dates", "minutes": "45"}, "With free marking a meeting takes whole half hours"),
        ({"how": "free_dates"}, "Choose the day."),
        ({"how": "free_weekdays", "from_time": "18:00", "to_time": "21:00"}, "Choose at least one weekday."),
        ({"how": "free_weekdays", "weekdays": ["0"], "from_time": "18:10", "to_time": "21:00"}, "Half hours begin at"),
        ({"how": "free_weekdays", "weekdays": ["0"], "from_time": "18:00", "to_time": "17:00"}, "not after the beg"),
        (
            {"how": "free_weekdays", "weekdays": ["0"], "from_time": "18:00", "to_time": "18:30"},
            "shorter than the meet",
        ),
        (
            {"how": "free_dates", "first_on": day_in(4), "last_on": day_in(11), "from_time": "8:00", "to_time": "9:00"},
            "At most 7 days at once.",
        ),
    ],
)
def test_what_cannot_be_a_poll_comes_back_with_its_reason(client, fields, told):
    response = client.post("/polls/open/", sent(**fields))
    page = response.content.decode()
    assert (response.status_code, told in page, Poll.objects.count()) == (422, True, 0)
    assert 'value="When do we talk?"' in page or fields.get("title") == " "


def test_times_that_clocks_skip_or_show_twice_are_named(member, time_machine):
    time_machine.move_to(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False)
    client = client_of(member)
    told = client.post("/polls/open/", sent(times="2027-03-28 02:30", closes_on="2027-03-10")).content.decode()
    assert "“2027-03-28 02:30”: clocks in Berlin skip this time on that day." in told
    told = client.post("/polls/open/", sent(times="2027-10-31 02:30", closes_on="2027-03-10")).content.decode()
    assert "“2027-10-31 02:30”: clocks in Berlin show this time twice on that day." in told


def test_sending_the_form_again_opens_nothing_more(client):
    key = "8b0f8a52-9be6-4e5b-8ed6-1b40e6f0c1ad"
    first, second = (client.post("/polls/open/", sent(key=key)) for _n in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Poll.objects.count() == 1


def test_a_grid_has_the_half_hours_that_the_day_has(member, time_machine):
    time_machine.move_to(datetime(2027, 3, 1, 12, tzinfo=UTC), tick=False)
    client = client_of(member)
    days = {"how": "free_dates", "first_on": "2027-03-28", "last_on": "2027-03-28", "closes_on": "2027-03-10"}
    client.post("/polls/open/", sent(**days, from_time="00:00", to_time="00:00"))
    poll = Poll.objects.get()
    # An hour is skipped.
    assert (poll.times.count(), poll.is_free, poll.is_weekly) == (46, True, False)
    client.post("/polls/open/", sent(how="free_weekdays", weekdays=["1", "3"], from_time="18:00", to_time="20:00"))
    weekly = Poll.objects.get(is_weekly=True)
    found = [(time.weekday, f"{time.at:%H:%M}") for time in weekly.times.order_by("position")]
    assert (len(found), found[0], found[-1]) == (8, (1, "18:00"), (3, "19:30"))


# Answering -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_given_and_changed(client, member):
    poll = BallotFactory(member=member).poll
    path = f"/polls/{poll.pk}/"
    assert "Not answered yet." in client.get(path).content.decode()
    response = client.post(f"{path}answer/", {"o0": "2", "o1": "1"})
    assert response.headers["Location"] == path
    client.post(f"{path}answer/", {"o0": "0", "o1": "2"})
    assert Ballot.objects.get(member=member).marks == "02"
    assert "You have answered" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "The answer came back incomplete."),
        ({"o0": "2"}, "The answer came back incomplete."),
        ({"o0": "2", "o1": "9"}, "The answer came back incomplete."),
        ({"o0": "2", "o1": "1", "o7": "2"}, "One of the times that were sent is not in this poll."),
    ],
)
def test_an_answer_that_does_not_fit_comes_back_with_what_was_marked(client, member, fields, told):
    ballot = BallotFactory(member=member)
    response = client.post(f"/polls/{ballot.poll_id}/answer/", fields)
    page = response.content.decode()
    assert (response.status_code, told in page) == (422, True)
    assert ('name="o0" value="2" aria-label' in page, Ballot.objects.get().marks) == (True, "")
    if fields:
        assert page.count("checked") == 2


def test_after_the_deadline_an_answer_is_refused_in_words(client, member):
    poll = BallotFactory(member=member, poll__closes_at=timezone.now() - timedelta(minutes=1)).poll
    response = client.post(f"/polls/{poll.pk}/answer/", {"o0": "2", "o1": "1"}, follow=True)
    assert "The poll is closed. Your answer was not saved" in response.content.decode()
    assert "Save my answer" not in response.content.decode()
    assert Ballot.objects.get().marks == ""


def test_an_answer_starts_from_the_members_week_and_says_so(client, member):
    poll = BallotFactory(member=member, poll__minutes=60).poll
    first, second = (time.starts_at for time in poll.times.order_by("position"))
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    # The polls's 15:00 UTC is 20:30 in Kolkata: gladly until 21:30 on the first day, if needed on the second.
    week = marks(**{days[first.weekday()]: "20-21.5:3", days[second.weekday()]: "20-22:1"})
    TypicalWeekFactory(member=member, marks=week, zone="Asia/Kolkata")
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "Not saved yet: this is what your usual week says." in page
    assert ('name="o0" value="2"' in page, Ballot.objects.get().marks) == (True, "")
    checked = [line.split('name="')[1][:12] for line in page.split("<input") if "checked" in line and 'name="o' in line]
    assert checked == ['o0" value="2', 'o1" value="1']
    AwayFactory(member=member, starts_on=second.date(), ends_on=second.date())
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    checked = [line.split('name="')[1][:12] for line in page.split("<input") if "checked" in line and 'name="o' in line]
    assert checked == ['o0" value="2', 'o1" value="0']


def test_a_time_that_runs_into_days_away_starts_as_a_no(client, member):
    poll = BallotFactory(member=member, poll__minutes=300).poll
    first = poll.times.get(position=0).starts_at
    TypicalWeekFactory(member=member, marks="3" * 336, zone="Asia/Kolkata")
    # From 20:30 in Kolkata until 1:30 of the day after.
    AwayFactory(member=member, starts_on=first.date() + timedelta(days=1), ends_on=first.date() + timedelta(days=1))
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    checked = [line.split('name="')[1][:12] for line in page.split("<input") if "checked" in line and 'name="o' in line]
    assert checked[0] == 'o0" value="0'


def test_times_are_on_the_readers_clock_and_on_the_polls(client, member):
    poll = BallotFactory(member=member, poll__zone="Europe/Berlin").poll
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "20:30</time>" in page
    assert ("16:00 in Berlin" in page) or ("17:00 in Berlin" in page)


# Who sees what -------------------------------------------------------------------------------------------------------


def answered(poll, *all_marks):
    return [BallotFactory(poll=poll, marks=some, member__name=f"Member X{n}") for n, some in enumerate(all_marks)]


def test_numbers_are_shown_to_who_has_answered_once_three_have_and_never_who(client, member):
    poll = PollFactory()
    answered(poll, "20", "12")
    own = BallotFactory(poll=poll, member=member)
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "You see how it stands once you have answered." in page
    Ballot.objects.filter(pk=own.pk).update(marks="22", answered_at=timezone.now())
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert ("2 yes, 1 if needed, 0 no" in page, "Member X" in page) == (True, False)


@pytest.mark.parametrize("organizes", [True, False])
def test_with_fewer_than_three_answers_nobody_is_told_apart(client, member, organizes):
    poll = PollFactory(organizers=[member] if organizes else [])
    answered(poll, "20")
    if not organizes:
        BallotFactory(poll=poll, member=member, marks="02")
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "Numbers are shown once three have answered" in page
    assert ("if needed, " in page, "Make it a meeting" in page) == (False, False)
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "Fewer than three have answered, so only the order is shown." in page
    assert "1 yes" not in page


def test_names_are_shown_where_the_poll_says_so_before(client, member):
    poll = PollFactory(shows_names=True)
    answered(poll, "20")
    BallotFactory(poll=poll, member=member, marks="01")
    page = client.get(f"/polls/{poll.pk}/").content.decode()
    assert "This poll shows who answered what" in page
    assert "Yes: Member X0" in page


def test_who_sees_a_poll_is_said_once():
    asked, organizer, other, admin = MemberFactory(), MemberFactory(), MemberFactory(), AdminFactory()
    poll = PollFactory(organizers=[organizer])
    BallotFactory(poll=poll, member=asked)
    for viewer, sees in ((asked, True), (organizer, True), (other, False), (admin, True)):
        assert viewer.has_perm("availability.view_poll", poll) == sees
        assert Poll.objects.visible_to(viewer).filter(pk=poll.pk).exists() == sees
        assert client_of(viewer).get(f"/polls/{poll.pk}/").status_code == (200 if sees else 404)


# What organizers do --------------------------------------------------------------------------------------------------


def test_an_organizer_moves_the_deadline_closes_and_makes_a_meeting(client, member):
    poll = PollFactory(organizers=[member])
    answered(poll, "20", "22", "21")
    path = f"/polls/{poll.pk}/"
    deadline = {"closes_on": day_in(2), "closes_time": "10:00", "guests_limit": "3"}
    assert client.post(f"{path}change/", deadline).status_code == 302
    assert client.post(f"{path}change/", deadline | {"closes_on": "2020-01-01"}).status_code == 422
    assert "Make it a meeting" in client.get(path).content.decode()
    client.post(f"{path}close/")
    assert "The poll is closed." in client.get(path).content.decode()
    response = client.post(f"{path}meet/", {"position": "0"})
    assert response.headers["Location"] == Meeting.objects.get().get_absolute_url()
    page = client.get(path).content.decode()
    assert ("Something came of it" in page, "Make it a meeting" in page) == (True, False)
    for position, told in (("1", "at another time"), ("", "Choose one of the times."), ("900", "Choose one of")):
        assert told in client.post(f"{path}meet/", {"position": position}, follow=True).content.decode()
    assert Meeting.objects.count() == 1


def test_who_is_asked_runs_nothing(client, member):
    poll = BallotFactory(member=member).poll
    for verb in ("change", "close", "meet"):
        assert client.post(f"/polls/{poll.pk}/{verb}/").status_code == 403


# Guests --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def linked():
    return PollFactory(guest_token="a-link", guests_limit=2)


def test_a_guest_answers_once_and_changes_the_answer_by_their_own_link(linked):
    guest, path = Client(), "/polls/by-link/a-link/"
    page = guest.get(path).content.decode()
    assert ("Your name" in page, "Nobody sees who answered what" in page) == (False, True)
    own = guest.post(path, {"o0": "2", "o1": "0"}).headers["Location"]
    assert own.startswith("/polls/my-answer/")
    # The shared link leads the same browser back to its answer, and never makes a second one of it.
    assert guest.get(path).headers["Location"] == own
    assert guest.post(path, {"o0": "0", "o1": "2"}).headers["Location"] == own
    assert [ballot.marks for ballot in linked.ballots.all()] == ["02"]
    # By the link alone, from another browser.
    assert Client().post(own, {"o0": "1", "o1": "1"}).headers["Location"] == own
    assert [ballot.marks for ballot in linked.ballots.all()] == ["11"]
    assert "You have answered" in Client().get(own).content.decode()


def test_a_guest_link_lets_in_no_more_than_it_says(linked):
    for _n in range(2):
        Client().post("/polls/by-link/a-link/", {"o0": "2", "o1": "0"})
    response = Client().post("/polls/by-link/a-link/", {"o0": "2", "o1": "0"})
    assert (response.status_code, "As many have answered by this link as may" in response.content.decode()) == (
        409,
        True,
    )
    assert linked.ballots.count() == 2


def test_a_guest_names_themselves_where_names_are_shown(linked):
    Poll.objects.update(shows_names=True)
    response = Client().post("/polls/by-link/a-link/", {"o0": "2", "o1": "0"})
    assert "Type the name that the others should read." in response.content.decode()
    Client().post("/polls/by-link/a-link/", {"o0": "2", "o1": "0", "name": "Some guest"})
    assert linked.ballots.get().name == "Some guest"


@pytest.mark.parametrize("path", ["/polls/by-link/none/", "/polls/my-answer/1.none/", "/polls/my-answer/x/"])
def test_links_that_are_not_ours_lead_nowhere(client, path):
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def test_a_members_ballot_is_never_changed_by_a_guests_link(client):
    ballot = BallotFactory()
    assert client.get(answer_path(ballot.pk)).status_code == 404


def test_a_closed_poll_says_so_to_a_guest():
    ballot = GuestBallotFactory(poll__closes_at=timezone.now(), email="guest@example.org")
    path = answer_path(ballot.pk)
    assert "takes no answers any more" in Client().get(path).content.decode()
    response = Client().post(path, {"o0": "2", "o1": "0"}, follow=True)
    assert "Your answer was not saved." in response.content.decode()


def test_a_member_who_has_the_link_answers_as_a_member(linked, client, member):
    path = "/polls/by-link/a-link/"
    assert "Your answer" in client.get(path).content.decode()
    assert client.post(path, {"o0": "2", "o1": "0"}).headers["Location"] == f"/polls/{linked.pk}/"
    assert linked.ballots.get().member == member
    assert client.get(path).headers["Location"] == f"/polls/{linked.pk}/"


# What pages cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_at_any_length(client, member, rows):
    for _n in range(rows):
        BallotFactory(member=member)
    # The site; how many; the polls; those that wait.
    with exactly(4, signed_in=True):
        client.get("/polls/")


@pytest.mark.parametrize("rows", [3, 12])
def test_a_poll_costs_the_same_however_many_are_asked(client, member, rows):
    poll = PollFactory(shows_names=True)
    BallotFactory(poll=poll, member=member, marks="22")
    for _n in range(rows):
        BallotFactory(poll=poll, marks="20")
    # The site; the poll; its times; its answers; one's own; who runs it.
    with exactly(6, signed_in=True):
        client.get(f"/polls/{poll.pk}/")
