"""Organizers write pages on the site; every version is kept, and nobody's words are written over unseen."""

from datetime import timedelta

import pytest

from members.handbook.actions import PageWasChanged, create_page, save_page
from members.handbook.models import Page, PageVersion
from tests.factories import MemberFactory, OrganizerFactory, PageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer(client):
    organizer = OrganizerFactory(name="Member A")
    client.force_login(organizer)
    return organizer


@pytest.fixture
def page():
    return PageFactory(title="Reading", slug="reading", summary="How we read.", text="One.\n\nTwo.\n\nThree.")


def typed(page, **fields):
    return {"base": page.revision, "title": page.title, "summary": page.summary, "text": page.text, **fields}


def edit(client, page, **fields):
    return client.post(f"/handbook/{page.slug}/edit/", typed(page, **fields))


def test_a_new_page_has_its_first_version_and_an_address_of_its_own(client, organizer):
    fields = {
        "title": "How to begin",
        "section": "Everyone",
        "order": 10,
        "text": "Begin.\r\n\r\nGo on.",
        "summary": "",
    }
    assert client.post("/handbook/new/", fields).headers["Location"] == "/handbook/how-to-begin/"
    page = Page.objects.get()
    version = page.versions.get()
    assert (version.number, version.author, version.text) == (1, organizer, "Begin.\n\nGo on.")


def test_a_form_sent_twice_adds_one_page(client, organizer):
    fields = {"title": "How to begin", "section": "Everyone", "order": 10, "text": "Begin."}
    first, second = client.post("/handbook/new/", fields), client.post("/handbook/new/", fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert Page.objects.count() == 1


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Reading", ["reading-2", "reading-3"]),
        # Words of the handbook's own addresses, and titles that leave nothing for one.
        ("Checklist", ["checklist-2", "checklist-3"]),
        ("读书", ["page", "page-2"]),
        ("A" * 140, ["a" * 80, "a" * 78 + "-2"]),
    ],
)
def test_an_address_that_is_taken_gets_a_number(page, now, title, slugs):
    made = [create_page(actor=None, title=title, section="S", text=f"Text {n}", now=now).slug for n in range(2)]
    assert made == slugs


@pytest.mark.parametrize("wrong", [{"title": " \u200b "}, {"text": "  "}, {"section": "\u202e"}, {"order": "-1"}])
def test_a_new_page_that_lacks_something_comes_back_as_it_was_typed(client, organizer, wrong):
    fields = {"title": "A title", "section": "Everyone", "order": 10, "text": "My long text."} | wrong
    response = client.post("/handbook/new/", fields)
    assert response.status_code == 422
    assert "Nothing was saved yet" in response.content.decode()
    assert not Page.objects.exists()


def test_an_edit_is_a_new_version_and_the_old_one_stays(client, organizer, page):
    edit(client, page, text="One.\n\nTwo and a half.\n\nThree.", note="Half a step more")
    page.refresh_from_db()
    assert (page.revision, page.changed_by) == (2, organizer)
    versions = page.versions.order_by("number").values_list("number", "text", "note")
    assert list(versions) == [
        (1, "One.\n\nTwo.\n\nThree.", ""),
        (2, "One.\n\nTwo and a half.\n\nThree.", "Half a step more"),
    ]


def test_saving_twice_or_without_a_change_makes_no_version(client, organizer, page):
    edit(client, page, text="One.")
    edit(client, page, text="One.")
    page.refresh_from_db()
    edit(client, page, text="One.\r\n")
    assert page.versions.count() == 2


def test_the_second_of_two_sees_both_texts_and_loses_nothing(client, organizer, page, now):
    save_page(actor=MemberFactory(name="Member B"), page_id=page.pk, base=1, title="Reading", text="Theirs.", now=now)
    response = edit(client, page, text="Mine.", title="Reading well", note="My note")
    content = response.content.decode()
    assert response.status_code == 409
    assert "Member B saved this page in the meantime" in content
    assert [text in content for text in ("Theirs.</textarea>", "Mine.</textarea>", "Reading well", "My note")] == [
        True
    ] * 4
    page.refresh_from_db()
    assert (page.text, page.revision) == ("Theirs.", 2)
    # The form that came back starts from theirs, so what was put together is saved.
    assert 'name="base" value="2"' in content
    assert edit(client, page, text="Theirs and mine.").status_code == 302
    page.refresh_from_db()
    assert (page.text, page.revision) == ("Theirs and mine.", 3)


def test_a_third_person_is_no_surprise(page, now):
    people = [MemberFactory() for _ in range(3)]
    save_page(actor=people[0], page_id=page.pk, base=1, title="Reading", text="First.", now=now)
    for person in people[1:]:
        with pytest.raises(PageWasChanged) as clash:
            save_page(actor=person, page_id=page.pk, base=1, title="Reading", text="Other.", now=now)
        assert clash.value.page.text == "First."
    assert PageVersion.objects.count() == 2


def test_two_who_write_the_same_do_not_clash(page, now):
    for person in (MemberFactory(), MemberFactory()):
        save_page(actor=person, page_id=page.pk, base=1, title="Reading", text="The same.", now=now)
    assert page.versions.count() == 2


@pytest.mark.parametrize("wrong", [{"base": "x"}, {"base": "0"}, {"base": "9" * 30}, {"title": ""}, {"text": "\n"}])
def test_an_edit_that_cannot_be_read_comes_back_as_it_was_typed(client, organizer, page, wrong):
    response = edit(client, page, **{"text": "My long text.", "note": "My note"} | wrong)
    assert response.status_code == 422
    assert "My note" in response.content.decode()
    assert page.versions.count() == 1


def test_a_version_that_never_was_counts_as_another(client, organizer, page):
    assert edit(client, page, base=7, text="Mine.").status_code == 409


def test_an_earlier_version_is_brought_back_by_saving_it_again(client, organizer, page):
    edit(client, page, text="Worse.")
    page.refresh_from_db()
    content = client.get("/handbook/reading/edit/?version=1").content.decode()
    assert "Two." in content
    assert "Brought back version 1" in content
    assert 'name="base" value="2"' in content


@pytest.mark.parametrize(
    "query", ["version=99", "version=x", "suggestion=99", "suggestion=-1", "suggestion=" + "9" * 40]
)
def test_an_editor_opened_from_what_is_not_there_opens_with_the_page(client, organizer, page, query):
    response = client.get(f"/handbook/reading/edit/?{query}")
    assert response.status_code == 200
    assert "Three.</textarea>" in response.content.decode()


def test_what_changed_between_two_versions_is_struck_and_underlined(client, organizer, page):
    edit(client, page, text="One.\n\nTwo and a half.\n\nThree.")
    content = client.get("/handbook/reading/compare/").content.decode()
    assert 'Two<ins><span class="vh">put in: </span> and a half</ins>.' in content
    back = client.get("/handbook/reading/compare/?before=2&after=1").content.decode()
    assert 'Two<del><span class="vh">taken out: </span> and a half</del>.' in back
    same = client.get("/handbook/reading/compare/?before=1&after=1").content.decode()
    assert "These two say the same" in same


@pytest.mark.parametrize("query", ["before=1&after=9", "before=x", "after=", "before=0", f"after={10**30}"])
def test_comparing_with_a_version_that_is_not_there_says_which_are(client, organizer, page, query):
    response = client.get(f"/handbook/reading/compare/?{query}")
    assert response.status_code == 404
    assert "versions 1 to 1" in response.content.decode()


def test_a_version_is_read_by_itself(client, organizer, page):
    edit(client, page, text="Anew.")
    content = client.get("/handbook/reading/history/1/").content.decode()
    assert ["Three." in content, "Bring this version back" in content] == [True, True]
    assert client.get("/handbook/reading/history/3/").status_code == 404


def test_a_page_moves_without_a_new_version(client, organizer, page):
    client.post("/handbook/reading/place/", {"section": "Later", "order": 7})
    page.refresh_from_db()
    assert (page.section, page.order, page.revision) == ("Later", 7, 1)
    response = client.post("/handbook/reading/place/", {"section": "A section\u200b that stays", "order": "many"})
    assert response.status_code == 422
    assert "that stays" in response.content.decode()


def test_a_page_is_taken_out_and_put_back_with_its_history(client, organizer, page):
    for _twice in range(2):
        client.post("/handbook/reading/remove/")
    page.refresh_from_db()
    assert page.is_removed
    client.post("/handbook/reading/restore/")
    page.refresh_from_db()
    assert not page.is_removed
    assert page.versions.count() == 1


@pytest.mark.parametrize("path", ["edit/", "place/", "remove/", "restore/"])
def test_members_do_not_edit(client, page, path):
    client.force_login(MemberFactory())
    assert client.post(f"/handbook/reading/{path}", typed(page, text="Mine.")).status_code == 403
    assert client.post("/handbook/new/", {"title": "Mine"}).status_code == 403
    page.refresh_from_db()
    assert (page.revision, page.is_removed) == (1, False)


@pytest.mark.parametrize("path", ["place/", "remove/", "restore/"])
def test_a_link_changes_nothing(client, organizer, page, path):
    assert client.get(f"/handbook/reading/{path}").headers["Location"] == "/handbook/reading/"
    page.refresh_from_db()
    assert not page.is_removed


def test_the_history_keeps_a_text_whose_author_has_gone(client, page, now):
    author = MemberFactory()
    save_page(actor=author, page_id=page.pk, base=1, title="Reading", text="Left behind.", now=now + timedelta(days=1))
    author.emailaddress_set.all().delete()
    author.delete()
    client.force_login(MemberFactory())
    assert "Left behind." in client.get("/handbook/reading/history/2/").content.decode()
    assert client.get("/handbook/reading/").status_code == 200
