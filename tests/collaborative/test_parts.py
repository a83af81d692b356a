"""Parts of the site that are off are nowhere: no link, no address, no checklist item, no mail."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from collaborative.home.kinds import BY_PART, KINDS, kinds_with
from collaborative.home.tasks import send_due, write_obligations
from collaborative.models import Site
from collaborative.parts import NARROW_LINKS, PARTS, navigation_for, part_of
from notifications.models import Delivery
from tests.factories import (
    ChecklistItemFactory,
    CohortFactory,
    EnrolmentFactory,
    MemberFactory,
    OrganizerFactory,
    PageFactory,
    PlaceFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
KEYS = {part.key for part in PARTS}


def switch(*parts):
    Site.objects.update_or_create(pk=1, defaults={"name": "Reading Together", "parts": list(parts)})


def body(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.fixture
def group():
    group = ReadingGroupFactory(title="Attention, slowly")
    SessionFactory(group=group, starts_at=timezone.now() + timedelta(hours=30))
    return group


def test_groups_and_handbook_are_on_at_first(client, parts_of_a_new_site):
    CohortFactory(slug="open")
    assert set(Site.current().parts) == {"groups", "handbook"}
    assert [client.get(path).status_code for path in ("/groups/", "/handbook/")] == [200, 200]
    assert client.get("/cohorts/open/apply/").status_code == 404
    switch("cohorts")
    assert client.get("/cohorts/open/apply/").status_code == 200


@pytest.mark.parametrize("viewer", [None, MemberFactory, OrganizerFactory, lambda: MemberFactory(is_superuser=True)])
@pytest.mark.parametrize(
    ("off", "paths"),
    [
        ("groups", ["/groups/", "/groups/attention/", "/groups/attention/join/"]),
        ("handbook", ["/handbook/", "/handbook/reading/", "/handbook/checklist/", "/handbook/new/"]),
        ("cohorts", ["/cohorts/open/", "/cohorts/open/apply/"]),
    ],
)
def test_addresses_of_a_part_that_is_off_are_not_there_for_anybody(client, viewer, off, paths):
    ReadingGroupFactory(slug="attention")
    PageFactory(slug="reading")
    CohortFactory(slug="open")
    switch(*KEYS - {off})
    if viewer:
        client.force_login(viewer(), backend=BACKEND)
    for path in paths:
        assert [client.get(path).status_code, client.post(path).status_code] == [404, 404], path


@pytest.mark.parametrize("parts", [[], ["groups"], ["handbook"], ["groups", "handbook"], ["handbook", "of old"]])
def test_pages_that_stay_name_no_part_that_is_off(client, group, parts):
    member = MemberFactory()
    EnrolmentFactory(group=group, member=member)
    ReadingGroupFactory(organizers=[member])
    switch(*parts)
    pages = [body(client, "/"), body(client, "/accounts/login/")]
    client.force_login(member, backend=BACKEND)
    pages += [body(client, "/"), body(client, "/me/"), body(client, "/me/profile/")]
    pages.append(client.get("/nowhere/").content.decode())
    for page in pages:
        assert ('href="/groups/' in page or 'action="/groups/' in page) == ("groups" in parts)
        assert ('href="/handbook/' in page) == ("handbook" in parts)


def test_the_week_keeps_quiet_about_parts_that_are_off(client, group):
    member = MemberFactory()
    EnrolmentFactory(group=group, member=member)
    ReadingGroupFactory(organizers=[member], title="My own group")
    PlaceFactory(member=member)
    client.force_login(member, backend=BACKEND)
    texts = ("Attention, slowly", "My own group", "Your cohort")
    page = body(client, "/me/")
    assert [text in page for text in texts] == [True] * 3
    switch("handbook")
    page = body(client, "/me/")
    assert [text in page for text in (*texts, "Find a reading group")] == [False] * 4


def test_the_admin_lists_nothing_of_a_part_that_is_off(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True), backend=BACKEND)
    lists = {
        "groups": "/admin/reading_groups/",
        "projects": "/admin/projects/",
        "mentoring": "/admin/mentorship/",
        "cohorts": "/admin/cohorts/",
        "handbook": "/admin/handbook/",
    }
    assert set(lists) == KEYS
    for off, path in lists.items():
        switch(*KEYS - {off})
        cache.clear()  # the theme remembers for five minutes what a search found
        pages = body(client, "/admin/") + body(client, "/admin/search/?s=s")
        assert {key: f'href="{listed}' in pages for key, listed in lists.items()} == {key: key != off for key in KEYS}
        assert client.get(path).status_code == 404


def test_cohorts_name_no_groups_where_there_are_none(client, now):
    member = MemberFactory()
    cohort = CohortFactory(slug="over", state="running")
    PlaceFactory(member=member, cohort=cohort)
    client.force_login(member, backend=BACKEND)
    paths = ("/cohorts/", "/cohorts/over/", "/cohorts/over/apply/", "/cohorts/over/apply/sent/")
    pages = [body(client, path) for path in paths]
    assert all('href="/groups/' in page and "eading group" in page for page in pages)
    switch("cohorts")
    pages = [body(client, path) for path in paths]
    assert not any('href="/groups/' in page or "eading group" in page for page in pages)


def test_items_of_a_part_that_is_off_are_not_on_the_checklist(client):
    ChecklistItemFactory(text="Read this")
    ChecklistItemFactory(text="Take a place", part="groups")
    client.force_login(MemberFactory(), backend=BACKEND)
    assert "0 of 2 done" in body(client, "/handbook/checklist/")
    switch("handbook")
    page = body(client, "/handbook/checklist/")
    assert ["0 of 1 done" in page, "Take a place" in page] == [True, False]


def test_a_part_that_is_off_sends_nothing_and_what_it_owed_is_closed(group, mailbox_folder):
    EnrolmentFactory(group=group)
    write_obligations()
    assert Delivery.objects.count() == 2  # a day before the session, and an hour before it
    Delivery.objects.update(due_at=timezone.now())
    switch("handbook")
    assert write_obligations() == 0
    send_due()
    outcomes = set(Delivery.objects.values_list("state", "reason"))
    assert outcomes == {(Delivery.State.SUPPRESSED, "no longer wanted")}
    assert list(mailbox_folder.glob("*")) == []


@pytest.fixture
def mailbox_folder(settings, tmp_path):
    settings.MAILERS = {
        "default": {"BACKEND": "notifications.mail.FolderBackend", "OPTIONS": {"folder": str(tmp_path)}}
    }
    return tmp_path


def test_every_kind_of_mail_belongs_to_a_part_that_there_is():
    assert set(BY_PART) <= KEYS | {""}
    assert set(kinds_with(KEYS)) == {kind.key for kind in KINDS}
    assert kinds_with(KEYS) == {kind.key: kind for kind in KINDS}


def test_few_links_stay_side_by_side_and_many_fold():
    few = navigation_for({"groups", "handbook"}, is_signed_in=True)
    assert [part.key for part in few.parts] == ["groups", "handbook"]
    assert len(few.parts) < NARROW_LINKS
    assert not few.folds


def test_many_links_fold_those_that_may(client, monkeypatch):
    shown = [part for part in PARTS if part.url] * 2
    monkeypatch.setattr("collaborative.parts.PARTS", shown)
    client.force_login(MemberFactory(), backend=BACKEND)
    page = body(client, "/me/profile/").split("<nav")[1].split("</nav>")[0]
    assert [page.count('class="nav-wide"'), page.count("nav-more"), page.count("<li>")] == [2, 1, 2]


@pytest.mark.parametrize(
    ("namespaces", "key"),
    [
        (["handbook"], "handbook"),
        (["reading_groups"], "groups"),
        (["cohorts"], "cohorts"),
        (["admin"], None),
        ([], None),
    ],
)
def test_an_address_belongs_to_a_part_by_its_namespace(namespaces, key):
    part = part_of(namespaces)
    assert (part and part.key) == key
