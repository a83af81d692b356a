"""The organizers' desk: what waits, in whose groups, in a fixed number of queries; and a group's people as a file."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine

from collaborative.home.actions import delete_account
from core.spreadsheets import rows_as_csv
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    AttendanceFactory,
    EnrolmentFactory,
    MemberFactory,
    OrganizerFactory,
    PresentationFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    SitInFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
State, Place = ReadingGroup.State, Enrolment.State
DESK = "/groups/desk/"


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def organizer():
    return MemberFactory(name="Member O")


def desk(viewer):
    page = client_of(viewer).get(DESK)
    assert page.status_code == 200
    context = page.context
    names = ("unknown", "over", "orphans", "proposals", "short", "lines", "few")
    return {name: [str(getattr(row, "group", row)) for row in context[name]["rows"]] for name in names} | {
        "all": [group.title for group in context["page"]]
    }


def busy_group(organizer, now, **fields):
    """One for each list: a session over and one to come, with too few people at both, and a line."""
    group = ReadingGroupFactory(organizers=[organizer], capacity=3, **({"state": State.RUNNING} | fields))
    people = [EnrolmentFactory(group=group).member for _n in range(3)]
    EnrolmentFactory(group=group, state=Place.WAITLISTED)
    for days in (-40, -30, -20):
        AttendanceFactory(session=SessionFactory(group=group, starts_at=now + timedelta(days=days)), member=people[0])
    SessionFactory(group=group, starts_at=now - timedelta(days=1))
    coming = SessionFactory(group=group, starts_at=now + timedelta(days=3))
    PresentationFactory(session=coming, member=people[1])
    ReadingFactory(group=group, session=coming)
    return group


def test_an_organizer_sees_what_waits_in_their_groups_alone(organizer, now):
    busy_group(organizer, now, title="Mine")
    busy_group(MemberFactory(), now, title="Others'")
    assert desk(organizer) == {
        "unknown": ["Mine"], "short": ["Mine"], "lines": ["Mine"], "few": ["Mine"], "all": ["Mine"],
        "over": [], "orphans": [], "proposals": [],
    }  # fmt: skip


def test_organizers_of_the_collaborative_see_all_groups_in_numbers_and_nobody_in_them(organizer, now):
    group = busy_group(organizer, now, title="Theirs")
    busy_group(organizer, now, title="Drafted", state=State.DRAFT)
    ReadingGroupFactory(title="Proposed", state=State.PROPOSED)
    viewer = OrganizerFactory()
    seen = desk(viewer)
    assert (seen["all"], seen["proposals"], seen["lines"]) == (["Theirs"], ["Proposed"], ["Theirs"])
    page = client_of(viewer).get(DESK).text
    names = [str(enrolment.member) for enrolment in group.enrolments.select_related("member")] + ["Member O"]
    assert [name for name in names if f">{name}<" in page] == []
    assert "people.csv" not in page
    assert client_of(viewer).get(f"/groups/{group.slug}/people.csv").status_code == 403


def test_a_group_whose_only_organizer_left_is_told_to_those_who_look_after_all(organizer, now):
    group = busy_group(organizer, now, title="Orphaned")
    assert desk(OrganizerFactory())["orphans"] == []
    delete_account(actor=organizer, now=now)
    assert desk(OrganizerFactory())["orphans"] == ["Orphaned"]
    assert desk(AdminFactory())["orphans"] == ["Orphaned"]
    group.organizers.add(MemberFactory(is_active=False))
    assert desk(OrganizerFactory())["orphans"] == ["Orphaned"]
    group.organizers.add(MemberFactory())
    assert desk(OrganizerFactory())["orphans"] == []


@pytest.mark.parametrize(("days", "is_listed"), [(13, False), (14, True), (60, True)])
def test_a_term_is_over_two_weeks_after_its_last_session(organizer, now, days, is_listed):
    group = ReadingGroupFactory(title="Done", organizers=[organizer])
    SessionFactory(group=group, starts_at=now - timedelta(days=days + 7))
    SessionFactory(group=group, starts_at=now - timedelta(days=days))
    SessionFactory(group=group, starts_at=now + timedelta(days=7), is_cancelled=True)
    assert desk(organizer)["over"] == (["Done"] if is_listed else [])
    assert ("Complete Done" in client_of(organizer).get(DESK).text) == is_listed
    SessionFactory(group=group, starts_at=now + timedelta(days=9))
    assert desk(organizer)["over"] == []


def test_attendance_is_asked_for_of_the_last_weeks_and_not_once_it_is_known(organizer, now):
    group = ReadingGroupFactory(title="Mine", organizers=[organizer])
    member = EnrolmentFactory(group=group).member
    sessions = [SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in (2, 9, 40)]
    SessionFactory(group=group, starts_at=now - timedelta(days=3), is_cancelled=True)
    page = client_of(organizer).get(DESK)
    (row,) = page.context["unknown"]["rows"]
    assert (row.unknown, row.unknown_id) == (2, sessions[0].pk)
    assert f"/groups/{group.slug}/sessions/{sessions[0].pk}/attendance/" in page.text
    # Known is also that nobody came.
    actions.take_attendance(actor=organizer, session_id=sessions[0].pk, came=[], now=now)
    AttendanceFactory(session=sessions[1], member=member)
    assert desk(organizer)["unknown"] == []


def test_few_come_where_the_last_three_known_sessions_had_under_half(organizer, now):
    group = ReadingGroupFactory(title="Mine", organizers=[organizer])
    people = [EnrolmentFactory(group=group).member for _n in range(4)]
    sessions = [SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in (30, 20, 10)]
    for session in sessions[:2]:
        AttendanceFactory(session=session, member=people[0])
    assert desk(organizer)["few"] == []  # of two sessions one cannot tell
    AttendanceFactory(session=sessions[2], member=people[0])
    assert desk(organizer)["few"] == ["Mine"]
    # A full session long ago does not count, and half is enough.
    for member in people:
        AttendanceFactory(session=SessionFactory(group=group, starts_at=now - timedelta(days=50)), member=member)
        break
    for member in people[1:]:
        AttendanceFactory(session=sessions[2], member=member)
    assert desk(organizer)["few"] == []


def test_presenters_are_looked_for_two_weeks_ahead(organizer, now):
    group = ReadingGroupFactory(organizers=[organizer], presenters_wanted=2)
    member = EnrolmentFactory(group=group).member

    def session(days, **fields):
        return SessionFactory(group=group, starts_at=now + timedelta(days=days), **fields)

    short = [session(1), session(2, presenters_wanted=3)]
    session(3, presenters_wanted=0)
    session(4, is_cancelled=True)
    session(15)
    for row in (*short, session(5, presenters_wanted=1)):
        PresentationFactory(session=row, member=member)
    rows = client_of(organizer).get(DESK).context["short"]["rows"]
    assert [(row.pk, row.presenters_short) for row in rows] == [(short[0].pk, 1), (short[1].pk, 2)]
    ReadingGroup.objects.update(state=State.PAUSED)
    assert desk(organizer)["short"] == []


def test_who_waits_longest_comes_first(organizer, now):
    for title, days in (("Later", 3), ("Sooner", 9)):
        group = ReadingGroupFactory(title=title, organizers=[organizer])
        for more in (0, 1):
            EnrolmentFactory(group=group, state=Place.WAITLISTED, joined_at=now - timedelta(days=days - more))
    page = client_of(organizer).get(DESK)
    assert [(group.title, group.waiting) for group in page.context["lines"]["rows"]] == [("Sooner", 2), ("Later", 2)]
    assert "2 people wait, the first since Sun 15 Nov" in page.text


@pytest.mark.parametrize("groups", [1, 40])
@pytest.mark.parametrize("role", ["organizer", "organizer of all"])
def test_it_costs_the_same_with_one_group_and_with_many(now, groups, role):
    organizer = MemberFactory()
    viewer = organizer if role == "organizer" else OrganizerFactory()
    for _n in range(groups):
        busy_group(organizer, now)
        ReadingGroupFactory(state=State.PROPOSED)
        SessionFactory(group=ReadingGroupFactory(), starts_at=now - timedelta(days=30))
    client = client_of(viewer)
    # The site, the role and the rights that it is none of, the count and the page; attendance, terms, presenters with
    # their sessions' readings, lines, few. Those who look after all: instead of the rights, orphans and proposals.
    with exactly(12, signed_in=True):
        page = client.get(DESK)
    assert len(page.content) < 120_000


def test_it_says_so_where_there_is_nothing(organizer, now):
    assert "You organize no group that goes on" in client_of(organizer).get(DESK).text
    group = ReadingGroupFactory(organizers=[organizer])
    assert "Nothing waits and nothing is overdue." in client_of(organizer).get(DESK).text
    told = client_of(organizer).get(f"{DESK}?page=x")
    assert "is not the number of a page" in told.text
    assert group.title in told.text


# The file


def rows(client, group):
    page = client.get(f"/groups/{group.slug}/people.csv")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_holds_who_was_in_it_and_who_came_when(organizer, now):
    group = ReadingGroupFactory(slug="graphs", organizers=[organizer])
    came, left = EnrolmentFactory(group=group, member__name="Zoë").member, MemberFactory(name="Ada")
    EnrolmentFactory(group=group, member=left, state=Place.LEFT)
    first, second, _third = (SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in (9, 6, 3))
    SessionFactory(group=group, starts_at=now + timedelta(days=3))
    actions.take_attendance(actor=organizer, session_id=first.pk, came=[], now=now)
    AttendanceFactory(session=second, member=came)
    # Somebody who left and came back has one row, of how they stand now.
    again = EnrolmentFactory(group=group, member__name="Bo", state=Place.LEFT).member
    EnrolmentFactory(group=group, member=again, state=Place.WAITLISTED)
    head, *people = rows(client_of(organizer), group)
    assert head[:7] == [
        "Name", "State", "Joined", "Got the place", "Left", "Sessions attended", "Of sessions known",
    ]  # fmt: skip
    assert head[7:] == ["2026-11-15 12:00", "2026-11-18 12:00", "2026-11-21 12:00"]
    assert people == [
        ["Ada", "Left", "2026-11-01", "", "2026-11-02", "0", "2", "no", "no", ""],
        ["Bo", "Waiting", "2026-11-01", "", "", "0", "2", "no", "no", ""],
        ["Zoë", "Has a place", "2026-11-01", "2026-11-01", "", "1", "2", "no", "yes", ""],
    ]


def test_whoever_only_sat_in_stands_behind_the_others(organizer, now):
    group = ReadingGroupFactory(slug="graphs", organizers=[organizer])
    first, second = (SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in (9, 6))
    coming = SessionFactory(group=group, starts_at=now + timedelta(days=1))
    for session in (first, second):
        AttendanceFactory(session=session, member=EnrolmentFactory(group=group).member)
    came = SitInFactory(session=first, member__name="Ada").member
    AttendanceFactory(session=first, member=came)
    SitInFactory(session=second, member__name="Bo")
    SitInFactory(session=coming, member__name="Cy")
    # With a place there is one row, that of the place.
    SitInFactory(session=first, member=EnrolmentFactory(group=group).member)
    people = rows(client_of(organizer), group)[4:]
    assert people == [
        ["Ada", "Sat in", "2026-11-04", "", "", "1", "1", "yes", ""],
        ["Bo", "Sat in", "2026-11-04", "", "", "0", "1", "", "no"],
        ["Cy", "Sits in", "2026-11-04", "", "", "0", "0", "", ""],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+49", "-2", "@SUM(A1)", " =1", "＝1"])
def test_no_name_is_a_formula(organizer, name):
    group = ReadingGroupFactory(organizers=[organizer])
    EnrolmentFactory(group=group, member__name=name)
    _head, (cell, *_rest) = rows(client_of(organizer), group)
    assert cell == f"'{name}"


def test_cells_keep_what_is_in_them():
    lines = "".join(rows_as_csv([["a,b", 'say "x"', None, 3, "two\nlines"]]))
    assert lines == '\ufeff"a,b","say ""x""",,3,"two\nlines"\r\n'


@pytest.mark.parametrize("people", [2, 40])
def test_the_file_costs_the_same_for_few_and_many(organizer, now, people):
    group = ReadingGroupFactory(organizers=[organizer], capacity=50)
    sessions = [SessionFactory(group=group, starts_at=now - timedelta(days=days)) for days in range(1, 4)]
    for _n in range(people):
        AttendanceFactory(session=sessions[0], member=EnrolmentFactory(group=group).member)
    client = client_of(organizer)
    # The site, the group, the sessions, those of which it is known who came, who did, the people, and who sat in.
    with exactly(7, signed_in=True):
        assert len(rows(client, group)) == people + 1
