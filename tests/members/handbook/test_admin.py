"""The handbook in the admin: places and switches there, words on the site."""

import pytest

from collaborative.models import Site
from members.handbook.models import ChecklistItem, Page
from tests.factories import AdminFactory, ChecklistItemFactory, PageFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
PAGES, ITEMS = "/admin/handbook/page/", "/admin/handbook/checklistitem/"
VERSIONS = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}


@pytest.fixture(autouse=True)
def admin(client):
    admin = AdminFactory()
    client.force_login(admin)
    return admin


def test_a_page_is_added_with_its_first_version(client, admin):
    fields = {"title": "Reading", "section": "Everyone", "order": 5, "slug": "reading", "text": "One.", "summary": ""}
    client.post(f"{PAGES}add/", fields)
    page = Page.objects.get()
    assert (page.slug, page.text, page.versions.get().author) == ("reading", "One.", admin)


@pytest.mark.parametrize(("slug", "words"), [("checklist", "uses this word itself"), ("taken", "already exists")])
def test_an_address_that_cannot_be_is_said_on_its_field(client, slug, words):
    PageFactory(slug="taken")
    fields = {"title": "Reading", "section": "Everyone", "order": 5, "slug": slug, "text": "One."}
    assert words in client.post(f"{PAGES}add/", fields).content.decode()
    assert Page.objects.count() == 1


def test_a_page_gets_another_place_and_address_and_keeps_its_words(client):
    page = PageFactory(slug="reading", text="One.")
    fields = {"title": "No", "text": "No.", "section": "Later", "order": 7, "slug": "reading-well"} | VERSIONS
    client.post(f"{PAGES}{page.pk}/change/", fields)
    changed = Page.objects.get()
    assert (changed.section, changed.order, changed.slug) == ("Later", 7, "reading-well")
    assert (changed.title, changed.text, changed.revision) == (page.title, "One.", 1)


def test_pages_are_taken_out_and_put_back(client):
    pages = PageFactory.create_batch(2)
    for action, is_removed in (("take_out", True), ("put_back", False)):
        client.post(PAGES, {"action": action, "_selected_action": [page.pk for page in pages]})
        assert set(Page.objects.values_list("is_removed", flat=True)) == {is_removed}


def test_a_page_and_a_suggestion_lead_to_where_they_are_written_and_answered(client):
    suggestion = SuggestionFactory()
    page = client.get(f"{PAGES}{suggestion.page_id}/change/").content.decode()
    assert f"/handbook/{suggestion.page.slug}/edit/" in page
    assert f"/handbook/{suggestion.page.slug}/history/1/" in page
    shown = client.get(f"/admin/handbook/suggestion/{suggestion.pk}/change/").content.decode()
    assert suggestion.get_absolute_url() in shown


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//elsewhere.example.org/", "http://example.org/", "welcome/"])
def test_an_item_leads_nowhere_else(client, link):
    fields = {"text": "Do this", "key": "this", "order": 1, "part": "", "link": link}
    assert "Begin with /" in client.post(f"{ITEMS}add/", fields).content.decode()
    assert not ChecklistItem.objects.exists()


def test_an_item_belongs_to_a_part_that_there_is(client):
    fields = {"text": "Do this", "key": "this", "order": 1, "link": "/groups/"}
    assert "Select a valid choice" in client.post(f"{ITEMS}add/", fields | {"part": "nonsense"}).content.decode()
    client.post(f"{ITEMS}add/", fields | {"part": "groups"})
    assert ChecklistItem.objects.get().part == "groups"


def test_parts_are_switched_in_the_admin_and_leave_its_sidebar(client):
    ChecklistItemFactory()
    assert PAGES in client.get("/admin/").content.decode()
    fields = {"name": "Reading Together", "zone": "Asia/Kolkata", "lead": "", "contact_email": "", "parts": ["groups"]}
    client.post("/admin/collaborative/site/1/change/", fields)
    assert Site.objects.get().parts == ["groups"]
    sidebar = client.get("/admin/members/member/").content.decode()
    assert [PAGES in sidebar, "/admin/reading_groups/readinggroup/" in sidebar] == [False, True]
    client.post("/admin/collaborative/site/1/change/", fields | {"parts": []})
    assert Site.objects.get().parts == []
    assert "Select a valid choice" in (
        client.post("/admin/collaborative/site/1/change/", fields | {"parts": ["nonsense"]}).content.decode()
    )
