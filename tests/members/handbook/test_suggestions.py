"""Members suggest changes to pages; organizers accept or decline, and everybody gets an answer."""

import pytest

from members.handbook.actions import (
    PageWasChanged,
    SuggestionIsDecided,
    accept_suggestion,
    decline_suggestion,
    save_page,
    suggest_edit,
)
from members.handbook.models import Suggestion
from members.handbook.reminders import SUGGESTION_ANSWERED
from notifications.mail import render
from notifications.models import Delivery
from tests.factories import MemberFactory, OrganizerFactory, PageFactory, SuggestionFactory

pytestmark = pytest.mark.django_db
State = Suggestion.State


@pytest.fixture
def page():
    return PageFactory(title="Reading", slug="reading", text="One.\n\nTwo.\n\nThree.")


@pytest.fixture
def organizer(client):
    organizer = OrganizerFactory(name="Member A")
    client.force_login(organizer)
    return organizer


def suggested(page, text="One.\n\nTwo and a half.\n\nThree.", **fields):
    return SuggestionFactory(page=page, text=text, **fields)


def answer(client, suggestion, decision, text="Thank you."):
    return client.post(f"/handbook/suggestions/{suggestion.pk}/answer/", {"decision": decision, "answer": text})


def test_a_member_says_what_should_change_at_the_foot_of_a_page(client, page):
    member = MemberFactory()
    client.force_login(member)
    for _twice in range(2):
        response = client.post("/handbook/reading/suggest/", {"base": 1, "note": "Say what two means."})
        assert response.headers["Location"] == "/handbook/reading/"
    suggestion = Suggestion.objects.get()
    assert (suggestion.author, suggestion.note, suggestion.text, suggestion.base) == (
        member,
        "Say what two means.",
        "",
        1,
    )


def test_or_changes_the_text_itself(client, page):
    client.force_login(MemberFactory())
    assert "Three.</textarea>" in client.get("/handbook/reading/suggest/").content.decode()
    fields = {"base": 1, "note": "Half a step.", "text": "One.\r\n\r\nTwo and a half."}
    client.post("/handbook/reading/suggest/", fields)
    assert Suggestion.objects.get().text == "One.\n\nTwo and a half."


def test_a_text_that_is_the_pages_own_counts_as_none(page, now):
    suggestion = suggest_edit(actor=MemberFactory(), page_id=page.pk, base=1, note="Hm.", text=page.text, now=now)
    assert suggestion.text == ""


def test_a_suggestion_without_words_comes_back_as_it_was_typed(client, page):
    client.force_login(MemberFactory())
    response = client.post("/handbook/reading/suggest/", {"base": 1, "note": " ", "text": "My long text."})
    assert response.status_code == 422
    assert "My long text." in response.content.decode()
    assert not Suggestion.objects.exists()


def test_accepting_makes_the_text_a_version_by_its_author(client, organizer, page):
    suggestion = suggested(page)
    assert "<ins>" in client.get(f"/handbook/suggestions/{suggestion.pk}/").content.decode()
    assert answer(client, suggestion, "accept").headers["Location"] == "/handbook/reading/"
    page.refresh_from_db()
    suggestion.refresh_from_db()
    version = page.versions.get(number=2)
    assert (page.text, page.changed_by) == (suggestion.text, suggestion.author)
    assert (version.author, version.accepted_by, version.note) == (suggestion.author, organizer, suggestion.note)
    assert (suggestion.state, suggestion.decided_by, suggestion.answer) == (State.ACCEPTED, organizer, "Thank you.")


def test_declining_changes_nothing_of_the_page(client, organizer, page):
    suggestion = suggested(page)
    answer(client, suggestion, "decline", "It says so on the next page.")
    page.refresh_from_db()
    suggestion.refresh_from_db()
    assert (page.revision, suggestion.state) == (1, State.DECLINED)


@pytest.mark.parametrize("second", ["accept", "decline"])
def test_the_first_answer_stands(client, organizer, page, second):
    suggestion = suggested(page)
    answer(client, suggestion, "accept")
    answer(client, suggestion, second, "Something else.")
    page.refresh_from_db()
    suggestion.refresh_from_db()
    assert (page.revision, suggestion.state, suggestion.answer) == (2, State.ACCEPTED, "Thank you.")
    assert Delivery.objects.count() == 1


def test_a_suggestion_never_undoes_what_was_saved_since(client, organizer, page, now):
    suggestion = suggested(page)
    save_page(actor=organizer, page_id=page.pk, base=1, title="Reading", text="Anew.", now=now)
    with pytest.raises(PageWasChanged):
        accept_suggestion(actor=organizer, suggestion_id=suggestion.pk, now=now)
    response = answer(client, suggestion, "accept", "What I typed.")
    assert (response.status_code, "What I typed." in response.content.decode()) == (409, True)
    # The editor shows both, and saving accepts.
    content = client.get(f"/handbook/reading/edit/?suggestion={suggestion.pk}").content.decode()
    assert ["Anew.</textarea>" in content, "Two and a half.\n\nThree.</textarea>" in content] == [True, True]
    fields = {"base": 2, "title": "Reading", "summary": "", "text": "Anew, and a half.", "answer": "Put together."}
    client.post("/handbook/reading/edit/", fields | {"suggestion": suggestion.pk})
    page.refresh_from_db()
    suggestion.refresh_from_db()
    assert (page.text, page.changed_by) == ("Anew, and a half.", suggestion.author)
    assert (suggestion.state, suggestion.answer) == (State.ACCEPTED, "Put together.")


def test_words_alone_are_written_into_the_page_by_an_organizer(client, organizer, page, now):
    suggestion = suggested(page, text="")
    content = client.get(f"/handbook/suggestions/{suggestion.pk}/").content.decode()
    assert ["Accept and change" in content, "Write it into the page" in content] == [False, True]
    with pytest.raises(PageWasChanged):
        accept_suggestion(actor=organizer, suggestion_id=suggestion.pk, now=now)
    fields = {"base": 1, "title": "Reading", "text": "Written.", "suggestion": suggestion.pk}
    client.post("/handbook/reading/edit/", fields)
    suggestion.refresh_from_db()
    assert suggestion.state == State.ACCEPTED


def test_a_clash_while_writing_from_a_suggestion_keeps_the_suggestion_open(client, organizer, page, now):
    suggestion = suggested(page)
    save_page(actor=organizer, page_id=page.pk, base=1, title="Reading", text="Anew.", now=now)
    fields = {"base": 1, "title": "Reading", "text": "Mine.", "suggestion": suggestion.pk, "answer": "What I typed."}
    response = client.post("/handbook/reading/edit/", fields)
    content = response.content.decode()
    assert response.status_code == 409
    assert [text in content for text in ("Anew.", "Mine.", "What I typed.")] == [True] * 3
    suggestion.refresh_from_db()
    assert suggestion.is_open


def test_members_see_their_own_and_answer_none(client, page):
    member = MemberFactory()
    own, other = suggested(page, actor=member, note="Mine."), suggested(page, note="Somebody's.")
    client.force_login(member)
    content = client.get("/handbook/suggestions/").content.decode()
    assert ["Mine." in content, "Somebody&#x27;s." in content] == [True, False]
    assert client.get(f"/handbook/suggestions/{own.pk}/").status_code == 200
    assert client.get(f"/handbook/suggestions/{other.pk}/").status_code == 404
    assert answer(client, own, "accept").status_code == 403
    assert answer(client, other, "accept").status_code == 404


def test_a_link_answers_nothing(client, organizer, page):
    suggestion = suggested(page)
    response = client.get(f"/handbook/suggestions/{suggestion.pk}/answer/?decision=accept")
    assert response.headers["Location"] == f"/handbook/suggestions/{suggestion.pk}/"
    suggestion.refresh_from_db()
    assert suggestion.is_open


def test_an_answer_that_is_too_long_comes_back(client, organizer, page):
    suggestion = suggested(page)
    response = answer(client, suggestion, "decline", "x" * 1001)
    assert (response.status_code, "x" * 1001 in response.content.decode()) == (422, True)


# The mail ----------------------------------------------------------------------------------------------------------


def mail_of(delivery, now):
    frame = {"site_name": "Reading Together", "contact_email": "", "week_path": "/me/"}
    return render(delivery=delivery, kind=SUGGESTION_ANSWERED, reader=delivery.member, frame=frame, now=now)


@pytest.mark.parametrize(
    ("decide", "subject", "words"),
    [
        (accept_suggestion, "Your change to “Reading” is in the handbook", "has been accepted"),
        (decline_suggestion, "An answer to what you suggested for “Reading”", "not taken over this time"),
    ],
)
def test_whoever_suggested_it_gets_one_mail_with_the_answer(page, now, decide, subject, words):
    suggestion, organizer = suggested(page), OrganizerFactory(name="Member A")
    decide(actor=organizer, suggestion_id=suggestion.pk, answer="Because <b>so</b>.", now=now)
    with pytest.raises(SuggestionIsDecided):
        decide(actor=organizer, suggestion_id=suggestion.pk, now=now)
    delivery = Delivery.objects.get()
    assert (delivery.member, delivery.due_at) == (suggestion.author, now)
    assert SUGGESTION_ANSWERED.still_wanted(delivery, now)
    message = mail_of(delivery, now)
    text, html = message.body, message.alternatives[0][0]
    assert message.subject == subject
    assert [words in text, "Member A writes:\n\nBecause <b>so</b>." in text, suggestion.get_absolute_url() in text] == [
        True
    ] * 3
    assert [words in html, "Because &lt;b&gt;so&lt;/b&gt;." in html] == [True, True]


def test_nobody_is_told_of_their_own_answer_or_of_a_suggestion_that_is_gone(page, now):
    organizer = OrganizerFactory()
    own = suggested(page, actor=organizer)
    decline_suggestion(actor=organizer, suggestion_id=own.pk, now=now)
    assert not Delivery.objects.exists()
    other = suggested(page)
    decline_suggestion(actor=organizer, suggestion_id=other.pk, now=now)
    Suggestion.objects.all().delete()
    assert not SUGGESTION_ANSWERED.still_wanted(Delivery.objects.get(), now)
