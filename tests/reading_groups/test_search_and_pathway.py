"""What the one search finds here, and the steps that are read from what was done."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from reading_groups.actions import index_groups
from reading_groups.models import Paper
from reading_groups.pathway import steps_for
from reading_groups.search import groups_for, papers_for
from tests.factories import (
    AnswerFactory,
    EnrolmentFactory,
    IdeaFactory,
    MemberFactory,
    NoteFactory,
    PaperFactory,
    PresentationFactory,
    ReadingFactory,
    ReadingGroupFactory,
    SessionFactory,
)

pytestmark = pytest.mark.django_db


def test_papers_are_found_where_a_group_that_one_sees_reads_them():
    organizer = MemberFactory()
    draft = ReadingGroupFactory(state="draft", organizers=[organizer])
    shown, hidden = PaperFactory(title="Denoising diffusion models"), PaperFactory(title="A diffusion of drafts")
    PaperFactory(title="Diffusion that nobody reads")
    group = ReadingFactory(paper=shown).group
    ReadingFactory(paper=shown, part="again")
    ReadingFactory(group=draft, paper=hidden)
    index_groups(group_ids=[group.pk, draft.pk])
    visitor = AnonymousUser()
    assert (list(papers_for(visitor, "diffusion")), list(groups_for(visitor, "diffusing"))) == ([shown], [group])
    assert list(papers_for(organizer, "diffusion")) == [hidden, shown]
    assert set(groups_for(organizer, "diffusing")) == {draft, group}


def test_the_search_for_titles_has_an_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "paper_search" in Paper.objects.matching("diffusion").explain()


def test_steps_are_taken_by_doing(now):
    member = MemberFactory()

    def reached():
        return {step.key: step.reached_at for step in steps_for(member, now)}

    assert reached() == {"participant": None, "presenter": None, "contributor": None}
    group = EnrolmentFactory(member=member, joined_at=now - timedelta(days=30)).group
    session = SessionFactory(group=group, starts_at=now - timedelta(days=7))
    PresentationFactory(session=session, member=member)
    PresentationFactory(session=SessionFactory(group=group, starts_at=now + timedelta(days=7)), member=member)
    NoteFactory(member=member, written_at=now - timedelta(days=2))
    AnswerFactory(member=member, answered_at=now - timedelta(days=3))
    IdeaFactory(member=member, put_up_at=now - timedelta(days=1))
    assert reached() == {
        "participant": now - timedelta(days=30),
        "presenter": session.ends_at,
        "contributor": now - timedelta(days=3),
    }


def test_what_one_has_offered_but_not_presented_yet_is_no_step(now):
    part = PresentationFactory(session=SessionFactory(starts_at=now - timedelta(minutes=5)))
    assert steps_for(part.member, now)[1].reached_at is None
