"""The public home page and a member's week."""

from datetime import timedelta

import pytest
from django.utils import timezone

from collaborative.models import Site
from reading_groups.models import Enrolment
from tests.factories import (
    BallotFactory,
    ChecklistItemFactory,
    EnrolmentFactory,
    MeetingFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    TopicFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def group_tomorrow(**fields):
    group = ReadingGroupFactory(topics=[TopicFactory()], **fields)
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=1))
    ReadingFactory(group=group, session=session, paper=PaperFactory())
    return group


@pytest.mark.parametrize("rows", [1, 12])
def test_the_home_page_costs_the_same_at_any_length(client, rows):
    for _group in range(rows):
        group_tomorrow()
    # The site; the number of groups; open groups and their topics; next sessions with groups, and their readings.
    with exactly(6):
        client.get("/")


def test_an_empty_collaborative_has_a_useful_home_page(client):
    page = client.get("/").content.decode()
    assert "How a group works" in page
    assert [text in page for text in ("Next sessions", "Groups with open places", "At the moment")] == [False] * 3


def test_the_site_is_called_what_its_row_says(client):
    Site.objects.create(pk=1, name="A Small Collaborative", lead="Six people, one paper a fortnight.")
    page = client.get("/").content.decode()
    assert "A Small Collaborative</a>" in page
    assert "Six people, one paper a fortnight." in page


@pytest.mark.parametrize("rows", [1, 12])
def test_your_week_costs_the_same_at_any_length(client, rows):
    member = MemberFactory()
    client.force_login(member, backend=BACKEND)
    for _group in range(rows):
        EnrolmentFactory(group=group_tomorrow(), member=member)
        ReadingGroupFactory(organizers=[member])
        MeetingFactory(starts_at=timezone.now() + timedelta(days=2), participants=[member, MemberFactory()])
        BallotFactory(member=member)
    # The site; sessions with groups, and their readings; meetings, and who takes part; own groups; groups that the
    # member organizes; the checklist; places and applications in cohorts, and sections led; tasks due; notices; what
    # presenters ask; polls that wait.
    with exactly(15, signed_in=True):
        client.get("/me/")


def test_a_newcomer_finds_the_first_steps_until_they_are_ticked(client):
    member, item = MemberFactory(), ChecklistItemFactory(text="Read the welcome page", link="/handbook/welcome/")
    client.force_login(member, backend=BACKEND)
    page = client.get("/me/").content.decode()
    assert "0 of 1 done" in page
    assert '<a href="/handbook/welcome/">Read the welcome page</a>' in page
    client.post("/handbook/checklist/", {"shown": [item.key], "done": [item.key]})
    assert "Getting started" not in client.get("/me/").content.decode()


def test_your_week_holds_sessions_and_meetings_in_order(client):
    member, start = MemberFactory(), timezone.now() + timedelta(days=1)
    EnrolmentFactory(group=group_tomorrow(title="Two diffusion papers a month"), member=member)
    MeetingFactory(title="First meeting", starts_at=start - timedelta(hours=2), participants=[member, MemberFactory()])
    client.force_login(member, backend=BACKEND)
    response = client.get("/me/")
    assert [item.kind for day in response.context["week"] for item in day["items"]] == ["meeting", "session"]
    assert "See the meeting" in response.content.decode()


def test_your_week_holds_what_waits_for_an_answer(client):
    member, group = MemberFactory(), group_tomorrow(title="Two diffusion papers a month")
    until = timezone.now() + timedelta(hours=20)
    EnrolmentFactory(group=group, member=member, state=Enrolment.State.HELD, held_until=until)
    client.force_login(member, backend=BACKEND)
    page = client.get("/me/").content.decode()
    assert "Waits for your answer" in page
    assert f'action="{group.get_absolute_url()}join/"' in page


def test_a_new_member_is_asked_for_name_and_zone_first(client):
    client.force_login(MemberFactory(name="", time_zone=""), backend=BACKEND)
    assert client.get("/me/").headers["Location"] == "/me/profile/"


@pytest.mark.parametrize(("sent", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("<b>", "")])
def test_appearance_is_kept_in_a_cookie(client, sent, kept):
    response = client.post("/appearance/", {"appearance": sent, "next": "/groups/"})
    assert (response.headers["Location"], response.cookies["theme"].value) == ("/groups/", kept)
    assert ("data-theme=" in client.get("/").content.decode()) == bool(kept)


def test_links_back_never_leave_the_site(client):
    response = client.post("/appearance/", {"appearance": "dark", "next": "https://elsewhere.example.org/"})
    assert response.headers["Location"] == "/"


def test_visitors_choose_a_zone_and_members_keep_theirs(client):
    response = client.post("/zone/", {"time_zone": "Asia/Calcutta", "next": "/groups/"})
    assert (response.headers["Location"], response.cookies["zone"].value) == ("/groups/", "Asia/Kolkata")
    assert "Kolkata, UTC+5:30" in client.get("/").content.decode()
    member = MemberFactory(time_zone="Europe/Berlin")
    client.force_login(member, backend=BACKEND)
    client.post("/zone/", {"time_zone": "Africa/Nairobi"})
    member.refresh_from_db()
    assert member.time_zone == "Africa/Nairobi"


def test_a_zone_that_does_not_exist_comes_back_with_its_reason(client):
    response = client.post("/zone/", {"time_zone": "Mars/Olympus"})
    assert response.status_code == 422
    assert "There is no time zone called “Mars/Olympus”" in response.content.decode()


def test_a_cookie_with_nonsense_is_ignored(client):
    client.cookies["zone"] = "../../etc/passwd"
    assert client.get("/").status_code == 200


def test_mails_kept_here_are_shown_locally_only(client, settings, tmp_path):
    settings.LOCAL_MAIL_DIR = tmp_path
    (tmp_path / "20261124-120000-000001-abcdef.eml").write_bytes(
        b"Subject: Confirm\r\nTo: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        b"Go to http://testserver/accounts/confirm-email/x/ <script>\r\n"
    )
    page = client.get("/local/mail/20261124-120000-000001-abcdef.eml").content.decode()
    assert 'href="http://testserver/accounts/confirm-email/x/"' in page
    assert "<script>" not in page.split("<main")[1].split("</main>")[0]
    assert client.get("/local/mail/..%2Fsecret-key").status_code == 404
    settings.LOCAL_MODE = False
    assert client.get("/local/mail/").status_code == 404
    assert "Mails are not sent" not in client.get("/").content.decode()
