"""A member's page of mails: each kind, the digest, quiet hours; and what they have been told."""

from datetime import time

import pytest
from django.utils import timezone

from collaborative.models import Site
from notifications.models import Choice, Delivery, Preferences
from notifications.preferences import choices_of, preferences_of
from tests.factories import MemberFactory, OrganizerFactory
from tests.pages import fields_of
from tests.queries import exactly

pytestmark = pytest.mark.django_db
PAGE = "/me/mails/"


@pytest.fixture
def member(client):
    member = MemberFactory()
    client.force_login(member)
    return member


def form_on(client) -> dict[str, str]:
    fields = fields_of(client.get(PAGE), "mails")
    return {name: values[0] for name, values in fields.items() if values and name != "csrfmiddlewaretoken"}


def test_a_member_chooses_and_finds_what_they_chose(client, member):
    form = form_on(client)
    assert (form["digest"], form["digest_at"], form["kind-session_tomorrow"]) == ("weekly", "08:00", "mail")
    assert form.keys().isdisjoint({"kind-place_offered", "kind-weekly_digest"})
    form |= {
        "digest": "daily",
        "digest_at": "17:00",
        "has_quiet_hours": "on",
        "quiet_from": "21:00",
        "quiet_until": "06:00",
        "kind-session_tomorrow": "site",
        "kind-task_due": "none",
    }
    assert client.post(PAGE, form).headers["Location"] == PAGE
    own = preferences_of(member.pk)
    assert (own.digest, own.digest_at, own.quiet_from, own.quiet_until) == ("daily", time(17), time(21), time(6))
    assert choices_of(member.pk) == {"session_tomorrow": "site", "task_due": "none"}
    assert form_on(client) == form
    form |= {"kind-task_due": "mail"}
    del form["has_quiet_hours"]
    client.post(PAGE, form)
    assert (preferences_of(member.pk).quiet_from, choices_of(member.pk)) == (None, {"session_tomorrow": "site"})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"quiet_from": "07:00", "quiet_until": "07:00", "has_quiet_hours": "on"}, "Choose another hour"),
        ({"digest_at": "25:00"}, "25:00 is not one of the available choices"),
        ({"digest": "hourly"}, "hourly is not one of the available choices"),
        ({"kind-session_tomorrow": "pigeon"}, "pigeon is not one of the available choices"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_saved(client, member, wrong, told):
    response = client.post(PAGE, form_on(client) | wrong)
    assert (response.status_code, told in response.text) == (422, True)
    assert not Preferences.objects.exists()


def test_the_page_says_how_many_come_at_most(client, member, settings):
    assert "at most" not in client.get(PAGE).text
    settings.OPTIONAL_MAILS_A_WEEK = 12
    assert "at most 12 mails a week come to you" in client.get(PAGE).text


def test_choices_of_a_part_that_is_off_stay(client, member):
    Choice.objects.create(member=member, kind="task_due", channel="none")
    Site.objects.create(pk=1, parts=["groups"])
    form = form_on(client)
    assert "kind-task_due" not in form
    client.post(PAGE, form)
    assert choices_of(member.pk) == {"task_due": "none"}


def told(member, count):
    now = timezone.now()
    for number in range(count):
        Delivery.objects.create(
            kind="group_decided",
            recipient=f"members.member:{member.pk}",
            member=member,
            object_key=f"reading_groups.group:{number}",
            occurrence="answered",
            due_at=now,
            state="sent",
            sent_at=now,
            notice=f"“Group {number}” is open",
            notice_path=f"/groups/{number}/",
        )


@pytest.mark.parametrize("rows", [3, 60])
def test_what_a_member_was_told_costs_the_same_at_any_length(client, member, rows):
    told(member, rows)
    told(MemberFactory(), 2)
    # The site; the count; the page.
    with exactly(3, signed_in=True):
        page = client.get("/me/notices/")
    assert len(page.context["page"]) == min(rows, 20)
    assert page.text.count("New</p>") == min(rows, 20)


def test_new_notices_stand_on_the_week_until_they_are_read(client, member):
    told(member, 6)
    assert client.get("/me/").text.count("is open</a>") == 4
    assert client.post("/me/notices/read/", {"next": "/me/"}).headers["Location"] == "/me/"
    assert "New for you" not in client.get("/me/").text
    page = client.get("/me/notices/").text
    assert (page.count("is open</a>"), "New</p>" in page) == (6, False)


def test_members_are_asked_only_about_what_can_reach_them(client, member):
    page = client.get(PAGE).text
    assert "A member proposes a group" not in page
    assert "A session begins in an hour" in page
    client.force_login(OrganizerFactory())
    page = client.get(PAGE).text
    assert page.count("A member proposes a group") == 2  # to choose, and in the table of all
