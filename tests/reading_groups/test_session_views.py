"""A session's page and what is done there and on the group's page, as a browser without JavaScript sends it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reading_groups.models import Answer, Idea, Note, Presentation, Question, QuestionVote
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    HandFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    PresentationFileFactory,
    QuestionFactory,
    QuestionVoteFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)
from tests.queries import exactly

pytestmark = pytest.mark.django_db
MARKUP = "<script>alert(1)</script> **[click](javascript:alert(1))**"


@pytest.fixture
def group():
    return ReadingGroupFactory(slug="attention", title="Attention, from the beginning", hands_needed=1)


@pytest.fixture
def session(group):
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=3), title="The first")
    ReadingFactory(group=group, session=session, paper=PaperFactory(title="All you need"))
    return session


@pytest.fixture
def member(client, group):
    member = EnrolmentFactory(group=group, member__name="Member A").member
    client.force_login(member)
    return member


def path(session, rest=""):
    return f"/groups/{session.group.slug}/sessions/{session.pk}/{rest}"


def said(response):
    return [str(message) for message in response.context["messages"]]


# Site; group with the viewer's standing; session; readings. Outside: who presents and lets visitors know it. Inside:
# presenters, their files, questions, answers, notes, who comes.
@pytest.mark.parametrize("size", [2, 30])
@pytest.mark.parametrize(("role", "count"), [("visitor", 5), ("enrolled", 10), ("organizer", 10)])
def test_a_sessions_page_costs_the_same_at_any_length(client, group, session, role, count, size):
    member = MemberFactory()
    if role == "enrolled":
        EnrolmentFactory(group=group, member=member)
    if role == "organizer":
        group.organizers.add(member)
    if role != "visitor":
        client.force_login(member)
    for _row in range(size):
        reading = ReadingFactory(group=group, session=session)
        NoteFactory(reading=reading)
        PresentationFileFactory(presentation=PresentationFactory(session=session, member=MemberFactory()))
        question = QuestionFactory(session=session)
        for _answer in range(2):
            AnswerFactory(question=question)
            QuestionVoteFactory(question=question)
    with exactly(count, signed_in=role != "visitor"):
        assert client.get(path(session)).status_code == 200


def test_visitors_and_members_outside_see_no_names_questions_notes_or_ideas(client, group, session):
    part = PresentationFactory(
        session=session,
        member=EnrolmentFactory(group=group, member__name="Member Q").member,
        slides_url="https://example.org/slides",
    )
    question = QuestionFactory(session=session, text="A secret question", member=part.member)
    AnswerFactory(question=question, text="A secret answer")
    NoteFactory(reading=session.readings.get(), text="A secret note")
    HandFactory(idea=IdeaFactory(group=group, title="A secret idea"))
    for viewer in (None, MemberFactory()):
        if viewer:
            client.force_login(viewer)
        for page in (path(session), group.get_absolute_url()):
            text = client.get(page).content.decode()
            assert "The first" in text
            assert [word for word in ("secret", "Member Q", "example.org/slides") if word in text] == []


def test_offering_and_withdrawing_by_form(client, member, session):
    response = client.post(path(session, "present/"), {"from": "group"}, follow=True)
    assert response.redirect_chain[-1][0] == "/groups/attention/"
    page = response.content.decode()
    assert "Presented by you" in page
    assert "1 presenters short" not in page
    assert "One presenter short" in page
    response = client.post(path(session, "withdraw/"), follow=True)
    assert response.redirect_chain[-1][0] == path(session)
    assert Presentation.objects.count() == 0
    assert said(client.post(path(session, "withdraw/"), follow=True)) == ["You do not present this session."]


def test_the_page_says_whose_turn_it_may_be(client, member, group, session):
    PresentationFactory(session=session, member=EnrolmentFactory(group=group, member__name="Member B").member)
    assert "You have not presented yet. Perhaps it is your turn." in client.get("/groups/attention/").content.decode()
    other = EnrolmentFactory(group=group, member__name="Member C").member
    PresentationFactory(session=session, member=member)
    SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=10))
    assert "Not presented yet: Member C." in client.get("/groups/attention/").content.decode()
    PresentationFactory(session=session, member=other)
    assert "presented yet" not in client.get("/groups/attention/").content.decode()


def test_a_session_can_ask_for_another_number_of_presenters_or_none(client, member, session):
    for wanted, words in ((3, "3 presenters short"), (0, None), (1, "One presenter short")):
        session.presenters_wanted = wanted
        session.save()
        page = client.get(path(session)).content.decode()
        assert ("Offer to present" in page) is (words is not None)
        assert words is None or words in page


def test_slides_are_shown_to_the_group_and_only_web_addresses_are_taken(client, member, session):
    assert client.get(path(session, "slides/")).status_code == 403
    PresentationFactory(session=session, member=member)
    for url in ("javascript:alert(1)", "ftp://example.org/x", "not a link at all", "https://example.org/" + "x" * 1000):
        response = client.post(path(session, "slides/"), {"url": url})
        assert response.status_code == 422, url
    client.post(path(session, "slides/"), {"url": "https://example.org/slides?a=1&b=2"})
    assert 'href="https://example.org/slides?a=1&amp;b=2"' in client.get(path(session)).content.decode()
    client.post(path(session, "slides/"), {"url": ""})
    assert Presentation.objects.get().slides_url == ""


def test_a_vote_is_toggled_and_a_repeated_post_does_nothing_twice(client, member, session):
    question = QuestionFactory(session=session)
    counts = []
    for vote in ("on", "on", "off", "off"):
        response = client.post(path(session, f"questions/{question.pk}/vote/"), {"vote": vote, "from": "group"})
        assert response.headers["Location"] == "/groups/attention/#next"
        counts.append(QuestionVote.objects.count())
    assert counts == [1, 1, 0, 0]


def test_votes_after_the_session_are_refused_and_told(client, member, group):
    over = SessionFactory(group=group, starts_at=timezone.now() - timedelta(days=1))
    question = QuestionFactory(session=over)
    page = client.get(path(over)).content.decode()
    assert 'name="vote"' not in page
    assert "Votes are closed" in page
    response = client.post(path(over, f"questions/{question.pk}/vote/"), {"vote": "on"}, follow=True)
    assert said(response) == ["The session is over, so votes are closed. You can still ask and answer."]
    assert QuestionVote.objects.count() == 0
    assert client.post(path(over, "ask/"), {"text": "Still?"}).status_code == 302
    assert client.post(path(over, f"questions/{question.pk}/answer/"), {"text": "Yes."}).status_code == 302


def test_a_question_answer_note_and_idea_sent_twice_are_there_once(client, member, session):
    reading, question = session.readings.get(), QuestionFactory(session=session)
    for _twice in range(2):
        client.post(path(session, "ask/"), {"text": "Why\r\nthe root?"})
        client.post(path(session, f"questions/{question.pk}/answer/"), {"text": "Because."})
        client.post(path(session, "note/"), {"kind": "limitation", "reading": reading.pk, "text": "Slow."})
        response = client.post("/groups/attention/ideas/add/", {"title": "Faster?", "paper": reading.paper_id})
        assert response.headers["Location"] == f"/groups/attention/#idea-{Idea.objects.get().pk}"
    assert (Question.objects.count(), Answer.objects.count(), Note.objects.count()) == (2, 1, 1)
    assert Question.objects.latest("pk").text == "Why\nthe root?"


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u2060", "x" * 10_000])
def test_what_says_nothing_or_too_much_comes_back_as_it_was_typed(client, member, session, text):
    question, reading = QuestionFactory(session=session), session.readings.get()
    for rest, data in (
        ("ask/", {}),
        (f"questions/{question.pk}/answer/", {}),
        ("note/", {"kind": "strength", "reading": reading.pk}),
    ):
        response = client.post(path(session, rest), data | {"text": text})
        assert response.status_code == 422, rest
        if len(text) > 100:
            assert text in response.content.decode()
    response = client.post("/groups/attention/ideas/add/", {"title": text, "text": "Kept."})
    assert (response.status_code, "Kept." in response.content.decode()) == (422, True)
    assert (Question.objects.count(), Answer.objects.count(), Note.objects.count(), Idea.objects.count()) == (
        1,
        0,
        0,
        0,
    )


def test_markup_is_shown_as_text_and_never_runs(client, member, session):
    reading = session.readings.get()
    client.post(path(session, "ask/"), {"text": MARKUP})
    question = Question.objects.get()
    client.post(path(session, f"questions/{question.pk}/answer/"), {"text": MARKUP})
    client.post(path(session, "note/"), {"kind": "strength", "reading": reading.pk, "text": MARKUP})
    client.post("/groups/attention/ideas/add/", {"title": MARKUP, "text": MARKUP})
    for page in (path(session), "/groups/attention/"):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert 'href="javascript' not in text
        assert "&lt;script&gt;alert(1)" in text


def test_choices_that_are_not_offered_are_refused(client, member, session):
    elsewhere = ReadingFactory(session=SessionFactory())
    for data in (
        {"kind": "praise", "reading": session.readings.get().pk, "text": "x"},
        {"kind": "strength", "reading": elsewhere.pk, "text": "x"},
        {"kind": "strength", "reading": "nonsense", "text": "x"},
        {"kind": "strength", "text": "x"},
    ):
        assert client.post(path(session, "note/"), data).status_code == 422
    response = client.post("/groups/attention/ideas/add/", {"title": "x", "paper": elsewhere.paper_id})
    assert response.status_code == 422
    assert (Note.objects.count(), Idea.objects.count()) == (0, 0)


def test_another_idea_of_the_same_title_comes_back_with_what_was_typed(client, member, session):
    IdeaFactory(group=session.group, member=member, title="Faster?")
    response = client.post("/groups/attention/ideas/add/", {"title": "Faster?", "text": "With fewer heads."})
    assert response.status_code == 422
    assert "You have put up an idea of that title" in response.content.decode()
    assert "With fewer heads." in response.content.decode()


def test_an_organizer_without_a_place_answers_and_marks_but_does_not_ask(client, group, session):
    organizer, question = MemberFactory(), QuestionFactory(session=session)
    group.organizers.add(organizer)
    client.force_login(organizer)
    assert client.post(path(session, f"questions/{question.pk}/answer/"), {"text": "So."}).status_code == 302
    assert client.post(path(session, f"questions/{question.pk}/mark/"), {"answered": "on"}).status_code == 302
    response = client.post(path(session, "ask/"), {"text": "A long question"})
    assert response.status_code == 422
    assert "You need a place in this group for that." in response.content.decode()
    assert "A long question" in response.content.decode()
    question.refresh_from_db()
    assert question.answered_by == organizer
    assert "Offer to present" not in client.get(path(session)).content.decode()


def test_another_member_may_not_mark_and_ids_of_other_sessions_are_not_found(client, member, session):
    question = QuestionFactory(session=session)
    other = SessionFactory(group=session.group, starts_at=timezone.now() + timedelta(days=9))
    foreign = QuestionFactory()
    assert client.post(path(session, f"questions/{question.pk}/mark/")).status_code == 403
    for rest in ("vote", "answer", "mark"):
        assert client.post(path(other, f"questions/{question.pk}/{rest}/")).status_code == 404
        assert client.post(path(session, f"questions/{foreign.pk}/{rest}/")).status_code == 404
    assert client.post(f"/groups/attention/ideas/{IdeaFactory().pk}/hand/").status_code == 404
    assert client.get(f"/groups/attention/sessions/{foreign.session_id}/").status_code == 404


def test_hands_and_parking_by_form(client, member, session):
    idea = IdeaFactory(group=session.group, member=member)
    base = f"/groups/attention/ideas/{idea.pk}"
    seen = []
    for rest, data in (
        ("hand", {"hand": "up"}),
        ("hand", {"hand": "up"}),
        ("park", {"parked": "on"}),
        ("hand", {"hand": "down"}),
        ("park", {"parked": "off"}),
        ("hand", {"hand": "down"}),
    ):
        client.post(f"{base}/{rest}/", data)
        idea.refresh_from_db()
        seen.append((idea.state, idea.hands.count()))
    assert seen == [("ready", 1), ("ready", 1), ("parked", 1), ("parked", 1), ("ready", 1), ("open", 0)]


def test_who_left_is_told_and_loses_nothing_of_what_the_group_keeps(client, member, group, session):
    PresentationFactory(session=session, member=member)
    QuestionFactory(session=session, member=member, text="What I asked")
    client.post("/groups/attention/leave/")
    assert Presentation.objects.count() == 0
    for rest in ("present/", "withdraw/", "ask/", "note/", "slides/"):
        assert client.post(path(session, rest), {"text": "x"}).status_code == 403
    EnrolmentFactory(group=group, member=member)
    assert "What I asked" in client.get(path(session)).content.decode()


def test_a_session_that_is_called_off_says_so(client, member, session):
    session.is_cancelled = True
    session.save()
    page = client.get(path(session)).content.decode()
    assert ("Called off" in page, "Offer to present" in page) == (True, False)
    assert said(client.post(path(session, "present/"), follow=True)) == ["This session does not take place."]
