"""One search, in everything that the searcher may see."""

import pytest

from collaborative.models import Site
from members.handbook.models import Page
from reading_groups.actions import index_groups
from reading_groups.models import ReadingGroup
from tests.factories import (
    MemberFactory,
    PageFactory,
    PaperFactory,
    ProjectFactory,
    ReadingFactory,
    ReadingGroupFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def all_parts(db):
    Site.objects.create(pk=1, parts=["groups", "handbook", "projects"])


def everything(n: int = 1) -> None:
    for number in range(n):
        group = ReadingGroupFactory(title=f"Diffusion group {number}")
        for reader in (group, ReadingGroupFactory(title=f"Diffusion too {number}")):
            ReadingFactory(group=reader, paper=PaperFactory(title=f"Diffusion paper {number}"))
        MemberFactory(name=f"Diffusion person {number}")
        PageFactory(title=f"Diffusion page {number}")
        ProjectFactory(title=f"Diffusion project {number}")
    index_groups(group_ids=ReadingGroup.objects.values_list("pk", flat=True))


def found(client, text: str) -> list[str]:
    response = client.get("/search/", {"q": text})
    assert response.status_code == 200
    return [str(part.searched.key) for part in response.context["found"]]


def sign_in(client, **fields):
    client.force_login(MemberFactory(**fields))


def test_members_find_all_of_it_and_visitors_no_people(client):
    everything()
    assert found(client, "diffusion") == ["groups", "papers", "pages"]
    assert "Diffusion person" not in client.get("/search/?q=diffusion").text
    sign_in(client)
    assert found(client, "diffusion") == ["groups", "papers", "people", "pages", "projects"]


def test_nobody_finds_what_they_may_not_see(client):
    draft = ReadingGroupFactory(title="Diffusion in secret", state=ReadingGroup.State.DRAFT)
    ReadingFactory(group=draft, paper=PaperFactory(title="Diffusion of secrets"))
    PageFactory(title="Diffusion, taken out", is_removed=True)
    MemberFactory(name="Diffusion Gone", is_active=False)
    index_groups(group_ids=[draft.pk])
    sign_in(client)
    assert found(client, "diffusion") == []
    assert "Nothing is called that yet" in client.get("/search/?q=diffusion").text


def test_a_paper_leads_to_the_groups_that_read_it_and_may_be_seen(client):
    paper = PaperFactory(title="Diffusion")
    seen = ReadingGroupFactory(title="Seen")
    for group in (seen, ReadingGroupFactory(title="Hidden", state=ReadingGroup.State.DRAFT)):
        ReadingFactory(group=group, paper=paper, part="one")
        ReadingFactory(group=group, paper=paper, part="two")
    index_groups(group_ids=ReadingGroup.objects.values_list("pk", flat=True))
    page = client.get("/search/?q=diffusion").text
    assert page.count(f'href="{seen.get_absolute_url()}"') == 1 + 1  # as a group that reads it, and beside the paper
    assert "Hidden" not in page


def test_a_part_that_is_off_is_not_searched(client):
    everything()
    Site.objects.update(parts=["handbook"])
    assert found(client, "diffusion") == ["pages"]
    assert "groups" not in client.get("/search/?q=nothing").text.lower()


def test_five_of_each_and_a_way_to_the_rest(client):
    everything(6)
    sign_in(client)
    response = client.get("/search/?q=diffusion")
    assert [len(part.rows) for part in response.context["found"]] == [5] * 5
    assert response.text.count('href="/groups/?q=diffusion"') == 2
    assert response.text.count("There are more. Add a word to find them.") == 3


@pytest.mark.parametrize("rows", [1, 7])
def test_it_costs_the_same_whatever_it_finds(client, rows):
    everything(rows)
    sign_in(client)
    # The site; groups; papers and the groups that read them; people; pages; whether one organizes, and projects.
    with exactly(8, signed_in=True):
        client.get("/search/?q=diffusion")


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20%20", "?q=%E2%80%8B"])
def test_without_words_it_asks_for_some(client, query):
    everything()
    page = client.get(f"/search/{query}")
    assert page.context["found"] == []
    assert "Write a few words" in page.text


@pytest.mark.parametrize(("query", "told"), [("%00", "Null characters are not allowed"), ("x" * 201, "at most 200")])
def test_nonsense_is_told(client, query, told):
    page = client.get(f"/search/?q={query}")
    assert (page.status_code, told in page.text) == (200, True)


@pytest.mark.parametrize("query", ["'; DROP", '"', "((", "%25", "-", "a | & !", "🦉", "<script>alert(1)</script>"])
def test_signs_break_nothing(client, query):
    everything()
    sign_in(client)
    page = client.get("/search/", {"q": query})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_every_page_leads_here(client):
    page = client.get("/").text
    assert 'action="/search/"' in page
    assert 'class="find-link" href="/search/"' in page
    assert Page.objects.count() == 0
