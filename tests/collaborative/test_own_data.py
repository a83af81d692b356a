"""Taking one's data along, and leaving for good."""

import json
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.test import Client

from cohorts.models import Application
from collaborative.home.actions import give_calendar_address
from collaborative.home.own_data import data_of
from members.actions import add_to_collective
from members.availability.models import ExamAnswer, ExamWeeks, WeekShare
from members.models import Member, TopicExperience
from notifications.models import Delivery
from reading_groups.actions import join_group, leave_group
from reading_groups.models import Enrolment
from tests.factories import (
    ApplicationFactory,
    AttendanceFactory,
    AwayFactory,
    CollectiveFactory,
    InstitutionFactory,
    MeetingFactory,
    MemberFactory,
    PlaceFactory,
    ReadingGroupFactory,
    RsvpFactory,
    SessionFactory,
    SitInFactory,
    TopicFactory,
    TypicalWeekFactory,
)
from tests.factories.members import PASSWORD

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NAME, EMAIL = "Zephyrine Quandt", "zephyrine@example.org"
SECRETS = ("zephyrine", "quandt", "hummingbird", "sekunda")


@pytest.fixture
def member(now):
    """Somebody who has used everything."""
    member = MemberFactory(
        name=NAME,
        email=EMAIL,
        bio="I like the hummingbird.",
        institution=InstitutionFactory(),
        spoken_languages=["Sekunda"],
        citation_count=7,
    )
    TopicExperience.objects.create(member=member, topic=TopicFactory(name="Graphs"), level=2, months=5)
    add_to_collective(collective=CollectiveFactory(), member=member)
    AwayFactory(member=member)
    TypicalWeekFactory(member=member)
    WeekShare.objects.create(owner=member, viewer=MemberFactory(name="Member S"), since=now)
    exams = ExamWeeks.objects.create(institution=member.institution, starts_on=now, ends_on=now, set_at=now)
    ExamAnswer.objects.create(exam_weeks=exams, member=member, is_away=False, answered_at=now)
    MeetingFactory(title="Once a month", participants=[member, MemberFactory()])
    ApplicationFactory(member=member, name=NAME, email=EMAIL, motivation="The hummingbird.")
    ApplicationFactory(name=NAME, email=EMAIL.upper(), topics="The hummingbird.")
    PlaceFactory(member=member)
    give_calendar_address(actor=member, now=now)
    ReadingGroupFactory(state="proposed", proposed_by=member, description="The hummingbird.")
    SitInFactory(member=member)
    RsvpFactory(member=member)
    AttendanceFactory(member=member)
    LogEntry.objects.create(
        user=MemberFactory(is_staff=True),
        content_type=ContentType.objects.get_for_model(Member),
        object_id=str(member.pk),
        object_repr=NAME,
        action_flag=2,
    )
    return member


@pytest.fixture
def own(member):
    client = Client()
    client.force_login(member, backend=BACKEND)
    return client


def test_the_file_has_what_the_site_knows(own, member, now):
    group = ReadingGroupFactory(title="Attention")
    join_group(actor=member, group_id=group.pk, now=now)
    leave_group(actor=member, group_id=group.pk, now=now)
    Delivery.objects.create(
        kind="weekly_digest", recipient="members.member:1", object_key="x", occurrence="y", member=member, due_at=now
    )
    response = own.get("/me/data/download/")
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(response.content)
    assert data["profile"]["name"] == NAME
    assert data["addresses"] == [{"email": EMAIL, "verified": True, "primary": True}]
    assert [(topic["topic__name"], topic["months"]) for topic in data["topics"]] == [("Graphs", 5)]
    [enrolment] = data["enrolments"]
    assert (enrolment["group__title"], enrolment["state"]) == ("Attention", "left")
    assert [event["state"] for event in enrolment["history"]] == ["enrolled", "left"]
    assert [(mail["kind"], mail["sent_at"]) for mail in data["mails"]] == [
        ("sign_up_confirmed", None),
        ("weekly_digest", None),
    ]
    assert [len(data[key]) for key in ("typical_weeks", "times_away", "meetings", "applications")] == [1, 1, 1, 1]
    assert [share["viewer__name"] for share in data["week_shared_with"]] == ["Member S"]
    assert [answer["is_away"] for answer in data["exam_weeks_answered"]] == [False]
    assert [group["description"] for group in data["proposed_groups"]] == ["The hummingbird."]
    assert [len(data[key]) for key in ("sat_in", "came_by_link", "said_of_coming", "came_to")] == [1, 0, 1, 1]
    assert "password" not in response.text
    assert member.calendar_token.token not in response.text


def test_the_file_is_about_oneself_alone(member):
    other = MemberFactory(name="Member B")
    data = data_of(other)
    assert not any(secret in json.dumps(data, default=str).lower() for secret in SECRETS)
    assert [data[key] for key in ("enrolments", "meetings", "applications", "mails", "topics")] == [[]] * 5


def test_nothing_of_the_person_is_left(own, member):
    other = Client()
    other.force_login(member, backend=BACKEND)
    group = ReadingGroupFactory(slug="open")
    SessionFactory(group=group)
    assert own.post("/groups/open/join/").status_code == 302
    response = own.post("/me/data/delete/", {"confirmation": PASSWORD})
    assert response.headers["Location"] == "/"
    assert "Your account is deleted" in own.get("/").text
    left, tables = [], connection.introspection.table_names()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table not in tables:
            continue
        for row in model._base_manager.values():
            text = " ".join(str(value).lower() for value in row.values())
            left += [(model._meta.label, secret) for secret in SECRETS if secret in text]
    assert left == []
    member.refresh_from_db()
    assert (str(member), member.is_active, member.has_usable_password()) == ("A former member", False, False)
    assert other.get("/me/").status_code == 302
    assert not any(str(member.pk) == row.get_decoded().get("_auth_user_id") for row in BrowserSession.objects.all())
    reader = Client()
    reader.force_login(MemberFactory(is_superuser=True, is_staff=True), backend=BACKEND)
    pages = ["/groups/open/", "/search/?q=zephyrine", f"/admin/members/member/{member.pk}/change/", "/admin/"]
    shown = [reader.get(page).text.lower() for page in pages]
    # What was searched for stands in the search field.
    assert [[secret for secret in SECRETS[1:] if secret in text] for text in shown] == [[]] * len(pages)


def test_what_groups_did_stays_whole_and_the_line_moves(own, member):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    group = ReadingGroupFactory(capacity=1)
    finished = Enrolment.objects.create(
        group=ReadingGroupFactory(), member=member, state="completed", joined_at=now, enrolled_at=now
    )
    join_group(actor=member, group_id=group.pk, now=now)
    waiting = MemberFactory()
    join_group(actor=waiting, group_id=group.pk, now=now)
    own.post("/me/data/delete/", {"confirmation": PASSWORD})
    assert dict(group.enrolments.values_list("member", "state")) == {member.pk: "left", waiting.pk: "held"}
    finished.refresh_from_db()
    assert (finished.state, finished.member_id) == ("completed", member.pk)
    assert Delivery.objects.get(kind="place_offered").member == waiting
    assert set(Application.objects.values_list("state", "name")) == {("withdrawn", "A former member")}


def test_a_wrong_confirmation_changes_nothing(own, member):
    response = own.post("/me/data/delete/", {"confirmation": "something else"})
    assert (response.status_code, "This is not your password." in response.text) == (422, True)
    member.set_unusable_password()
    member.save()
    own.force_login(member, backend=BACKEND)
    response = own.post("/me/data/delete/", {"confirmation": "another@example.org"})
    assert "This is not the address that you sign in with." in response.text
    member.refresh_from_db()
    assert (member.name, member.is_active) == (NAME, True)
    assert own.post("/me/data/delete/", {"confirmation": f" {EMAIL.upper()} "}).status_code == 302


def test_guessing_ends_after_a_few_tries(own):
    answers = [own.post("/me/data/delete/", {"confirmation": f"guess {n}"}).status_code for n in range(11)]
    assert answers == [422] * 10 + [429]


def test_the_only_admin_stays_until_there_is_another(own, member):
    member.is_superuser = member.is_staff = True
    member.save()
    group = ReadingGroupFactory()
    join_group(actor=member, group_id=group.pk, now=datetime(2026, 11, 24, tzinfo=UTC))
    response = own.post("/me/data/delete/", {"confirmation": PASSWORD})
    assert (response.status_code, "You are the only admin" in response.text) == (422, True)
    assert group.enrolments.get().state == "enrolled"
    MemberFactory(is_superuser=True)
    assert own.post("/me/data/delete/", {"confirmation": PASSWORD}).status_code == 302


def test_the_address_is_free_again(own, client):
    own.post("/me/data/delete/", {"confirmation": PASSWORD})
    client.post("/accounts/signup/", {"email": EMAIL, "password1": "some words that do not belong"})
    assert Member.objects.get(email=EMAIL).name == ""
