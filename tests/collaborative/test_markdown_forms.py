"""Whatever would not be shown as it is meant is told to its writer, on every page that takes Markdown."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.utils import timezone

from reading_groups.models import Answer, Idea, Note, Question
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PageFactory,
    ProjectFactory,
    QuestionFactory,
    ReadingFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "$\\text{<script>alert(1)</script>}$",
    "<img src=x onerror=alert(1)>",
    "$$\n</math><script>alert(1)</script>\n$$",
)
REFUSED = {
    ">" * 30 + " deep": "This goes too deep",
    "$\\foo$": "The formula $\\foo$ cannot be read",
    "word " * 200_000: "Ensure this value has at most",
}


@pytest.fixture
def place():
    return EnrolmentFactory()


@pytest.fixture
def pages(client, place):
    """Where Markdown is sent, and in which field; the rest of each form is fine."""
    group, member = place.group, place.member
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=1))
    reading = ReadingFactory(group=group, session=session)
    question = QuestionFactory(session=session)
    project = ProjectFactory(lead=member)
    page = PageFactory()
    client.force_login(member, backend=BACKEND)
    here = session.get_absolute_url()
    return {
        f"{here}ask/": ("text", {}),
        f"{here}questions/{question.pk}/answer/": ("text", {}),
        f"{here}note/": ("text", {"kind": "strength", "reading": reading.pk}),
        f"{group.get_absolute_url()}ideas/add/": ("text", {"title": "Half the data?"}),
        "/groups/propose/": ("description", {"title": "X"}),
        "/projects/propose/": ("question", {"title": "X", "why": "Y", "first_experiment": "Z", "team_size": 3}),
        f"/projects/{project.slug}/edit/": ("summary", {"title": "X"}),
        f"{page.get_absolute_url()}suggest/": ("note", {"base": 1, "text": ""}),
    }


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:12])
def test_it_is_told_with_what_was_typed(client, pages, text):
    for address, (field, rest) in pages.items():
        begun = perf_counter()
        page = client.post(address, rest | {field: text})
        assert perf_counter() - begun < 5
        assert page.status_code in {200, 422}, address
        shown = page.text.replace("&gt;", ">").replace("&#x27;", "'")
        assert REFUSED[text] in shown, address
        assert text.strip() in shown, address
    kept = [model.objects.filter(text=text).exists() for model in (Question, Answer, Note, Idea)]
    assert not any(kept)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_shown_and_do_nothing(client, place, text):
    group, member = place.group, place.member
    session = SessionFactory(group=group, starts_at=timezone.now() + timedelta(days=1))
    reading = ReadingFactory(group=group, session=session)
    AnswerFactory(question=QuestionFactory(session=session, text=text), text=text)
    for kind in Note.Kind:
        NoteFactory(reading=reading, kind=kind, text=text)
    IdeaFactory(group=group, text=text, paper=reading.paper)
    client.force_login(member, backend=BACKEND)
    for address in (session.get_absolute_url(), group.get_absolute_url(), reading.paper.get_absolute_url()):
        page = client.get(address).text
        for sign in ("<script>alert", 'href="javascript', "<img src=x", "</math><script"):
            assert sign not in page, (address, sign)


def test_what_organizers_and_admins_write_is_looked_at_as_well(client):
    client.force_login(MemberFactory(is_staff=True, is_superuser=True), backend=BACKEND)
    page = PageFactory()
    told = client.post(f"{page.get_absolute_url()}edit/", {"base": 1, "title": "X", "text": "$\\foo$"})
    assert "cannot be read" in told.text
