"""Calendars of groups: open ones for everybody, and those below a member's secret; and a session as a file."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from collaborative.home.actions import (
    give_calendar_address,
    note_shared_contents,
    renew_calendar_address,
    stop_calendar,
)
from collaborative.home.models import SharedCalendar
from collaborative.models import Site
from reading_groups import actions
from reading_groups.models import Enrolment, ReadingGroup, Session
from tests.factories import (
    EnrolmentFactory,
    MemberFactory,
    PresentationFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
CALL = "https://call.example.org/secret"
PUBLIC, GRAPHS = "/groups/calendar.ics", "/groups/graphs/calendar.ics"


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def member():
    return MemberFactory(name="Member A", email="somebody@example.org")


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="graphs", title="Graphs", call_url=CALL, zone="Europe/Berlin")


@pytest.fixture
def session(group):
    return SessionFactory(group=group, title="Edges")


@pytest.fixture
def own(member, group, now) -> str:
    """The address of the group's calendar below the member's secret."""
    return f"/calendar/{give_calendar_address(actor=member, now=now).token}/groups/{group.pk}.ics"


def events(client, path: str) -> dict[str, dict]:
    response = client.get(path)
    assert response.status_code == 200, path
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


def test_everybody_reads_the_calendar_of_a_public_group_as_visitors_see_it(client, group, session, member):
    EnrolmentFactory(group=group, member=member)
    PresentationFactory(session=session, member=member)
    visitors = client.get(GRAPHS)
    assert list(events(client, GRAPHS)) == ["Edges"]
    for word in ("call.example.org", "Member A", "@example.org", "LOCATION", "CONFERENCE", "ATTENDEE"):
        assert word not in visitors.content.decode()
    # A program is not signed in, so nobody else gets more there.
    client.force_login(member)
    assert client.get(GRAPHS).content == visitors.content
    assert visitors.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("fields", "is_open"),
    [
        ({}, True),
        ({"state": "running"}, True),
        ({"state": "completed"}, True),
        ({"visibility": "internal"}, False),
        ({"visibility": "invited"}, False),
        ({"state": "draft"}, False),
        ({"state": "archived"}, False),
        ({"state": "proposed"}, False),
    ],
)
def test_only_what_visitors_see_has_an_open_address(client, fields, is_open):
    SessionFactory(group=ReadingGroupFactory(slug="graphs", **fields), title="Edges")
    assert client.get(GRAPHS).status_code == (200 if is_open else 404)
    assert list(events(client, PUBLIC)) == (["Edges"] if is_open else [])


def test_while_a_group_pauses_its_calendar_is_empty(client, group, session):
    ReadingGroup.objects.update(state="paused")
    assert events(client, GRAPHS) == events(client, PUBLIC) == {}


def test_the_calendar_of_all_holds_what_comes_and_what_has_just_been(client, group, now):
    for days in (-8, -6, 0, 182, 184):
        SessionFactory(group=group, title=f"in {days} days", starts_at=now + timedelta(days=days))
    assert list(events(client, PUBLIC)) == ["in -6 days", "in 0 days", "in 182 days"]
    assert len(events(client, GRAPHS)) == 5


@pytest.mark.parametrize("visibility", ReadingGroup.Visibility.values)
def test_below_ones_secret_the_calls_are_for_those_inside(client, group, session, member, own, visibility):
    ReadingGroup.objects.update(visibility=visibility)
    outside = client.get(own)
    assert outside.status_code == (404 if visibility == "invited" else 200)
    assert CALL not in outside.content.decode()
    enrolment = EnrolmentFactory(group=group, member=member)
    assert str(events(client, own)["Edges"]["LOCATION"]) == CALL
    assert client.get(own).headers["Cache-Control"] == "private, no-cache"
    # Who waits is not inside, and who has left is outside again.
    Enrolment.objects.update(state="waitlisted")
    assert "LOCATION" not in events(client, own)["Edges"]
    enrolment.delete()
    assert CALL not in client.get(own).content.decode()


def test_an_organizer_has_the_call_and_everybody_reads_the_same_title(client, group, session, member, own):
    group.organizers.add(member)
    PresentationFactory(session=session, member=member)
    event = events(client, own)["Edges"]
    assert str(event["LOCATION"]) == CALL


def test_a_secret_that_was_taken_back_opens_nothing(client, group, session, member, own, now):
    renew_calendar_address(actor=member, now=now)
    assert client.get(own).status_code == 404
    own = own.replace(own.split("/")[2], member.calendar_token.__class__.objects.get().token)
    assert client.get(own).status_code == 200
    member.is_active = False
    member.save()
    assert client.get(own).status_code == 404
    stop_calendar(actor=member)
    assert client.get(own).status_code == 404
    assert client.get(f"/calendar/nothing/groups/{group.pk}.ics").status_code == 404


def test_of_what_its_reader_does_not_see_there_is_no_calendar(client, member, own):
    draft = ReadingGroupFactory(state="draft")
    start = own.rpartition("/")[0]
    assert client.get(f"{start}/{draft.pk}.ics").status_code == 404
    assert client.get(f"{start}/{10**30}.ics").status_code == 404


def test_without_groups_none_of_these_addresses_is_there(client, group, session, own):
    site = Site.current()
    site.parts = [part for part in site.parts if part != "groups"]
    site.save()
    for path in (PUBLIC, GRAPHS, own, f"/groups/graphs/sessions/{session.pk}/session.ics"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("which", [PUBLIC, GRAPHS, "own"])
def test_a_program_that_has_it_already_is_told_so(client, group, session, member, own, which, clock):
    path = own if which == "own" else which
    first = client.get(path)
    clock.shift(timedelta(hours=5))
    again = client.get(path)
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    tag, since = {"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}
    for headers in (tag, since, tag | since):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
    assert client.head(path).content == b""
    actions.cancel_session(actor=member, session_id=session.pk, now=timezone.now())
    for headers in (tag, since, tag | since):
        assert client.get(path, headers=headers).status_code == 200
    assert client.get(path).headers["Last-Modified"] == "Tue, 24 Nov 2026 17:00:00 GMT"
    assert str(events(client, path)["Edges"]["STATUS"]) == "CANCELLED"


def test_what_no_session_tells_of_counts_as_a_change_too(client, group, session, clock):
    """A group that is hidden leaves the calendar of all, and no row of a session has changed."""
    since = {"If-Modified-Since": client.get(PUBLIC).headers["Last-Modified"]}
    clock.shift(timedelta(hours=1))
    ReadingGroup.objects.update(visibility="internal")
    assert client.get(PUBLIC, headers=since).status_code == 200
    clock.shift(timedelta(hours=1))
    ReadingGroup.objects.update(visibility="public", title="Trees")
    since = {"If-Modified-Since": client.get(GRAPHS).headers["Last-Modified"]}
    assert client.get(GRAPHS, headers=since).status_code == 304


def test_those_inside_and_outside_do_not_make_each_other_read_again(client, group, session, member, own, clock):
    EnrolmentFactory(group=group, member=member)
    tags = {path: client.get(path).headers["ETag"] for path in (GRAPHS, own)}
    assert len(set(tags.values())) == 2
    clock.shift(timedelta(hours=1))
    for path, tag in tags.items():
        answer = client.get(path, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.headers["Last-Modified"]) == (304, "Tue, 24 Nov 2026 12:00:00 GMT")
    assert SharedCalendar.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_those_who_read_it_first_at_once_agree(group, now):
    def note(seconds: int):
        at = now + timedelta(seconds=seconds)
        return lambda: note_shared_contents(group_id=None, is_inside=False, fingerprint="f", now=at)

    assert len(set(race(*(note(seconds) for seconds in range(4))))) == 1
    assert SharedCalendar.objects.count() == 1


def test_a_calendar_of_all_is_open(now):
    with pytest.raises(IntegrityError, match="shared_calendar_of_all_is_open"), transaction.atomic():
        SharedCalendar.objects.create(group=None, is_inside=True, changed_at=now)
    SharedCalendar.objects.create(group=None, changed_at=now)
    with pytest.raises(IntegrityError, match="shared_calendar_once"), transaction.atomic():
        SharedCalendar.objects.create(group=None, changed_at=now)


@pytest.mark.parametrize("rows", [1, 30])
def test_they_cost_the_same_at_any_length(client, group, member, own, now, rows):
    EnrolmentFactory(group=group, member=member)
    for n in range(rows):
        for other in (group, ReadingGroupFactory(zone="Asia/Kathmandu")):
            session = SessionFactory(group=other, starts_at=now + timedelta(days=1 + n), title="")
            ReadingFactory(group=other, session=session)
    for path in (PUBLIC, GRAPHS, own):
        client.get(path)
    # The site; sessions, readings; what it held before.
    with exactly(4):
        client.get(PUBLIC)
    # And the group.
    with exactly(5):
        client.get(GRAPHS)
    # And the secret with its member.
    with exactly(6):
        client.get(own)


# A session as a file --------------------------------------------------------------------------------------------------


def test_a_session_is_a_file_with_the_identity_that_it_has_in_calendars(client, group, session, member, now):
    path = f"/groups/graphs/sessions/{session.pk}/session.ics"
    EnrolmentFactory(group=group, member=member)
    event = events(client, path)["Edges"]
    assert event["UID"] == events(client, GRAPHS)["Edges"]["UID"]
    assert (event["DTSTART"].dt, "LOCATION" in event) == (session.starts_at, False)
    assert str(event["URL"]).endswith(f"/groups/graphs/sessions/{session.pk}/")
    answer = client.get(path)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="session-{session.pk}.ics"'
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    client.force_login(member)
    assert str(events(client, path)["Edges"]["LOCATION"]) == CALL
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200
    actions.move_session(
        actor=member,
        session_id=session.pk,
        moment=actions.Moment(held_on=session.held_on + timedelta(days=1), at=time(15, 0)),
        now=now,
    )
    moved = events(client, path)["Edges"]
    assert (moved["UID"], moved["SEQUENCE"], moved["DTSTAMP"].dt) == (event["UID"], 1, now)


def test_a_session_without_a_time_is_no_file(client, group):
    session = SessionFactory(group=group, starts_at=datetime(2026, 12, 1, 15, tzinfo=UTC))
    Session.objects.update(starts_at=None, ends_at=None)
    assert client.get(f"/groups/graphs/sessions/{session.pk}/session.ics").status_code == 404
    assert client.get("/groups/graphs/sessions/1/session.ics").status_code == 404
    assert "session.ics" not in client.get(f"/groups/graphs/sessions/{session.pk}/").text


def test_the_file_costs_four_queries(client, group, session, member):
    EnrolmentFactory(group=group, member=member)
    client.force_login(member)
    # The site, the group, the session, its readings.
    with exactly(4, signed_in=True):
        client.get(f"/groups/graphs/sessions/{session.pk}/session.ics")


# The pages that lead there --------------------------------------------------------------------------------------------


def test_the_pages_lead_there(client, group, session, member):
    page, file = client.get("/groups/graphs/").text, f"/groups/graphs/sessions/{session.pk}/session.ics"
    assert ("Add to my calendar" in page, f"{GRAPHS}" in page, file in page) == (True, True, True)
    assert file in client.get(f"/groups/graphs/sessions/{session.pk}/").text
    assert PUBLIC in client.get("/groups/").text
    # A group that not everybody sees leads to the reader's own address.
    ReadingGroup.objects.update(visibility="internal")
    client.force_login(member)
    page = client.get("/groups/graphs/").text
    assert (GRAPHS in page, "/me/calendar/?group=graphs#groups" in page) == (False, True)
    actions.cancel_session(actor=member, session_id=session.pk, now=timezone.now())
    assert "session.ics" not in client.get(f"/groups/graphs/sessions/{session.pk}/").text


def test_one_page_has_all_addresses(client, group, member, now):
    client.force_login(member)
    EnrolmentFactory(group=group, member=member)
    others = ReadingGroupFactory(title="Of others", slug="others", visibility="internal")
    hidden = ReadingGroupFactory(slug="hidden", visibility="invited")
    run = ReadingGroupFactory(organizers=[member], title="Run", visibility="invited")
    over = ReadingGroupFactory(organizers=[member], state="completed")
    page = client.get("/me/calendar/").text
    assert (PUBLIC in page, "/calendar/" in page.replace("/me/calendar/", "")) == (True, False)
    response = client.post("/me/calendar/?group=others", {"action": "get"})
    assert response.url == "/me/calendar/?group=others#groups"
    token = member.calendar_token.token
    page = client.get("/me/calendar/").text
    listed = {
        pk for pk in (g.pk for g in (group, others, hidden, run, over)) if f"/calendar/{token}/groups/{pk}.ics" in page
    }
    assert listed == {group.pk, run.pk}
    # The one whose page has sent somebody here, where they see it.
    assert f"/groups/{others.pk}.ics" in client.get("/me/calendar/?group=others").text
    assert f"/groups/{hidden.pk}.ics" not in client.get("/me/calendar/?group=hidden").text
    assert client.get("/me/calendar/?group=%00").status_code == 200


@pytest.mark.parametrize("groups", [1, 9])
def test_the_page_costs_the_same_with_any_number_of_groups(client, member, now, groups):
    client.force_login(member)
    give_calendar_address(actor=member, now=now)
    for _ in range(groups):
        EnrolmentFactory(member=member)
    client.get("/me/calendar/")
    # The site, the secret, the groups.
    with exactly(3, signed_in=True):
        client.get("/me/calendar/")
