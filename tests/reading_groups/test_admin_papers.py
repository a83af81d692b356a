"""Papers in the admin: identifiers in one spelling, titles that are taken, votes to look at, and two made one."""

import pytest

from reading_groups.models import Paper, Reading
from tests.factories import MemberFactory, PaperFactory, ReadingFactory, ReadingGroupFactory, ReadingVoteFactory
from tests.pages import send

pytestmark = pytest.mark.django_db
PAPERS = "/admin/reading_groups/paper/"


@pytest.fixture
def client(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True))
    return client


def errors_of(response):
    return response.context["adminform"].form.errors.as_data()


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_identifiers_are_kept_in_one_spelling(client):
    facts = {"title": "Attention", "arxiv_id": "https://arxiv.org/abs/math.GT/0309136v2", "doi": "doi:10.5555/AB"}
    send(client, f"{PAPERS}add/", "paper_form", **facts)
    paper = Paper.objects.get()
    assert (paper.arxiv_id, paper.doi) == ("math/0309136", "10.5555/ab")
    for name, value in (("arxiv_id", "1706"), ("doi", "11.1/x")):
        assert list(errors_of(send(client, f"{PAPERS}{paper.pk}/change/", "paper_form", **{name: value}))) == [name]
    for name, value in (("arxiv_id", "math/0309136"), ("doi", "10.5555/AB")):
        told = errors_of(send(client, f"{PAPERS}add/", "paper_form", title="Another", **{name: value}))
        assert list(told) in ([name], ["__all__"])
    assert Paper.objects.count() == 1


def test_another_paper_of_a_title_gets_the_number_that_is_told(client):
    PaperFactory(title="Dropout")
    told = errors_of(send(client, f"{PAPERS}add/", "paper_form", title="dropout!"))
    assert told["title_number"][0].message == (
        "A paper of that title is here. If this is another one, give it the number 1."
    )
    send(client, f"{PAPERS}add/", "paper_form", title="dropout!", title_number=1)
    assert Paper.objects.filter(title_key="dropout").count() == 2
    other = PaperFactory()
    assert "title_number" in errors_of(send(client, f"{PAPERS}{other.pk}/change/", "paper_form", title="Dropout"))


def test_two_are_made_one_by_post_alone(client):
    keep, drop = PaperFactory(title="One"), PaperFactory(title="Two")
    reading = ReadingFactory(paper=drop)
    there = f"{PAPERS}{keep.pk}/merge-duplicate/"
    assert client.get(there).status_code == 200
    assert Paper.objects.count() == 2
    for number, words in (
        (keep.pk, "This is the number of this paper itself."),
        (drop.pk + 999, "There is no paper of that number."),
        (2**63 - 1, "There is no paper of that number."),
    ):
        told = client.post(there, {"duplicate": number, "_form_submitted": "True"}, follow=True)
        assert said(told) == [words]
    for nonsense in ("", "x", "-1", "9" * 30):
        told = client.post(there, {"duplicate": nonsense, "_form_submitted": "True"})
        assert (told.status_code, bool(told.context["form"].errors)) == (200, True)
    done = client.post(there, {"duplicate": drop.pk, "_form_submitted": "True"}, follow=True)
    assert said(done) == ["The two are one now, with the votes of both."]
    assert (Paper.objects.get(), Reading.objects.get().paper_id) == (keep, reading.paper_id and keep.pk)


def test_votes_and_proposers_are_shown_and_not_changed(client, now):
    member = MemberFactory(name="Member P")
    reading = ReadingFactory(proposed_by=member, proposed_at=now)
    ReadingVoteFactory(reading=reading, member=MemberFactory(name="Member V"))
    page = client.get(f"/admin/reading_groups/reading/{reading.pk}/change/").text
    assert ("Member P" in page, "Member V" in page) == (True, True)
    assert 'name="proposed_by"' not in page
    assert client.get("/admin/reading_groups/reading/").status_code == 200


def test_a_description_that_would_not_be_shown_is_told(client):
    group = ReadingGroupFactory()
    there = f"/admin/reading_groups/readinggroup/{group.pk}/change/"
    told = errors_of(send(client, there, "readinggroup_form", description=">" * 30 + " deep"))
    assert list(told) == ["description"]
