"""A session in small groups: who is split, by what, what is said of it, moving somebody, and who sees it."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from members.models import TopicExperience
from reading_groups import actions
from reading_groups.actions.splitting import met_before
from reading_groups.audiences import people_to_split
from reading_groups.models import Enrolment, Seat, Split
from tests.clients import browser_of, client_of
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    MemberFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SeatFactory,
    SessionFactory,
    SplitFactory,
    TopicFactory,
)
from tests.queries import exactly
from tests.races import race

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def organizer(db):
    return MemberFactory(name="Member O")


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="attention", organizers=[organizer], capacity=80)


@pytest.fixture
def session(group, now):
    return SessionFactory(group=group, starts_at=now + DAY, title="The first")


def page_of(session):
    return f"/groups/{session.group.slug}/sessions/{session.pk}/small-groups/"


def members_of(group, count, first=0):
    names = [f"Member {chr(ord('A') + first + n)}" for n in range(count)]
    return [EnrolmentFactory(group=group, member__name=name).member for name in names]


def draw(session, organizer, now, *, size=3, seed=1, base=0):
    return actions.draw_small_groups(actor=organizer, session_id=session.pk, size=size, seed=seed, base=base, now=now)


def move(session, member, number, now, *, base=1):
    return actions.move_to_small_group(session_id=session.pk, member_id=member.pk, number=number, base=base, now=now)


def groups_of(session):
    found = {}
    for seat in Seat.objects.filter(split__session=session).order_by("number", "member_id"):
        found.setdefault(seat.number, set()).add(seat.member_id)
    return found


def keys(members):
    return {member.pk for member in members}


# Who is split


def test_while_nobody_has_said_anything_all_with_a_place_are_split(group, session):
    members = members_of(group, 3)
    for state in (Enrolment.State.WAITLISTED, Enrolment.State.HELD, Enrolment.State.LEFT):
        EnrolmentFactory(group=group, state=state)
    EnrolmentFactory(group=group, member__is_active=False)
    RsvpFactory(session=session, member=members[0], answer="no")
    assert list(people_to_split(session)) == members


def test_those_who_come_or_may_or_are_there_are_split(group, session):
    yes, maybe, there, no, silent = members_of(group, 5)
    for member, answer in ((yes, "yes"), (maybe, "maybe"), (no, "no"), (there, "no")):
        RsvpFactory(session=session, member=member, answer=answer)
    AttendanceFactory(session=session, member=there)
    RsvpFactory(session=SessionFactory(group=group, starts_at=session.starts_at + WEEK), member=silent)
    RsvpFactory(session=session, member=MemberFactory())
    assert list(people_to_split(session)) == [yes, maybe, there]


# The draw


def test_a_draw_seats_everybody_once(group, session, organizer, now):
    members = members_of(group, 10)
    split = draw(session, organizer, now, size=4)
    groups = groups_of(session)
    assert sorted(map(len, groups.values())) == [3, 3, 4]
    assert set.union(*groups.values()) == keys(members)
    assert (split.revision, split.made_by, split.seed, split.size) == (1, organizer, 1, 4)


def test_the_same_number_gives_the_same_groups(group, session, organizer, now):
    members_of(group, 12)
    draw(session, organizer, now, seed=5)
    first = groups_of(session)
    draw(session, organizer, now, seed=6, base=1)
    second = groups_of(session)
    draw(session, organizer, now, seed=5, base=2)
    assert (groups_of(session), second != first, Split.objects.count()) == (first, True, 1)


def test_those_who_sat_together_before_are_kept_apart(group, session, organizer, now):
    members = members_of(group, 4)
    before = SplitFactory(session=SessionFactory(group=group, starts_at=now - WEEK))
    for number, pair in ((1, members[:2]), (2, members[2:])):
        for member in pair:
            SeatFactory(split=before, member=member, number=number)
    for seed in range(5):
        draw(session, organizer, now, size=2, seed=seed, base=seed)
        assert all(group_now not in (keys(members[:2]), keys(members[2:])) for group_now in groups_of(session).values())


def test_what_counts_as_having_met(group, session, organizer, now):
    one, other = members_of(group, 2)
    for fields in (
        {"starts_at": now - WEEK},
        {"starts_at": now - 2 * WEEK},
        {"starts_at": now - 3 * WEEK, "is_cancelled": True},
        {"starts_at": now + WEEK},
        {"group": ReadingGroupFactory(), "starts_at": now - WEEK},
    ):
        split = SplitFactory(session=SessionFactory(**{"group": group, **fields}))
        for member in (one, other):
            SeatFactory(split=split, member=member)
    assert met_before(session, [one.pk, other.pk]) == {(one.pk, other.pk): 2}


def experience(member, topic, level):
    TopicExperience.objects.create(member=member, topic=topic, level=level)


def test_experience_with_the_groups_topics_is_mixed(group, session, organizer, now):
    topic = TopicFactory()
    group.topics.add(topic)
    members = members_of(group, 6)
    experience(members[0], topic, 3)
    experience(members[1], TopicFactory(parent=topic), 2)
    experience(members[2], TopicFactory(), 3)
    for seed in range(4):
        split = draw(session, organizer, now, seed=seed, base=seed)
        assert all(len(seated & keys(members[:2])) == 1 for seated in groups_of(session).values())
        assert split.without_experienced == 0


def test_who_has_said_nothing_is_taken_by_the_sessions_they_came_to(group, session, organizer, now):
    group.topics.add(TopicFactory())
    members = members_of(group, 4)
    for week in range(1, 7):
        held = SessionFactory(group=group, starts_at=now - week * WEEK)
        for member in members[:2]:
            AttendanceFactory(session=held, member=member)
    for seed in range(4):
        draw(session, organizer, now, size=2, seed=seed, base=seed)
        assert all(len(seated & keys(members[:2])) == 1 for seated in groups_of(session).values())


def test_a_draw_is_refused_for_what_does_not_take_place_and_for_too_few(group, session, organizer, now):
    members_of(group, 3)
    with pytest.raises(actions.TooFewToSplit):
        draw(session, organizer, now)
    members_of(group, 3, first=3)
    for fields, error in (({"is_cancelled": True}, "SessionIsCancelled"), ({"starts_at": now - WEEK}, "SessionIsOver")):
        with pytest.raises(getattr(actions, error)):
            draw(SessionFactory(**{"group": group, "starts_at": now + WEEK} | fields), organizer, now)
    assert Split.objects.count() == 0


def test_who_looked_at_other_groups_does_not_replace_these(group, session, organizer, now):
    members_of(group, 6)
    draw(session, organizer, now)
    for base in (0, 2):
        with pytest.raises(actions.SplitWasChanged):
            draw(session, organizer, now, base=base)
    assert Split.objects.get().revision == 1


@pytest.mark.parametrize("people", [10, 40])
def test_a_draw_costs_the_same_for_any_number_of_people(group, session, organizer, now, people):
    for _ in range(people):
        EnrolmentFactory(group=group)
    # Savepoints, session, group locked, session again, split; whether somebody says they come, and who; attendance,
    # topics (no experience without), who has met; the split with its two savepoint-free writes, the old seats, the new.
    with exactly(15):
        draw(session, organizer, now)


# Moving


def test_moving_somebody_to_another_group_to_a_new_one_and_out(group, session, organizer, now):
    members_of(group, 6)
    draw(session, organizer, now)
    before = groups_of(session)
    member = EnrolmentFactory(group=group).member
    pk = min(before[1])
    moved = next(seat.member for seat in Seat.objects.filter(member=pk))
    assert move(session, moved, 2, now).moved_at == now
    assert pk in groups_of(session)[2]
    assert move(session, moved, 3, now, base=2).revision == 3
    assert groups_of(session)[3] == {pk}
    move(session, member, 1, now, base=3)
    move(session, moved, None, now, base=4)
    assert set(groups_of(session)) == {1, 2}
    assert member.pk in groups_of(session)[1]
    # Where they are already: nothing changes.
    assert move(session, member, 1, now, base=5).revision == 5
    assert move(session, moved, None, now, base=5).revision == 5


def test_moves_that_are_refused(group, session, organizer, now):
    members = members_of(group, 6)
    with pytest.raises(actions.SplitWasChanged):
        move(session, members[0], 1, now)
    with pytest.raises(actions.SplitWasChanged):
        move(session, members[0], 1, now, base=0)
    draw(session, organizer, now)
    with pytest.raises(actions.NotInGroup):
        move(session, MemberFactory(), 1, now)
    for number in (4, 0, 99):
        with pytest.raises(actions.NoSuchSmallGroup):
            move(session, members[0], number, now)
    with pytest.raises(actions.SessionIsOver):
        move(session, members[0], 1, session.ends_at)


def test_leaving_the_group_frees_the_seat_of_what_is_to_come(group, session, organizer, now):
    members = members_of(group, 6)
    draw(session, organizer, now)
    past = SeatFactory(split__session=SessionFactory(group=group, starts_at=now - WEEK), member=members[0])
    actions.leave_group(actor=members[0], group_id=group.pk, now=now)
    assert list(Seat.objects.filter(member=members[0])) == [past]
    actions.leave_all_groups(actor=members[0], now=now)
    assert not Seat.objects.filter(member=members[0]).exists()


def test_constraints(session):
    seat = SeatFactory(split__session=session)
    for bad in (
        lambda: SeatFactory(split=seat.split, member=seat.member, number=2),
        lambda: SeatFactory(split=seat.split, number=0),
        lambda: SplitFactory(session=session),
        lambda: SplitFactory(size=1),
        lambda: SplitFactory(size=13),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            bad()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(4))
def test_of_many_draws_at_once_one_counts_and_nobody_sits_who_leaves(group, session, organizer, now, run):
    members = members_of(group, 7)
    race(
        *[lambda s=seed: draw(session, organizer, now, seed=s) for seed in range(4)],
        lambda: actions.leave_group(actor=members[0], group_id=group.pk, now=now),
        refusals=actions.SplitWasChanged,
    )
    assert Split.objects.get().revision == 1
    assert set.union(*groups_of(session).values()) == keys(members[1:])


# The pages


def test_an_organizer_draws_moves_and_draws_again(group, session, organizer, now):
    members_of(group, 7)
    browser = browser_of(organizer)
    browser.open(f"/groups/attention/sessions/{session.pk}/")
    browser.follow("Split into small groups")
    assert "At present 7 people." in browser.words
    browser.press("Draw small groups", size="4")
    assert "2 small groups are drawn. Members see their own." in browser.words
    assert "Nobody meets somebody again" in browser.words
    assert "Nobody has said how much experience they have, so it did not count." in browser.words
    seat = Seat.objects.filter(number=1).select_related("member").first()
    browser.press("Move", member=str(seat.member_id), number="2")
    assert "Moved." in browser.words
    assert "You have moved people since." in browser.words
    seat.refresh_from_db()
    assert seat.number == 2
    browser.press("Move", member=str(seat.member_id), number="0")
    assert f"Without a small group{seat.member}" in browser.words
    browser.press("Draw again", size="2")
    assert "3 small groups are drawn." in browser.words
    assert sorted(map(len, groups_of(session).values())) == [2, 2, 3]
    browser.press("Take them away")
    assert "The small groups are taken away." in browser.words
    assert not Split.objects.exists()
    browser.press("Draw small groups", size="4")
    assert "2 small groups are drawn." in browser.words


def test_groups_that_somebody_has_changed_meanwhile_are_not_taken_away(group, session, organizer, now):
    members_of(group, 6)
    draw(session, organizer, now)
    with pytest.raises(actions.SplitWasChanged):
        actions.undo_small_groups(session_id=session.pk, base=7, now=now)
    with pytest.raises(actions.SessionIsOver):
        actions.undo_small_groups(session_id=session.pk, base=1, now=session.ends_at)
    told = client_of(organizer).post(f"/groups/attention/sessions/{session.pk}/small-groups/undo/", {"base": "x"})
    assert told.status_code == 302
    assert Split.objects.exists()
    for _twice in range(2):
        actions.undo_small_groups(session_id=session.pk, base=1, now=now)
    assert not Seat.objects.exists()


def test_the_page_names_those_who_meet_again(group, session, organizer, now):
    members = members_of(group, 4)
    before = SplitFactory(session=SessionFactory(group=group, starts_at=now - WEEK))
    for member in members:
        SeatFactory(split=before, member=member)
    draw(session, organizer, now, size=2)
    page = client_of(organizer).get(page_of(session)).text
    assert "Those who meet again: Member " in page
    assert "Nothing better was found" in page


def test_no_page_says_who_has_how_much_experience(group, session, organizer, now):
    topic = TopicFactory()
    group.topics.add(topic)
    members = members_of(group, 6)
    for member in members[:2]:
        experience(member, topic, 3)
    draw(session, organizer, now)
    own = client_of(members[0])
    pages = [client_of(organizer).get(page_of(session)).text, own.get(session.get_absolute_url()).text]
    assert "Each group has somebody with more experience." in pages[0]
    for word in ("Experienced", "Have used it", "level"):
        assert [page for page in pages if word in page] == []
    # Whoever tries out moves learns nothing.
    seat = Seat.objects.filter(number=1).first()
    move(session, seat.member, 2, now)
    told = client_of(organizer).get(page_of(session)).text
    assert "Each group has somebody" not in told


def test_members_see_their_own_small_group_alone(group, session, organizer, now):
    members = members_of(group, 6)
    draw(session, organizer, now)
    member = members[0]
    number = Seat.objects.get(member=member).number
    mates = {str(seat.member) for seat in Seat.objects.filter(number=number).exclude(member=member)}
    others = {str(seat.member) for seat in Seat.objects.exclude(number=number)}
    client = client_of(member)
    # One query more than without: site, group, session, readings, presenters, questions, notes, answers, seats.
    with exactly(9, signed_in=True):
        page = client.get(session.get_absolute_url()).text
    assert f"Your small group: {number}" in page
    assert [name for name in mates if name not in page] == []
    assert [name for name in others if name in page] == []
    for viewer in (None, MemberFactory()):
        text = (client_of(viewer) if viewer else type(client)()).get(session.get_absolute_url()).text
        assert [name for name in mates | {"Your small group"} if name in text] == []
    assert client.get(page_of(session)).status_code == 403


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "Nothing was saved yet"),
        ({"base": "0", "size": "1"}, "greater than or equal to 2"),
        ({"base": "0", "size": "13"}, "less than or equal to 12"),
        ({"base": "0", "size": "many"}, "Enter a whole number"),
        ({"base": "-1", "size": "4"}, "greater than or equal to 0"),
        ({"base": "9" * 30, "size": "4"}, "Nothing was saved yet"),
        ({"base": "0", "size": "6"}, "not enough people for two groups"),
    ],
)
def test_a_draw_that_cannot_be_made_comes_back_with_what_was_typed(group, session, organizer, data, told):
    members_of(group, 6)
    response = client_of(organizer).post(page_of(session), data)
    assert (response.status_code, told in response.text, Split.objects.count()) == (422, True, 0)


def test_moves_that_cannot_be_made_are_told(group, session, organizer, now):
    members = members_of(group, 6)
    client = client_of(organizer)
    draw(session, organizer, now)
    stranger = MemberFactory()
    for data, told in (
        ({}, "Choose somebody."),
        ({"base": "1", "member": str(stranger.pk), "number": "1"}, "They have no place in the group any more."),
        ({"base": "1", "member": "x", "number": "y"}, "There is no such small group any more."),
        ({"base": "1", "member": str(members[0].pk), "number": "7"}, "There is no such small group any more."),
    ):
        response = client.post(page_of(session) + "move/", data)
        assert (response.status_code, told in response.text) == (422, True), data
    data = {"base": "7", "member": str(members[0].pk), "number": "3"}
    response = client.post(page_of(session) + "move/", data, follow=True)
    assert "have changed since you opened this page" in response.text
    assert Split.objects.get().revision == 1


def test_a_session_that_is_over_keeps_its_groups_and_draws_no_more(group, session, organizer, now, noon):
    members_of(group, 6)
    draw(session, organizer, now)
    noon.move_to(now + WEEK)
    client = client_of(organizer)
    page = client.get(page_of(session)).text
    assert "Draw again" not in page
    assert "Group 2" in page
    response = client.post(page_of(session), {"base": "1", "size": "3"}, follow=True)
    assert "This session is over." in response.text


@pytest.mark.parametrize("people", [6, 30])
def test_the_page_costs_the_same_for_any_number_of_people(group, session, organizer, now, people):
    for _ in range(people):
        EnrolmentFactory(group=group)
    draw(session, organizer, now)
    client = client_of(organizer)
    # Site; group; session; split; seats; whether somebody says they come, and who comes; who has met; who can be moved.
    with exactly(9, signed_in=True):
        assert client.get(page_of(session)).status_code == 200
