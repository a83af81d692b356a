"""Reads of questions, answers and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import FETCH_RAISE, Exists, F, OuterRef, QuerySet

from reading_groups.querysets.subqueries import counted, related

if TYPE_CHECKING:
    from members.models import Member
    from reading_groups.models import Session


class QuestionQuerySet(QuerySet):
    def with_votes(self, viewer: Member) -> QuestionQuerySet:
        """Adds `vote_count` and `is_voted`, whether one of the votes is the viewer's."""
        votes = related(self.model, "votes").objects.filter(question=OuterRef("pk"))
        return self.annotate(vote_count=counted(votes, "question"), is_voted=Exists(votes.filter(member=viewer.pk)))

    def by_votes(self) -> QuestionQuerySet:
        """The ones that the group takes first: not answered yet, most votes, asked first."""
        return self.order_by(F("answered_at").asc(nulls_first=True), "-vote_count", "asked_at", "id")

    def for_reading(self, viewer: Member) -> QuestionQuerySet:
        """What a list of questions shows, by votes."""
        return self.select_related("member").with_votes(viewer).by_votes().fetch_mode(FETCH_RAISE)


class AnswerQuerySet(QuerySet):
    def in_order(self) -> AnswerQuerySet:
        return self.select_related("member").order_by("answered_at", "id").fetch_mode(FETCH_RAISE)


class NoteQuerySet(QuerySet):
    def in_order(self) -> NoteQuerySet:
        return self.select_related("member").order_by("written_at", "id").fetch_mode(FETCH_RAISE)

    def on_session(self, session: Session) -> NoteQuerySet:
        return self.filter(reading__session=session).in_order()
