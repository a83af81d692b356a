"""Groups, sessions, papers and places in the admin: every write goes the way that it goes elsewhere."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.utils import timezone

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import Enrolment, Paper, Reading, ReadingGroup, Session
from reading_groups.reminders import SESSION_TOMORROW
from tests.factories import (
    AttendanceFactory,
    EnrolmentFactory,
    HandFactory,
    IdeaFactory,
    InvitationLinkFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
    SitInFactory,
    TopicFactory,
)
from tests.pages import send

pytestmark = pytest.mark.django_db

GROUPS = "/admin/reading_groups/readinggroup/"
ENROLMENTS = "/admin/reading_groups/enrolment/"
SESSIONS = "/admin/reading_groups/session/"
READINGS = "/admin/reading_groups/reading/"
PRESENTATIONS = "/admin/reading_groups/presentation/"
IDEAS = "/admin/reading_groups/idea/"
PAPERS = "/admin/reading_groups/paper/"
Place = Enrolment.State


@pytest.fixture
def client(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    return client


def page(url, row):
    return f"{url}{row.pk}/change/"


def errors_of(response):
    assert response.status_code == 200
    return response.context["errors"] and response.context["adminform"].form.errors


def run(client, url, action, *rows, **more):
    data = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(url, data, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def save_group(client, group, **changes):
    return send(client, page(GROUPS, group), "readinggroup_form", **changes)


# Groups


def test_a_group_is_made_and_found_by_its_topic(client):
    topic, organizer = TopicFactory(name="Phlogiston"), MemberFactory()
    response = send(
        client,
        f"{GROUPS}add/",
        "readinggroup_form",
        title="Heat, from the beginning",
        slug="heat",
        zone="Europe/Berlin",
        topics=[topic.pk],
        organizers=[organizer.pk],
        capacity="7",
    )
    assert response.status_code == 302
    group = ReadingGroup.objects.get()
    assert (group.capacity, group.places_limit, group.state) == (7, 7, ReadingGroup.State.DRAFT)
    assert list(ReadingGroup.objects.matching("phlogiston")) == [group]
    assert list(group.organizers.all()) == [organizer]


def test_saving_a_group_unchanged_changes_nothing(client):
    group = ReadingGroupFactory(capacity=2, topics=[TopicFactory()], organizers=[MemberFactory()])
    EnrolmentFactory.create_batch(2, group=group)
    actions.index_groups(group_ids=[group.pk])
    before = ReadingGroup.objects.values().get()
    assert save_group(client, group).status_code == 302
    assert ReadingGroup.objects.values().get() == before


def test_more_places_are_offered_to_those_who_wait(client):
    group = ReadingGroupFactory(capacity=1)
    EnrolmentFactory(group=group)
    waiting = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    save_group(client, group, capacity="2")
    waiting.refresh_from_db()
    assert waiting.state == Place.HELD
    assert Delivery.objects.get().object_key == waiting.key


def test_nobody_loses_a_place_when_a_group_shrinks(client):
    group = ReadingGroupFactory(capacity=3)
    EnrolmentFactory.create_batch(3, group=group)
    assert save_group(client, group, capacity="1").status_code == 302
    group.refresh_from_db()
    assert (group.capacity, group.places_taken, group.places_limit) == (1, 3, 3)


@pytest.mark.parametrize(
    ("now_is", "wanted"),
    [
        ("archived", "open"),
        ("completed", "running"),
        ("draft", "completed"),
        ("running", "draft"),
        ("open", "nonsense"),
    ],
)
def test_a_state_that_cannot_be_reached_is_told_on_its_field(client, now_is, wanted):
    group = ReadingGroupFactory(state=now_is)
    errors = errors_of(save_group(client, group, state=wanted))
    assert "From where this group is now, it can only be" in errors["state"][0]
    group.refresh_from_db()
    assert group.state == now_is


def test_a_state_that_another_admin_has_changed_meanwhile_is_told_on_its_field(client):
    group = ReadingGroupFactory(state="open")
    form = client.get(page(GROUPS, group)).context["adminform"].form
    # The other admin was faster than this form, whose row still says that the group is open.
    ReadingGroup.objects.filter(pk=group.pk).update(state="archived")
    bound = type(form)(data=form.initial | {"state": "running", "zone": group.zone}, instance=group)
    assert "Archived" in bound.errors["state"][0]


def test_completing_a_group_completes_the_places_in_it(client):
    group = ReadingGroupFactory(state="running")
    enrolment = EnrolmentFactory(group=group)
    save_group(client, group, state="completed")
    enrolment.refresh_from_db()
    assert enrolment.state == Place.COMPLETED


def test_a_weekly_rule_needs_both_of_its_halves(client):
    group = ReadingGroupFactory()
    assert "starts_at_time" in errors_of(save_group(client, group, starts_at_time=""))
    assert "weekday" in errors_of(save_group(client, group, weekday=""))
    assert save_group(client, group, weekday="", starts_at_time="").status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Mars/Olympus"), ("capacity", "0"), ("capacity", "many"), ("title", "\u200b"), ("hold_hours", "9999")],
)
def test_nonsense_in_a_group_is_told_on_its_field(client, field, value):
    assert field in errors_of(save_group(client, ReadingGroupFactory(), **{field: value}))


def test_two_groups_do_not_share_an_address(client):
    ReadingGroupFactory(slug="taken")
    assert "slug" in errors_of(save_group(client, ReadingGroupFactory(), slug="taken"))


def test_a_group_that_somebody_joined_is_not_deleted(client):
    joined, empty = EnrolmentFactory().group, ReadingGroupFactory()
    client.post(f"{GROUPS}{joined.pk}/delete/", {"post": "yes"})
    client.post(f"{GROUPS}{empty.pk}/delete/", {"post": "yes"})
    assert list(ReadingGroup.objects.all()) == [joined]


def test_sessions_are_planned_by_the_weekly_rule(client):
    group = ReadingGroupFactory(zone="Europe/London", weekday=1, starts_at_time=time(15))
    url = f"{GROUPS}{group.pk}/plan-sessions/"
    assert client.get(url).status_code == 200
    assert not group.sessions.exists()
    dates = {"first_on": "2026-10-19", "last_on": "2026-11-01", "_form_submitted": "True"}
    response = client.post(url, dates, follow=True)
    assert said(response) == ["2 sessions are planned."]
    starts = list(group.sessions.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [datetime(2026, 10, 20, 14, tzinfo=UTC), datetime(2026, 10, 27, 15, tzinfo=UTC)]
    client.post(url, dates)
    assert group.sessions.count() == 2


@pytest.mark.parametrize(
    ("first_on", "last_on"), [("2026-11-01", "2026-10-01"), ("2026-01-01", "2029-01-01"), ("soon", "later"), ("", "")]
)
def test_a_plan_that_makes_no_sense_is_told(client, first_on, last_on):
    group = ReadingGroupFactory()
    data = {"first_on": first_on, "last_on": last_on, "_form_submitted": "True"}
    response = client.post(f"{GROUPS}{group.pk}/plan-sessions/", data)
    assert (response.status_code, bool(response.context["form"].errors)) == (200, True)
    assert not group.sessions.exists()


def test_a_plan_without_a_rule_is_told(client):
    group = ReadingGroupFactory(weekday=None, starts_at_time=None)
    data = {"first_on": "2026-10-19", "last_on": "2026-11-01", "_form_submitted": "True"}
    response = client.post(f"{GROUPS}{group.pk}/plan-sessions/", data, follow=True)
    assert said(response) == ["Save a weekday and a time of day first."]


def test_holds_that_have_run_out_are_passed_on(client):
    group = ReadingGroupFactory(capacity=1)
    held = EnrolmentFactory(group=group, state=Place.HELD, held_until=datetime(2020, 1, 1, tzinfo=UTC))
    waiting = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    assert said(run(client, GROUPS, "pass_on_holds", group)) == ["1 hold had run out."]
    for row in (held, waiting):
        row.refresh_from_db()
    assert (held.state, waiting.state) == (Place.LEFT, Place.HELD)


# Places


def add_enrolment(client, group, member):
    return client.post(f"{ENROLMENTS}add/", {"group": group.pk, "member": member.pk})


def test_somebody_is_given_a_place_or_stands_in_line(client):
    group = ReadingGroupFactory(capacity=1)
    first, second = MemberFactory(), MemberFactory()
    assert add_enrolment(client, group, first).status_code == 302
    assert add_enrolment(client, group, second).status_code == 302
    group.refresh_from_db()
    assert group.places_taken == 1
    assert [group.enrolments.get(member=member).state for member in (first, second)] == [
        Place.ENROLLED,
        Place.WAITLISTED,
    ]


@pytest.mark.parametrize("state", ["draft", "completed", "archived"])
def test_a_group_that_is_closed_is_told_on_its_field(client, state):
    group = ReadingGroupFactory(state=state)
    assert "group" in errors_of(add_enrolment(client, group, MemberFactory()))
    assert not group.enrolments.exists()


@pytest.mark.parametrize("state", [Place.ENROLLED, Place.WAITLISTED])
def test_whoever_is_in_a_group_is_not_added_again(client, state):
    enrolment = EnrolmentFactory(state=state)
    assert "member" in errors_of(add_enrolment(client, enrolment.group, enrolment.member))
    assert Enrolment.objects.count() == 1


def test_nobody_is_added_who_cannot_sign_in(client):
    group = ReadingGroupFactory()
    assert "member" in errors_of(add_enrolment(client, group, MemberFactory(is_active=False)))
    assert not group.enrolments.exists()


def test_a_group_that_was_removed_meanwhile_is_told(client):
    group = ReadingGroupFactory()
    response = client.post(f"{ENROLMENTS}add/", {"group": group.pk + 1, "member": MemberFactory().pk})
    assert "group" in errors_of(response)


def test_enrolments_are_neither_changed_nor_deleted_by_hand(client):
    enrolment = EnrolmentFactory()
    response = client.get(page(ENROLMENTS, enrolment))
    assert response.status_code == 200
    assert not response.context["has_change_permission"]
    assert client.post(page(ENROLMENTS, enrolment), {"state": "left"}).status_code == 403
    assert client.post(f"{ENROLMENTS}{enrolment.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_page_of_an_enrolment_tells_its_history(client, now):
    group, member = ReadingGroupFactory(), MemberFactory()
    enrolment = actions.join_group(actor=member, group_id=group.pk, now=now)
    actions.leave_group(actor=member, group_id=group.pk, now=now)
    response = client.get(page(ENROLMENTS, enrolment))
    events = response.context["inline_admin_formsets"][0].formset.queryset
    assert list(events.values_list("state", flat=True)) == [Place.ENROLLED, Place.LEFT]


def test_giving_up_a_place_is_shown_first_and_then_passes_it_on(client):
    group = ReadingGroupFactory(capacity=1)
    enrolment = EnrolmentFactory(group=group)
    waiting = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    asked = run(client, ENROLMENTS, "give_up", enrolment)
    assert list(asked.context["enrolments"]) == [enrolment]
    enrolment.refresh_from_db()
    assert enrolment.state == Place.ENROLLED
    assert said(run(client, ENROLMENTS, "give_up", enrolment, confirmed="yes")) == ["1 place given up."]
    for row in (enrolment, waiting, group):
        row.refresh_from_db()
    assert (enrolment.state, waiting.state, group.places_taken) == (Place.LEFT, Place.HELD, 1)
    assert Delivery.objects.get().object_key == waiting.key


def test_a_place_given_up_twice_tells_so(client):
    enrolment = EnrolmentFactory(state=Place.LEFT)
    again = EnrolmentFactory(group=enrolment.group, member=enrolment.member)
    response = run(client, ENROLMENTS, "give_up", enrolment, confirmed="yes")
    assert said(response) == ["None of these has a place or waits for one."]
    again.refresh_from_db()
    assert again.state == Place.ENROLLED


def test_a_place_is_given_up_on_its_own_page_by_post_alone(client):
    enrolment = EnrolmentFactory()
    url = f"{ENROLMENTS}{enrolment.pk}/give-up/"
    assert client.get(url).status_code == 200
    enrolment.refresh_from_db()
    assert enrolment.state == Place.ENROLLED
    response = client.post(url, {"_form_submitted": "True"}, headers={"HX-Request": "true"})
    assert response.headers["HX-Redirect"] == page(ENROLMENTS, enrolment)
    enrolment.refresh_from_db()
    assert enrolment.state == Place.LEFT
    assert [action["title"] for action in client.get(page(ENROLMENTS, enrolment)).context["actions_detail"]] == []


def test_staff_who_may_only_look_give_up_nobody_s_place(client):
    theirs = client.__class__()
    member = MemberFactory(is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=["view_enrolment"]))
    theirs.force_login(member)
    enrolment = EnrolmentFactory()
    run(theirs, ENROLMENTS, "give_up", enrolment, confirmed="yes")
    assert theirs.post(f"{ENROLMENTS}{enrolment.pk}/give-up/", {"_form_submitted": "True"}).status_code == 403
    enrolment.refresh_from_db()
    assert enrolment.state == Place.ENROLLED


# Sessions


@pytest.fixture
def before_december(now):
    """Sessions of December 2026 are to come."""
    with time_machine.travel(now, tick=False):
        yield


def session_data(**changes):
    rows = {"readings-TOTAL_FORMS": "0", "readings-INITIAL_FORMS": "0"}
    return {"title": "", "held_on": "2026-11-24", "time_of_day": "18:00", "minutes": ""} | rows | changes


def test_a_session_is_set_by_the_clocks_of_its_group(client):
    group = ReadingGroupFactory(zone="Asia/Kathmandu", duration_minutes=90)
    assert client.post(f"{SESSIONS}add/", session_data(group=group.pk)).status_code == 302
    session = Session.objects.get()
    assert session.starts_at == datetime(2026, 11, 24, 12, 15, tzinfo=UTC)
    assert session.ends_at - session.starts_at == timedelta(minutes=90)


def test_a_session_may_have_a_date_alone(client):
    group = ReadingGroupFactory()
    client.post(f"{SESSIONS}add/", session_data(group=group.pk, time_of_day=""))
    session = Session.objects.get()
    assert (session.held_on, session.starts_at, session.ends_at) == (date(2026, 11, 24), None, None)


def test_saving_a_session_unchanged_changes_nothing(client):
    # Not even the seconds, which the form does not show.
    session = SessionFactory(starts_at=datetime(2026, 12, 1, 15, 0, 30, tzinfo=UTC))
    before = Session.objects.values().get()
    assert send(client, page(SESSIONS, session), "session_form").status_code == 302
    assert Session.objects.values().get() == before


def test_a_session_that_moves_is_announced_anew(before_december, client):
    session = SessionFactory()
    EnrolmentFactory(group=session.group)
    day = timedelta(days=1)
    start = session.starts_at - day
    SESSION_TOMORROW.write(SESSION_TOMORROW.due(start, start + day))
    old = Delivery.objects.get()
    assert send(client, page(SESSIONS, session), "session_form", time_of_day="17:30").status_code == 302
    session.refresh_from_db()
    assert (session.revision, session.starts_at) == (1, datetime(2026, 12, 1, 17, 30, tzinfo=UTC))
    assert not SESSION_TOMORROW.still_wanted(old, start)
    SESSION_TOMORROW.write(SESSION_TOMORROW.due(start, start + day))
    assert Delivery.objects.latest("pk").due_at == session.starts_at - day


def test_a_session_that_is_called_off_and_on_again_is_announced_anew(before_december, client):
    session = SessionFactory()
    for state in ("on", None):
        send(client, page(SESSIONS, session), "session_form", is_cancelled=state)
    session.refresh_from_db()
    assert (session.revision, session.is_cancelled) == (2, False)
    send(client, page(SESSIONS, session), "session_form", title="Another title")
    session.refresh_from_db()
    assert session.revision == 2


def test_a_group_does_not_meet_twice_at_once(client):
    session = SessionFactory()
    data = session_data(group=session.group_id, held_on="2026-12-01", time_of_day="15:00")
    assert "time_of_day" in errors_of(client.post(f"{SESSIONS}add/", data))


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"time_of_day": "15:30"}, "time_of_day", "from 15:00 for 75 minutes"),
        ({"held_on": "2027-03-28", "time_of_day": "01:30"}, "time_of_day", "clocks in London skip 01:30"),
        ({"held_on": "2026-10-01"}, "time_of_day", "This time has passed"),
        ({"held_on": "2026-12-20", "is_cancelled": "on"}, "is_cancelled", "Move it or call it off"),
        ({"recording_url": "https://video.example.org/1"}, "recording_url", "This session is not over"),
    ],
)
def test_the_admin_moves_a_session_by_the_rules_of_the_site(before_december, client, changes, field, told):
    session = SessionFactory(starts_at=datetime(2026, 12, 3, 15, 0, tzinfo=UTC))
    SessionFactory(group=session.group, starts_at=datetime(2026, 12, 1, 15, 0, tzinfo=UTC))
    if "time_of_day" in changes:
        changes = {"held_on": "2026-12-01"} | changes
    response = send(client, page(SESSIONS, session), "session_form", **changes)
    assert told in str(errors_of(response)[field])
    session.refresh_from_db()
    assert (session.revision, session.is_cancelled) == (0, False)


def test_a_session_that_is_over_stays_in_the_admin_as_well(client):
    session = SessionFactory(starts_at=timezone.now() - timedelta(days=9))
    response = send(client, page(SESSIONS, session), "session_form", time_of_day="03:33")
    assert "has started or is over" in str(errors_of(response)["held_on"])
    recorded = send(client, page(SESSIONS, session), "session_form", recording_url="https://video.example.org/1")
    assert recorded.status_code == 302
    session.refresh_from_db()
    assert (session.recording_url, session.revision) == ("https://video.example.org/1", 0)


def test_who_comes_and_who_came_is_looked_at(client):
    rsvp, attendance = (
        RsvpFactory(member=MemberFactory(name="Member R")),
        AttendanceFactory(member=MemberFactory(name="Member S")),
    )
    for kind, row, name in (("rsvp", rsvp, "Member R"), ("attendance", attendance, "Member S")):
        assert name in client.get(f"/admin/reading_groups/{kind}/").text
        assert client.get(page(f"/admin/reading_groups/{kind}/", row)).status_code == 200


@pytest.mark.parametrize(
    "changes", [{"held_on": "soon"}, {"time_of_day": "30pm"}, {"minutes": "5"}, {"minutes": "99999999999"}]
)
def test_nonsense_in_a_session_is_told_on_its_field(client, changes):
    data = session_data(group=ReadingGroupFactory().pk, **changes)
    assert set(changes) <= set(errors_of(client.post(f"{SESSIONS}add/", data)))


def test_a_reading_set_for_a_session_belongs_to_its_group_and_is_found(client):
    session, paper = SessionFactory(), PaperFactory(title="On phlogiston")
    added = {"readings-TOTAL_FORMS": "1", "readings-0-paper": paper.pk, "readings-0-position": "0"}
    assert send(client, page(SESSIONS, session), "session_form", **added).status_code == 302
    reading = Reading.objects.get()
    assert (reading.group_id, reading.session_id) == (session.group_id, session.pk)
    assert list(ReadingGroup.objects.matching("phlogiston")) == [session.group]


def test_the_same_paper_twice_in_one_session_is_told(client):
    session, paper = SessionFactory(), PaperFactory()
    twice = {"readings-TOTAL_FORMS": "2"} | {
        f"readings-{n}-{name}": value for n in range(2) for name, value in (("paper", paper.pk), ("position", n))
    }
    assert send(client, page(SESSIONS, session), "session_form", **twice).status_code == 200
    parts = twice | {"readings-0-part": "chapter 1", "readings-1-part": "chapter 2"}
    assert send(client, page(SESSIONS, session), "session_form", **parts).status_code == 302
    again = {"readings-TOTAL_FORMS": "3", "readings-2-paper": paper.pk, "readings-2-part": "chapter 2"}
    again |= {"readings-2-position": "3"}
    assert send(client, page(SESSIONS, session), "session_form", **again).status_code == 200


def test_deleting_a_session_takes_its_readings_out_of_the_search(client):
    session = SessionFactory()
    ReadingFactory(group=session.group, session=session, paper=PaperFactory(title="On phlogiston"))
    actions.index_groups(group_ids=[session.group_id])
    client.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"})
    assert not ReadingGroup.objects.matching("phlogiston")
    assert ReadingGroup.objects.exists()


# Readings and papers


def test_a_session_of_another_group_is_told_on_its_field(client):
    group, session, paper = ReadingGroupFactory(), SessionFactory(), PaperFactory()
    data = {"group": group.pk, "session": session.pk, "paper": paper.pk, "part": "", "position": "0"}
    assert "session" in errors_of(client.post(f"{READINGS}add/", data))
    assert client.post(f"{READINGS}add/", data | {"group": session.group_id}).status_code == 302
    assert "paper" in errors_of(client.post(f"{READINGS}add/", data | {"group": session.group_id}))
    pool = data | {"session": ""}
    assert client.post(f"{READINGS}add/", pool).status_code == 302
    assert "paper" in errors_of(client.post(f"{READINGS}add/", pool))


def test_a_reading_moves_from_the_pool_to_a_session_of_its_group(client):
    session = SessionFactory()
    reading = ReadingFactory(group=session.group)
    response = send(client, page(READINGS, reading), "reading_form", session=session.pk)
    reading.refresh_from_db()
    assert (response.status_code, reading.session) == (302, session)


def test_readings_are_added_on_the_page_of_a_group(client):
    group, paper = ReadingGroupFactory(), PaperFactory(title="On phlogiston")
    added = {"readings-TOTAL_FORMS": "1", "readings-0-paper": paper.pk, "readings-0-position": "0"}
    foreign = added | {"readings-0-session": SessionFactory().pk}
    assert save_group(client, group, **foreign).status_code == 200
    assert save_group(client, group, **added).status_code == 302
    assert list(group.readings.values_list("paper", "session")) == [(paper.pk, None)]
    assert list(ReadingGroup.objects.matching("phlogiston")) == [group]


def test_groups_are_found_by_the_new_title_of_a_paper(client):
    reading = ReadingFactory(paper=PaperFactory(title="On phlogiston"))
    actions.index_groups(group_ids=[reading.group_id])
    data = {"title": "On  oxygen\n", "authors": "", "year": "", "venue": "", "arxiv_id": "", "doi": "", "url": ""}
    assert client.post(page(PAPERS, reading.paper), data).status_code == 302
    assert list(ReadingGroup.objects.matching("oxygen")) == [reading.group]
    assert not ReadingGroup.objects.matching("phlogiston")
    client.post(READINGS, {"action": "delete_selected", "_selected_action": [reading.pk], "post": "yes"})
    assert not ReadingGroup.objects.matching("oxygen")


def test_authors_are_typed_one_per_line(client):
    authors = "Sammy Davis, Jr.\r\n\r\n  Lovelace,  Ada \r\n"
    response = send(client, f"{PAPERS}add/", "paper_form", title="On engines", authors=authors)
    paper = Paper.objects.get()
    assert (response.status_code, paper.authors) == (302, ["Sammy Davis, Jr.", "Lovelace, Ada"])
    assert send(client, page(PAPERS, paper), "paper_form").status_code == 302
    assert Paper.objects.get().authors == ["Sammy Davis, Jr.", "Lovelace, Ada"]


@pytest.mark.parametrize("words", ["Théorie", "theorie", "lovelace", "1912.01234", "THEORIE engines"])
def test_papers_are_found_by_title_author_and_number(client, words):
    PaperFactory()
    paper = PaperFactory(title="Théorie of engines", authors=["Ada Lovelace"], arxiv_id="1912.01234")
    assert list(client.get(PAPERS, {"q": words}).context["cl"].queryset) == [paper]


def test_a_paper_that_is_read_is_not_deleted(client):
    paper = ReadingFactory().paper
    client.post(f"{PAPERS}{paper.pk}/delete/", {"post": "yes"})
    assert Paper.objects.filter(pk=paper.pk).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("authors", "a\x00b"), ("authors", "x" * 201), ("year", "-1"), ("url", "javascript:alert(1)")],
)
def test_nonsense_in_a_paper_is_told_on_its_field(client, field, value):
    assert field in errors_of(send(client, page(PAPERS, PaperFactory()), "paper_form", **{field: value}))


def test_times_are_shown_in_the_zone_of_the_group(client):
    SessionFactory(
        group=ReadingGroupFactory(zone="Asia/Kathmandu"), starts_at=datetime(2026, 12, 1, 12, 15, tzinfo=UTC)
    )
    assert "18:00 Kathmandu" in client.get(SESSIONS).content.decode()


# Presenting, discussion and ideas


def test_somebody_with_a_place_is_made_a_presenter_and_nobody_else(client):
    session = SessionFactory(starts_at=timezone.now() + timedelta(days=3))
    member = EnrolmentFactory(group=session.group).member
    refused = send(client, f"{PRESENTATIONS}add/", "presentation_form", session=session.pk, member=MemberFactory().pk)
    assert errors_of(refused)["member"] == ["They have no place in this group."]
    url = "https://example.org/slides"
    made = send(
        client, f"{PRESENTATIONS}add/", "presentation_form", session=session.pk, member=member.pk, slides_url=url
    )
    assert made.status_code == 302
    assert [(part.member, part.slides_url) for part in session.presentations.all()] == [(member, url)]


@pytest.mark.parametrize("change", [{"is_cancelled": True}, {"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_nobody_is_made_a_presenter_of_what_is_over_or_called_off(client, change):
    session = SessionFactory(**change)
    member = EnrolmentFactory(group=session.group).member
    refused = send(client, f"{PRESENTATIONS}add/", "presentation_form", session=session.pk, member=member.pk)
    assert "session" in errors_of(refused)


def test_ideas_are_parked_and_put_up_again_but_not_once_they_are_projects(client, now):
    parked, adopted = IdeaFactory(), IdeaFactory()
    actions.mark_idea_adopted(idea=adopted, actor=adopted.member, now=now)
    assert said(run(client, IDEAS, "park", parked, adopted)) == ["1 idea is parked."]
    assert said(run(client, IDEAS, "unpark", parked, adopted)) == ["1 idea is on the board again."]
    assert client.post(f"{IDEAS}{adopted.pk}/delete/", {"post": "yes"}).status_code == 403
    run(client, IDEAS, "delete_selected", adopted, post="yes")
    assert adopted.group.ideas.count() == 1


def test_a_reading_with_notes_stays(client):
    note = NoteFactory()
    client.post(f"{READINGS}{note.reading_id}/delete/", {"post": "yes"})
    assert Reading.objects.count() == 1


def test_another_number_of_hands_makes_ideas_ready(client):
    hand = HandFactory()
    assert save_group(client, hand.idea.group, hands_needed="1").status_code == 302
    hand.idea.refresh_from_db()
    assert hand.idea.state == "ready"


# Proposals, links and sitting in


def test_what_is_proposed_is_opened_from_the_list(client):
    group, other = ReadingGroupFactory(state="proposed"), ReadingGroupFactory(state="returned")
    assert said(run(client, GROUPS, "open_proposals", group, other)) == ["1 group is open."]
    group.refresh_from_db()
    other.refresh_from_db()
    assert (group.state, list(group.organizers.all()), other.state) == ("open", [group.proposed_by], "returned")
    assert said(run(client, GROUPS, "open_proposals", group)) == ["0 groups are open."]


def test_a_group_is_made_in_no_state_that_has_a_story(client):
    choices = dict(client.get(f"{GROUPS}add/").context["adminform"].form.fields["state"].choices)
    assert list(choices) == ["draft", "open", "running", "completed", "archived"]


def test_links_are_revoked_from_the_list_and_show_who_came(client, now):
    link = InvitationLinkFactory(most_uses=3)
    member = MemberFactory(name="Member W")
    actions.join_by_link(actor=member, token=link.token, now=now)
    links = "/admin/reading_groups/invitationlink/"
    text = client.get(page(links, link)).text
    assert ("Member W" in text, link.token in text) == (True, False)
    assert said(run(client, links, "revoke", link)) == ["1 link is revoked."]
    link.refresh_from_db()
    assert link.revoked_at is not None
    assert said(run(client, links, "revoke", link)) == ["0 links are revoked."]


def test_who_sat_in_is_listed(client):
    own = SitInFactory(member__name="Member W")
    assert "Member W" in client.get("/admin/reading_groups/sitin/").text
    assert client.get(page("/admin/reading_groups/sitin/", own)).status_code == 200
