"""Reading the handbook: by visitors and members, in a fixed number of queries at any length."""

import pytest

from members.handbook.actions import save_page, save_ticks
from members.handbook.models import ChecklistItem, Page
from members.handbook.search import pages_for
from tests.factories import ChecklistItemFactory, MemberFactory, OrganizerFactory, PageFactory, SuggestionFactory
from tests.queries import exactly

pytestmark = pytest.mark.django_db


def sign_in(client, member):
    client.force_login(member)
    return member


def fill(rows):
    """A handbook of so many pages, each with a version more and a suggestion, and a checklist of as many items."""
    for n in range(rows):
        page = PageFactory(section=f"Section {n % 3}", order=n)
        save_page(actor=MemberFactory(), page_id=page.pk, base=1, title=page.title, text="Anew.", now=page.changed_at)
        SuggestionFactory(page=page)
        ChecklistItemFactory(link=page.get_absolute_url())
    return Page.objects.first()


@pytest.mark.parametrize("rows", [3, 40])
def test_a_page_costs_the_same_in_a_handbook_of_any_length(client, rows):
    page = fill(rows)
    # The site; the page with who changed it; the contents.
    with exactly(3):
        assert client.get(page.get_absolute_url()).status_code == 200
    # And whether they may edit; the checklist.
    sign_in(client, MemberFactory())
    with exactly(5, signed_in=True):
        client.get(page.get_absolute_url())
    # And how many suggestions wait.
    sign_in(client, OrganizerFactory())
    with exactly(6, signed_in=True):
        client.get(page.get_absolute_url())


@pytest.mark.parametrize("rows", [3, 40])
def test_the_contents_cost_the_same_at_any_length(client, rows):
    fill(rows)
    # The site; the contents.
    with exactly(2):
        client.get("/handbook/")
    # And whether they may edit; how many suggestions wait; pages that were taken out; the checklist.
    sign_in(client, OrganizerFactory())
    with exactly(6, signed_in=True):
        client.get("/handbook/")


@pytest.mark.parametrize("rows", [3, 40])
def test_the_history_costs_the_same_at_any_length(client, rows):
    author, page = sign_in(client, MemberFactory()), PageFactory()
    for n in range(rows):
        save_page(actor=author, page_id=page.pk, base=n + 1, title="T", text=f"Text {n}", now=page.changed_at)
    # The site; the page; the number of versions, and a page of them.
    with exactly(4, signed_in=True):
        client.get(f"/handbook/{page.slug}/history/")


@pytest.mark.parametrize("rows", [3, 40])
def test_the_suggestions_cost_the_same_at_any_length(client, rows):
    fill(rows)
    sign_in(client, OrganizerFactory())
    # The site; those that wait; the number of those that were answered; whether they are an organizer.
    with exactly(4, signed_in=True):
        assert client.get("/handbook/suggestions/").content.count(b"Say it more simply") == rows


def test_pages_stand_in_order_and_sections_where_their_first_page_does(client):
    for title, section, order in [("C", "Later", 30), ("A", "First", 10), ("B", "Later", 20), ("D", "First", 40)]:
        PageFactory(title=title, section=section, order=order)
    content = client.get("/handbook/").content.decode().split("<main")[1]
    places = [content.index(f">{text}</") for text in ("First", "A", "D", "Later", "B", "C")]
    assert places == sorted(places)


def test_a_page_leads_to_the_ones_before_and_after_it(client):
    for n in range(3):
        PageFactory(title=f"Page {n}", slug=f"page-{n}", order=n)
    content = client.get("/handbook/page-1/").content.decode()
    assert "Before: Page 0</a>" in content
    assert "Next: Page 2</a>" in content
    assert "page 2 of 3" in content


def test_markdown_is_shown_below_the_title_and_markup_as_text(client):
    page = PageFactory(text="# One\n\n### Two\n\n<script>alert(1)</script> [bad](javascript:alert(1))")
    content = client.get(page.get_absolute_url()).content.decode()
    assert "<h2>One</h2>" in content
    assert "<h3>Two</h3>" in content
    assert "<script>alert" not in content
    assert 'href="javascript:' not in content


def test_visitors_read_pages_and_see_no_names(client):
    page = PageFactory(actor=MemberFactory(name="Member Q"))
    content = client.get(page.get_absolute_url()).content.decode()
    assert ["Member Q" in content, "Earlier versions" in content, "Suggest an edit" in content] == [False] * 3
    sign_in(client, MemberFactory())
    content = client.get(page.get_absolute_url()).content.decode()
    assert ["by Member Q" in content, "Earlier versions" in content, "Suggest an edit" in content] == [True] * 3


def test_a_page_that_was_taken_out_is_there_for_organizers_alone(client):
    page = PageFactory(title="Of old", is_removed=True)
    assert client.get(page.get_absolute_url()).status_code == 404
    assert b"Of old" not in client.get("/handbook/").content
    sign_in(client, OrganizerFactory())
    assert b"Put it back" in client.get(page.get_absolute_url()).content
    assert b"Of old" in client.get("/handbook/").content


def test_an_empty_handbook_says_how_it_could_begin(client):
    assert "No pages yet" in client.get("/handbook/").content.decode()
    sign_in(client, OrganizerFactory())
    assert "Write the first page" in client.get("/handbook/").content.decode()


# The checklist -----------------------------------------------------------------------------------------------------


def test_a_page_shows_the_items_that_lead_to_it(client):
    page = PageFactory()
    ChecklistItemFactory(text="Read this", link=page.get_absolute_url())
    ChecklistItemFactory(text="Read that", link="/handbook/elsewhere/")
    assert b"Your checklist" not in client.get(page.get_absolute_url()).content
    sign_in(client, MemberFactory())
    content = client.get(page.get_absolute_url()).content.decode()
    assert ("Read this" in content, "Read that" in content) == (True, False)


def test_ticking_on_a_page_leaves_the_other_items_alone(client, now):
    member = sign_in(client, MemberFactory())
    for key in ("here", "there", "neither"):
        ChecklistItemFactory(key=key)
    save_ticks(actor=member, shown=["there"], done=["there"], now=now)
    response = client.post(
        "/handbook/checklist/", {"shown": ["here", "gone"], "done": ["here", "neither"], "next": "/handbook/x/"}
    )
    assert response.headers["Location"] == "/handbook/x/"
    assert done_by(member) == {"here", "there"}
    client.post("/handbook/checklist/", {"shown": ["here", "there"], "done": ["there"]})
    client.post("/handbook/checklist/", {"shown": ["here", "there"], "done": ["there"]})
    assert done_by(member) == {"there"}


def done_by(member):
    return {item.key for item in ChecklistItem.objects.with_ticks_of(member) if item.is_done}


def test_the_checklist_page_says_how_far_one_is(client, now):
    member = sign_in(client, MemberFactory())
    ChecklistItemFactory(key="first")
    ChecklistItemFactory(key="second", link="https://example.org/")
    save_ticks(actor=member, shown=["first"], done=["first"], now=now)
    save_ticks(actor=MemberFactory(), shown=["second"], done=["second"], now=now)
    # The site; the checklist.
    with exactly(2, signed_in=True):
        content = client.get("/handbook/checklist/").content.decode()
    assert "1 of 2 done" in content
    assert 'href="https://example.org/"' in content


def test_a_checklist_without_items_leads_on(client):
    sign_in(client, MemberFactory())
    assert "Nothing to tick" in client.get("/handbook/checklist/").content.decode()


def test_saving_never_leads_off_the_site(client):
    sign_in(client, MemberFactory())
    response = client.post("/handbook/checklist/", {"next": "https://elsewhere.example.org/"})
    assert response.headers["Location"] == "/handbook/checklist/"


# Search ------------------------------------------------------------------------------------------------------------


def test_pages_are_found_by_their_words_and_the_title_counts_most():
    text = PageFactory(title="On calls", text="How mentors help.")
    title = PageFactory(title="Mentoring", text="Nothing of it here.")
    PageFactory(title="On reading", text="One paper at a time.")
    found = pages_for(MemberFactory(), "mentor")
    assert list(found) == [title, text]


def test_an_edit_is_found_at_once_and_what_was_taken_out_by_organizers_alone(now):
    page, member = PageFactory(), MemberFactory()
    save_page(actor=member, page_id=page.pk, base=1, title=page.title, text="About zebras.", now=now)
    assert list(pages_for(member, "zebra")) == [page]
    Page.objects.update(is_removed=True)
    assert list(pages_for(member, "zebra")) == []
    assert list(pages_for(OrganizerFactory(), "zebra")) == [page]


@pytest.mark.parametrize("text", ["", "  ", "'\"; drop", "a & | !", "-zebra", "ünïcode " * 200])
def test_whatever_is_typed_into_a_search_is_answered(text):
    PageFactory()
    assert len(pages_for(MemberFactory(), text)) in {0, 1}


def test_the_site_knows_who_has_a_profile(client):
    ChecklistItemFactory(key="profile")
    ChecklistItemFactory(key="welcome")
    sign_in(client, MemberFactory(name="", time_zone=""))
    page = client.get("/handbook/checklist/")
    assert (page.context["checklist"].done, "disabled" in page.text) == (0, False)
    sign_in(client, MemberFactory())
    page = client.get("/handbook/checklist/")
    assert (page.context["checklist"].done, page.text.count(" disabled")) == (1, 1)
    # It is nobody's to take back.
    client.post("/handbook/checklist/", {"shown": ["profile", "welcome"], "done": ["welcome"]})
    assert client.get("/handbook/checklist/").context["checklist"].done == 2
