"""The summary of a discussion: who writes and who reads it, and that nobody's words are written over unseen."""

from datetime import timedelta

import pytest
import time_machine

from reading_groups import actions
from reading_groups.models import Summary
from tests.clients import browser_of, client_of
from tests.factories import (
    AdminFactory,
    EnrolmentFactory,
    MemberFactory,
    PaperFactory,
    PresentationFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
    SummaryFactory,
)
from tests.queries import exactly
from tests.races import race


@pytest.fixture(autouse=True)
def noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def organizer(db):
    return MemberFactory(name="Member O")


@pytest.fixture
def group(organizer):
    return ReadingGroupFactory(slug="attention", organizers=[organizer])


@pytest.fixture
def session(group, now):
    session = SessionFactory(group=group, starts_at=now - timedelta(hours=3), title="The first")
    ReadingFactory(group=group, session=session, paper=PaperFactory(title="All you need"))
    return session


@pytest.fixture
def presenter(session):
    return PresentationFactory(session=session).member


def edit(session):
    return f"{session.get_absolute_url()}summary/"


def write(session, actor, text, base, now):
    return actions.write_summary(actor=actor, session_id=session.pk, text=text, base=base, now=now)


def history():
    return list(Summary.pgh_event_model.objects.order_by("pgh_id").values_list("revision", "text"))


def test_it_is_written_changed_and_its_history_kept(session, presenter, organizer, now):
    assert write(session, presenter, "", 0, now) is None
    write(session, presenter, "First.", 0, now)
    write(session, organizer, "Second.", 1, now)
    assert write(session, organizer, "Second.", 1, now).revision == 2
    summary = write(session, presenter, "", 2, now)
    assert (summary.revision, summary.written_by) == (3, presenter)
    assert history() == [(1, "First."), (2, "Second."), (3, "")]


@pytest.mark.parametrize("base", [0, 2, 99])
def test_nothing_is_written_over_what_one_has_not_seen(session, presenter, organizer, now, base):
    write(session, presenter, "Theirs.", 0, now)
    with pytest.raises(actions.SummaryWasChanged) as refused:
        write(session, organizer, "Mine.", base, now)
    assert (refused.value.summary.text, Summary.objects.get().text) == ("Theirs.", "Theirs.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("run", range(3))
def test_of_two_who_save_at_once_one_is_told(session, presenter, organizer, now, run):
    for base in (0, 1):
        done = race(
            lambda b=base: write(session, presenter, f"A{b}", b, now),
            lambda b=base: write(session, organizer, f"B{b}", b, now),
            refusals=actions.SummaryWasChanged,
        )
        assert done.count(actions.SummaryWasChanged) == 1
    assert Summary.objects.get().revision == 2


def test_a_presenter_writes_it_by_the_pages_and_the_group_reads_it(session, presenter):
    browser = browser_of(presenter)
    browser.open(session.get_absolute_url())
    browser.follow("Write the summary")
    browser.press("Save the summary", text="We agreed that **$n$ is small**.")
    assert "The summary is there for everybody in the group." in browser.words
    assert "<math>" in browser.html
    reader = client_of(EnrolmentFactory(group=session.group).member)
    page = reader.get(session.get_absolute_url()).text
    assert "We agreed that" in page
    assert page.index('id="summary"') < page.index('id="notes"')
    assert "Change the summary" not in page
    paper = session.readings.get().paper
    assert "We agreed that" in reader.get(paper.get_absolute_url()).text


def test_both_texts_are_shown_where_somebody_saved_meanwhile(session, presenter, organizer, now):
    browser = browser_of(presenter)
    browser.open(edit(session))
    write(session, organizer, "Theirs, with much thought.", 0, now)
    browser.press("Save the summary", text="Mine.")
    assert browser.status == 409
    assert "Member O saved the summary in the meantime." in browser.words
    assert "Theirs, with much thought." in browser.html
    assert "Mine." in browser.html
    assert Summary.objects.get().text == "Theirs, with much thought."
    browser.press("Save the summary", text="Both.")
    assert Summary.objects.get().text == "Both."
    browser.open(edit(session))
    assert "Theirs, with much thought." in browser.words


def test_who_may_write(session, presenter, organizer, now):
    outside, inside = MemberFactory(), EnrolmentFactory(group=session.group).member
    other = PresentationFactory(session=SessionFactory(group=session.group, starts_at=now)).member
    asked = {who: client_of(who).get(edit(session)).status_code for who in (outside, inside, other)}
    assert asked == {outside: 403, inside: 403, other: 403}
    assert [client_of(who).get(edit(session)).status_code for who in (presenter, organizer, AdminFactory())] == [
        200
    ] * 3


def test_nobody_outside_reads_it(client, session):
    SummaryFactory(session=session, text="A secret summary")
    paper = session.readings.get().paper
    for viewer in (None, MemberFactory(), EnrolmentFactory(group=session.group, state="waitlisted").member):
        if viewer:
            client.force_login(viewer)
        for page in (session.get_absolute_url(), paper.get_absolute_url(), session.group.get_absolute_url()):
            response = client.get(page)
            assert (response.status_code, "secret" in response.text) == (200, False)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, "Nothing was saved yet"),
        ({"base": "0", "text": "x" * 10_001}, "at most 10000 characters"),
        ({"base": "0", "text": "x" * 1_000_000}, "at most 10000 characters"),
        ({"base": "x", "text": "Words to keep"}, "Words to keep"),
        ({"base": "0", "text": ">" * 60 + "Words to keep"}, "Words to keep"),
        ({"base": "0", "text": "$\\foo{$ Words to keep"}, "cannot be read"),
    ],
)
def test_what_cannot_be_used_comes_back_with_what_was_typed(session, presenter, data, told):
    response = client_of(presenter).post(edit(session), data)
    assert (response.status_code, told in response.text, Summary.objects.count()) == (422, True, 0)


def test_hostile_words_are_shown_as_text(session, presenter, now):
    write(session, presenter, "<script>alert(1)</script> [click](javascript:alert(1))", 0, now)
    for page in (session.get_absolute_url(), edit(session), session.readings.get().paper.get_absolute_url()):
        text = client_of(presenter).get(page).text
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


def test_one_that_was_taken_away_is_not_shown(session, presenter, now):
    write(session, presenter, "Wrong.", 0, now)
    client_of(presenter).post(edit(session), {"base": "1", "text": ""})
    reader = client_of(EnrolmentFactory(group=session.group).member)
    assert 'id="summary"' not in reader.get(session.get_absolute_url()).text
    assert "Summaries" not in reader.get(session.readings.get().paper.get_absolute_url()).text


@pytest.mark.parametrize("size", [1, 4])
def test_a_papers_page_costs_the_same_with_any_number_of_summaries(group, now, size):
    paper, member = PaperFactory(), EnrolmentFactory(group=group).member
    for week in range(size):
        session = SessionFactory(group=group, starts_at=now - timedelta(weeks=week + 1))
        ReadingFactory(group=group, session=session, paper=paper)
        SummaryFactory(session=session)
    client = client_of(member)
    # Site; paper; groups; readings; presenters, summaries, notes, questions, ideas.
    with exactly(9, signed_in=True):
        assert client.get(paper.get_absolute_url()).status_code == 200
