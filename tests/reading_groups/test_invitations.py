"""Links into a group: who sees and makes them, how many they let in, and that they last through signing up."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client

from reading_groups import actions
from reading_groups.models import Enrolment, InvitationLink, InvitationUse, ReadingGroup
from tests.factories import (
    EnrolmentFactory,
    InvitationLinkFactory,
    MemberFactory,
    PaperFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    SitInFactory,
)
from tests.pages import fields_of
from tests.plain_browser import PlainBrowser
from tests.queries import exactly
from tests.races import race

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
State, Place = ReadingGroup.State, Enrolment.State
LINKS = "/groups/graphs/links/"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="graphs", title="Graphs", capacity=5)


@pytest.fixture
def organizer(client, group):
    member = MemberFactory(name="Member O")
    group.organizers.add(member)
    client.force_login(member, backend=BACKEND)
    return member


@pytest.fixture
def link(group):
    return InvitationLinkFactory(group=group, token="a-token", most_uses=2)


def join(link, now, member=None):
    return actions.join_by_link(actor=member or MemberFactory(), token=link.token, now=now)


def count(link):
    link.refresh_from_db()
    return link.used, link.uses.count()


# Joining


def test_a_link_lets_in_as_many_as_it_may(link, now):
    for _person in range(2):
        assert join(link, now).state == Place.ENROLLED
    with pytest.raises(actions.LinkIsClosed):
        join(link, now)
    assert count(link) == (2, 2)
    assert link.is_used_up


def test_whoever_is_in_the_group_stays_and_does_not_count(group, link, now):
    places = [EnrolmentFactory(group=group, state=state) for state in (Place.ENROLLED, Place.WAITLISTED)]
    for place in places:
        assert join(link, now, place.member) == place
    held = EnrolmentFactory(group=group, state=Place.HELD)
    actions.revoke_link(link_id=link.pk, now=now)
    assert join(link, now, held.member).state == Place.ENROLLED
    assert count(link) == (0, 0)


def test_whoever_leaves_and_comes_back_counts_once(group, link, now):
    member = MemberFactory()
    for _time in range(3):
        join(link, now, member)
        actions.leave_group(actor=member, group_id=group.pk, now=now)
    join(link, now)
    assert count(link) == (2, 2)
    assert join(link, now, member).state == Place.ENROLLED


def test_a_full_group_puts_those_who_come_by_a_link_at_the_end_of_its_line(now):
    group = ReadingGroupFactory(capacity=1)
    EnrolmentFactory(group=group)
    first = EnrolmentFactory(group=group, state=Place.WAITLISTED)
    link = InvitationLinkFactory(group=group)
    second = join(link, now)
    assert second.state == Place.WAITLISTED
    assert list(group.enrolments.in_line()) == [first, second]


@pytest.mark.parametrize("state", [State.DRAFT, State.PAUSED, State.COMPLETED, State.ARCHIVED])
def test_a_link_opens_no_group_that_is_closed(link, now, state):
    ReadingGroup.objects.update(state=state)
    with pytest.raises(actions.GroupIsClosed):
        join(link, now)
    assert count(link) == (0, 0)


def test_a_link_that_is_not_there_is_told(now):
    with pytest.raises(InvitationLink.DoesNotExist):
        actions.join_by_link(actor=MemberFactory(), token="nonsense", now=now)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"used": 3}, "link_used_within_its_cap"),
        ({"most_uses": 0}, "link_lets_somebody_in"),
        ({"token": ""}, "link_has_a_token"),
    ],
)
def test_what_the_database_refuses(link, change, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        InvitationLink.objects.filter(pk=link.pk).update(**change)


def test_a_link_is_used_once_by_each(link, now):
    use = InvitationUse.objects.create(link=link, member=MemberFactory(), used_at=now)
    with pytest.raises(IntegrityError, match="link_used_once_by_each"):
        InvitationUse.objects.create(link=link, member=use.member, used_at=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_of_thirty_who_come_at_once_as_many_get_in_as_the_link_lets(now, run):
    group = ReadingGroupFactory(capacity=4)
    link = InvitationLinkFactory(group=group, most_uses=7)

    def come(member):
        try:
            return join(link, now, member).state
        except actions.LinkIsClosed:
            return "closed"

    states = race(*[lambda member=member: come(member) for member in [MemberFactory() for _ in range(30)]])
    assert [states.count(state) for state in (Place.ENROLLED, Place.WAITLISTED, "closed")] == [4, 3, 23]
    assert count(link) == (7, 7)


@pytest.mark.django_db(transaction=True)
def test_twenty_clicks_of_one_person_count_once(now):
    link, member = InvitationLinkFactory(most_uses=5), MemberFactory()
    race(*[lambda: join(link, now, member)] * 20)
    assert count(link) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_cap_that_shrinks_while_people_come_is_kept(now):
    link = InvitationLinkFactory(group=ReadingGroupFactory(capacity=30), most_uses=20)

    def come(member):
        try:
            return join(link, now, member).state
        except actions.LinkIsClosed:
            return "closed"

    def cap():
        try:
            return actions.cap_link(link_id=link.pk, most_uses=3).most_uses
        except actions.MoreHaveCome:
            return None

    joins = [lambda member=member: come(member) for member in [MemberFactory() for _ in range(16)]]
    got = race(*joins[:8], cap, *joins[8:])
    used, uses = count(link)
    assert used == uses == got.count(Place.ENROLLED) <= link.most_uses
    assert link.most_uses == (3 if 3 in got else 20)


# The page of a link


def test_a_visitor_comes_back_to_the_group_through_signing_up(link, settings, tmp_path, now):
    """With nothing but HTTP: the mail that the site keeps, an address to confirm, a profile, and then one button."""
    settings.LOCAL_MAIL_DIR = tmp_path
    settings.MAILERS = {
        "default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(tmp_path)}}
    }
    person = PlainBrowser()
    person.open("/groups/invited/a-token/")
    assert "You are invited to a reading group" in person.words
    person.follow("Take a place").press("Join", email="new@example.org", password1="three unrelated words")
    person.open("/").follow("Read the mails")
    person.open(re.search(r'<a href="(/local/mail/[^"]+)"', person.html).group(1))
    address = next(text for text, _href in person.page.links if "/accounts/confirm-email/" in text)
    person.follow(address).press("Confirm this address")
    person.press("Save profile", name="Member N", time_zone="Asia/Kathmandu")
    assert person.url == "/groups/invited/a-token/"
    assert person.press("Take a place").url == "/groups/graphs/"
    assert count(link) == (1, 1)


def test_the_confirmation_in_another_browser_leads_to_the_invitation_as_well(link, settings, tmp_path):
    settings.LOCAL_MAIL_DIR = tmp_path
    settings.MAILERS = {
        "default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(tmp_path)}}
    }
    laptop, phone = PlainBrowser(), PlainBrowser()
    laptop.open("/groups/invited/a-token/").follow("Take a place")
    laptop.press("Join", email="new@example.org", password1="three unrelated words")
    phone.open("/").follow("Read the mails")
    phone.open(re.search(r'<a href="(/local/mail/[^"]+)"', phone.html).group(1))
    address = next(text for text, _href in phone.page.links if "/accounts/confirm-email/" in text)
    phone.follow(address).press("Confirm this address")
    phone.press("Sign in", login="new@example.org", password="three unrelated words")
    phone.press("Save profile", name="Member N", time_zone="Asia/Kathmandu")
    assert phone.url == "/groups/invited/a-token/"


def test_a_click_of_somebody_who_is_signed_out_is_asked_again_and_changes_nothing(link):
    response = Client().post("/groups/invited/a-token/")
    assert response.headers["Location"] == "/accounts/login/?next=/groups/invited/a-token/"
    assert count(link) == (0, 0)


def test_somebody_without_a_profile_fills_it_in_first(client, link):
    client.force_login(MemberFactory(name="", time_zone=""), backend=BACKEND)
    response = client.post("/groups/invited/a-token/")
    assert response.headers["Location"] == "/me/profile/?next=%2Fgroups%2Finvited%2Fa-token%2F"
    assert count(link) == (0, 0)


def test_joining_midway_shows_the_next_session_and_not_the_first(client, group, link, now):
    for n, title in enumerate(("The first one", "The second one", "The third one", "The fourth one")):
        session = SessionFactory(group=group, starts_at=now + timedelta(days=7 * n - 10))
        ReadingFactory(group=group, session=session, paper=PaperFactory(title=title))
    with time_machine.travel(now, tick=False):
        page = client.get("/groups/invited/a-token/").text
        assert ("The third one" in page, "The first one" in page) == (True, False)
        assert "It has met 2 times. You can join at any session." in page
        client.force_login(MemberFactory(), backend=BACKEND)
        page = client.post("/groups/invited/a-token/", follow=True).text
    told = "You have a place. We will remind you a day before each session. Your first is the next one, on"
    assert re.search(f"{told} Sat 28 Nov: The third one", page)
    start = page.index('id="next"')
    assert page.index("The third one", start) < page.index("The fourth one", start)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"revoked": True}, "This link has been revoked"),
        ({"used": 2}, "This link has let in as many as it may"),
        ({"state": "draft"}, "The group is not open yet"),
        ({"state": "paused"}, "The group pauses"),
        ({"state": "archived"}, "This group has finished"),
    ],
)
def test_a_link_that_lets_nobody_in_says_why_and_what_to_do(client, link, now, change, told):
    client.force_login(MemberFactory(), backend=BACKEND)
    InvitationLink.objects.update(revoked_at=now if "revoked" in change else None, used=change.get("used", 0))
    ReadingGroup.objects.update(state=change.get("state", "open"))
    for _answer in (client.get("/groups/invited/a-token/"), client.post("/groups/invited/a-token/", follow=True)):
        assert told in _answer.text
        assert "Take a place" not in _answer.text
    assert not Enrolment.objects.exists()


def test_an_address_that_was_never_a_link_is_a_404(client):
    assert client.get("/groups/invited/nonsense/").status_code == 404


@pytest.mark.parametrize("sessions", [2, 40])
def test_the_page_costs_the_same_at_any_length(client, group, link, now, sessions):
    for week in range(-sessions, sessions):
        ReadingFactory(group=group, session=SessionFactory(group=group, starts_at=now + timedelta(weeks=week, days=1)))
    # Site, link with its group, the group's standing and counts, the next session, its readings.
    with time_machine.travel(now, tick=False), exactly(5):
        assert client.get("/groups/invited/a-token/").status_code == 200


# What organizers do with links


def test_organizers_make_see_cap_and_revoke_links(client, group, organizer, now):
    response = client.post(LINKS, {"note": "For the course", "most_uses": "3"}, follow=True)
    link = InvitationLink.objects.get()
    assert (link.note, link.most_uses, link.created_by, len(link.token) > 20) == ("For the course", 3, organizer, True)
    assert f"http://testserver/groups/invited/{link.token}/" in response.text
    for _person in range(2):
        join(link, now)
    assert "2 of 3 people came by it." in client.get(LINKS).text
    cap = f"{LINKS}{link.pk}/cap/"
    name = f"link-{link.pk}-most_uses"
    for value, told in (("1", "More people have come by it already"), ("0", "At least one"), ("x", "whole number")):
        response = client.post(cap, {name: value})
        assert (response.status_code, told in response.text) == (422, True)
    assert client.post(cap, {name: "2"}).status_code == 302
    link.refresh_from_db()
    assert (link.most_uses, link.is_open) == (2, False)
    client.post(cap, {name: ""})
    link.refresh_from_db()
    assert (link.most_uses, link.is_open) == (None, True)
    for _click in range(2):
        assert client.post(f"{LINKS}{link.pk}/revoke/").headers["Location"] == LINKS
    with pytest.raises(actions.LinkIsClosed):
        join(link, now)
    assert group.enrolments.live().count() == 2
    assert link.token not in client.get(LINKS).text


def test_what_was_typed_comes_back(client, organizer):
    response = client.post(LINKS, {"note": "For the course", "most_uses": "100000"})
    assert response.status_code == 422
    kept = fields_of(response, "link")
    assert (kept["note"], kept["most_uses"]) == (["For the course"], ["100000"])


def test_a_link_of_another_group_is_not_there(client, organizer):
    other = InvitationLinkFactory()
    for verb in ("cap", "revoke"):
        assert client.post(f"{LINKS}{other.pk}/{verb}/").status_code == 404


@pytest.mark.parametrize("rows", [2, 30])
def test_the_list_costs_the_same_at_any_length(client, group, organizer, rows, now):
    session = SessionFactory(group=group)
    for _row in range(rows):
        InvitationLinkFactory(group=group)
        SitInFactory(session=session)
    # Site, group with the viewer's standing, links, who is invited, who sits in.
    with exactly(5, signed_in=True):
        assert client.get(LINKS).status_code == 200
