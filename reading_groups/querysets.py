"""Every reusable read of groups and what hangs on them. Lists begin at `visible_to(member)`.

Models import this file, so it reaches related models through `self.model` and never imports them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import (
    FETCH_RAISE,
    Count,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from members.models import Role

if TYPE_CHECKING:
    from members.models import Member, Topic
    from reading_groups.models import Paper, ReadingGroup, Session

SEARCH_CONFIG = "english"
# Which words of a title tell that two are alike.
SHORTEST_WORD_THAT_TELLS = 4
MOST_WORDS = 12


def related(model: type[Model], *relations: str) -> Any:
    """The model at the end of these relations, since this file cannot import it."""
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    return model


def counted(rows: QuerySet, key: str) -> Coalesce:
    """How many rows there are for each value of a key, as a subquery."""
    per_key = rows.order_by().values(key).annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(per_key, output_field=IntegerField()), 0)


def looking_after_all(viewer: Member) -> Exists:
    """Whether the viewer is an organizer of the whole collaborative today; reads the clock, as the predicate does."""
    roles = Role.objects.live(timezone.now().date()).filter(kind=Role.Kind.ORGANIZER, scope="")
    return Exists(roles.filter(member=viewer.pk, member__is_active=True))


class ReadingGroupQuerySet(QuerySet):
    model: Any

    def _of_each(self, relation: str) -> Any:
        """The rows of a reverse relation that belong to each group of this query, for subqueries."""
        return self.model._meta.get_field(relation).related_model._default_manager.filter(group=OuterRef("pk"))

    def visible_to(self, viewer: Member) -> ReadingGroupQuerySet:
        """Those that are shown, by their visibility; drafts and archived ones for their organizers, members and admins.

        What is proposed is seen by whoever proposed it and by the organizers of the collaborative. These, whoever
        proposed a group, was ever in it or was asked in by name are its invited.
        """
        shown, visibility = Q(state__in=self.model.SHOWN), self.model.Visibility
        if not viewer.is_authenticated:
            return self.filter(shown, visibility=visibility.PUBLIC)
        if viewer.is_superuser:
            return self.all()
        open_to_all = ~Q(visibility=visibility.INVITED)
        special = Q(proposed_by=viewer.pk) | looking_after_all(viewer)
        organizes = self.model.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk)
        belongs = self._of_each("enrolments").belonging().filter(member=viewer.pk)
        shown &= open_to_all | special | self._invited(viewer)
        on_review = Q(state__in=self.model.ON_REVIEW) & special
        return self.filter(shown | Exists(organizes) | Exists(belongs) | on_review)

    def _invited(self, viewer: Member) -> Q:
        """Whether the viewer was ever in the group, or was asked in by name."""
        been, asked = (self._of_each(relation).filter(member=viewer.pk) for relation in ("enrolments", "invitations"))
        return Exists(been) | Exists(asked)

    def proposed_to(self, viewer: Member) -> ReadingGroupQuerySet:
        """What members proposed: one's own, and all of them for organizers."""
        proposed = self.filter(proposed_by__isnull=False)
        if viewer.is_superuser:
            return proposed
        return proposed.filter(Q(proposed_by=viewer.pk) | looking_after_all(viewer))

    def waiting_first(self) -> ReadingGroupQuerySet:
        """Those that wait for an answer, the longest first; then what was answered, the latest first."""
        return self.annotate(waits=Q(state=self.model.State.PROPOSED)).order_by(
            "-waits", F("decided_at").desc(nulls_first=True), "submitted_at", "id"
        )

    def listed(self) -> ReadingGroupQuerySet:
        return self.filter(state__in=self.model.LISTED)

    def matching(self, text: str) -> ReadingGroupQuerySet:
        """Full text over title, description, topics and paper titles, as people type it into a search box."""
        return self.filter(search=SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch"))

    def about(self, topic: Topic) -> ReadingGroupQuerySet:
        """Groups on this topic or any below it."""
        linked = self.model.topics.through.objects.filter(
            readinggroup=OuterRef("pk"), topic__path__startswith=topic.path
        )
        return self.filter(Exists(linked))

    def with_places(self) -> ReadingGroupQuerySet:
        return self.filter(places_taken__lt=F("capacity"))

    def with_place_to_offer(self) -> ReadingGroupQuerySet:
        """Those with a free place and somebody in line."""
        return self.listed().with_places().filter(Exists(self._of_each("enrolments").in_line()))

    def with_next_session(self, now: datetime) -> ReadingGroupQuerySet:
        """Adds `next_id`, `next_starts_at` and `next_held_on` of the session that is on or comes next."""
        coming = self._of_each("sessions").coming(now)
        return self.annotate(
            next_id=Subquery(coming.values("id")[:1]),
            next_starts_at=Subquery(coming.values("starts_at")[:1]),
            next_held_on=Subquery(coming.values("held_on")[:1]),
        )

    def with_waiting(self) -> ReadingGroupQuerySet:
        """Adds `waiting`, how many stand in line."""
        return self.annotate(waiting=counted(self._of_each("enrolments").in_line(), "group"))

    def with_pool(self) -> ReadingGroupQuerySet:
        """Adds `pool_count`, how many papers wait for a session."""
        return self.annotate(pool_count=counted(self._of_each("readings").in_pool(), "group"))

    def with_past(self, now: datetime) -> ReadingGroupQuerySet:
        """Adds `past_count`, how many sessions are over."""
        return self.annotate(past_count=counted(self._of_each("sessions").past(now), "group"))

    def with_standing(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds how the viewer stands to each group, which `rules.standing_of` then reads without asking again."""
        own = self._of_each("enrolments").belonging().filter(member=viewer.pk).order_by("-joined_at", "-id")
        organizes = self.model.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk)
        return self.annotate(
            standing_for=Value(viewer.pk or 0),
            standing_state=Subquery(own.values("state")[:1]),
            standing_held_until=Subquery(own.values("held_until")[:1]),
            is_organized=Exists(organizes),
            is_invited=self._invited(viewer),
            looks_after_all=looking_after_all(viewer),
        )

    def with_sitting_in(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds `sits_in_session`, the id of the session at which the viewer sits or sat in, with its times, its own
        call and whether it is off."""
        own = self._of_each("sit_ins").filter(member=viewer.pk)
        return self.annotate(
            sits_in_session=Subquery(own.values("session_id")[:1]),
            sits_in_at=Subquery(own.values("session__starts_at")[:1]),
            sits_in_until=Subquery(own.values("session__ends_at")[:1]),
            sits_in_call_url=Subquery(own.values("session__call_url")[:1]),
            sits_in_is_off=Subquery(own.values("session__is_cancelled")[:1]),
        )

    def with_own_state(self, viewer: Member) -> ReadingGroupQuerySet:
        """Adds `own_state`, the viewer's live enrolment, or nothing."""
        own = self._of_each("enrolments").live().filter(member=viewer.pk)
        return self.annotate(own_state=Subquery(own.values("state")[:1]))

    def for_cards(self, viewer: Member, now: datetime) -> ReadingGroupQuerySet:
        """What a list of groups shows, in one query and one for the topics, at any length."""
        topics = self.model._meta.get_field("topics").related_model._default_manager.in_tree_order()
        return (
            self.with_next_session(now)
            .with_waiting()
            .with_own_state(viewer)
            .defer("search")
            .prefetch_related(Prefetch("topics", queryset=topics.fetch_mode(FETCH_RAISE)))
            .fetch_mode(FETCH_RAISE)
        )


class EnrolmentQuerySet(QuerySet):
    model: Any

    def live(self) -> EnrolmentQuerySet:
        return self.filter(state__in=self.model.LIVE)

    def belonging(self) -> EnrolmentQuerySet:
        """Those whose group stays theirs to see: live ones, and completed ones."""
        return self.filter(state__in=[*self.model.LIVE, self.model.State.COMPLETED])

    def enrolled(self) -> EnrolmentQuerySet:
        return self.filter(state=self.model.State.ENROLLED)

    def in_line(self) -> EnrolmentQuerySet:
        """Those who wait, the first in line first.

        Whoever cannot sign in could not take up a place, so others pass them by; their position stays theirs.
        """
        waiting = self.filter(state=self.model.State.WAITLISTED, member__is_active=True)
        return waiting.order_by("joined_at", "id")

    def not_passed_by(self) -> EnrolmentQuerySet:
        """Without those who wait and cannot sign in."""
        return self.exclude(state=self.model.State.WAITLISTED, member__is_active=False)

    def run_out(self, now: datetime) -> EnrolmentQuerySet:
        """Held places whose time is over."""
        return self.filter(state=self.model.State.HELD, held_until__lte=now)

    def by_name(self) -> EnrolmentQuerySet:
        return self.order_by("member__name_key", "member_id")

    def with_presented(self) -> EnrolmentQuerySet:
        """Adds `presented`, how many sessions of the group each member has presented or will."""
        own = related(self.model, "member", "presentations").objects.filter(
            member=OuterRef("member"), session__group=OuterRef("group"), session__is_cancelled=False
        )
        return self.annotate(presented=counted(own, "member"))


class SessionQuerySet(QuerySet):
    model: Any

    def coming(self, now: datetime) -> SessionQuerySet:
        """On now or later, soonest first; those without a time count until the day is over everywhere."""
        return self.planned(now).filter(is_cancelled=False)

    def planned(self, now: datetime) -> SessionQuerySet:
        """As `coming`, with those among them that are called off."""
        yesterday = now.date() - timedelta(days=1)
        to_come = Q(ends_at__gt=now) | Q(starts_at__isnull=True)
        return self.filter(to_come, held_on__gte=yesterday).order_by("held_on", "starts_at", "id")

    def at_the_time_of(self, session: Session) -> SessionQuerySet:
        """Others that overlap with a session whose time is known; of those that are off, one at the same start."""
        overlap = Q(is_cancelled=False, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at)
        return self.filter(overlap | Q(starts_at=session.starts_at)).exclude(pk=session.pk)

    def past(self, now: datetime) -> SessionQuerySet:
        """Over by now, the latest first."""
        yesterday = now.date() - timedelta(days=1)
        over = Q(ends_at__lte=now) | Q(starts_at__isnull=True, held_on__lt=yesterday)
        return self.filter(over, is_cancelled=False).order_by("-held_on", "-starts_at", "-id")

    def starting_between(self, start: datetime, end: datetime) -> SessionQuerySet:
        return self.filter(is_cancelled=False, starts_at__gte=start, starts_at__lt=end)

    def with_attendance_known(self) -> SessionQuerySet:
        """Those where it was taken, or where somebody checked in; of the others it is not known who came."""
        came = related(self.model, "attendances").objects.filter(session=OuterRef("pk"))
        return self.filter(Q(attendance_taken_at__isnull=False) | Exists(came))

    def with_answers(self, viewer: Member) -> SessionQuerySet:
        """Adds `yes_count`, `maybe_count` and `no_count`, `own_answer`, the viewer's, and `is_checked_in`."""
        answers = related(self.model, "rsvps").objects.filter(session=OuterRef("pk"))
        came = related(self.model, "attendances").objects.filter(session=OuterRef("pk"), member=viewer.pk)
        return self.annotate(
            **{
                f"{answer}_count": counted(answers.filter(answer=answer), "session")
                for answer in ("yes", "maybe", "no")
            },
            own_answer=Subquery(answers.filter(member=viewer.pk).values("answer")[:1]),
            is_checked_in=Exists(came),
        )

    def with_note_counts(self) -> SessionQuerySet:
        """Adds `strength_count` and `limitation_count` of what is read there."""
        notes = related(self.model, "readings", "notes")
        own = notes.objects.filter(reading__session=OuterRef("pk"))
        return self.annotate(
            strength_count=counted(own.filter(kind=notes.Kind.STRENGTH), "reading__session"),
            limitation_count=counted(own.filter(kind=notes.Kind.LIMITATION), "reading__session"),
        )

    def with_readings(self) -> SessionQuerySet:
        readings = self.model._meta.get_field("readings").related_model.objects.in_order()
        return self.prefetch_related(Prefetch("readings", queryset=readings))


class ReadingQuerySet(QuerySet):
    model: Any

    def in_order(self) -> ReadingQuerySet:
        """As the group lists them, each with its paper."""
        return self.select_related("paper").order_by("position", "id").fetch_mode(FETCH_RAISE)

    def in_pool(self) -> ReadingQuerySet:
        """Proposed, and not yet set for a session."""
        return self.filter(session__isnull=True)

    def with_votes(self, viewer: Member) -> ReadingQuerySet:
        """Adds `vote_count` and `is_voted`, whether one of the votes is the viewer's."""
        votes = related(self.model, "votes").objects.filter(reading=OuterRef("pk"))
        return self.annotate(vote_count=counted(votes, "reading"), is_voted=Exists(votes.filter(member=viewer.pk)))

    def for_pool(self, viewer: Member) -> ReadingQuerySet:
        """What a pool shows: most votes first, then what was proposed last, then the list in its order."""
        rows = self.in_pool().with_votes(viewer).select_related("paper", "proposed_by")
        newest = F("proposed_at").desc(nulls_last=True)
        return rows.order_by("-vote_count", newest, "position", "id").fetch_mode(FETCH_RAISE)

    def matching(self, text: str) -> ReadingQuerySet:
        """Those whose paper's title has these words, as people type them into a search box."""
        papers = related(self.model, "paper").objects.matching(text)
        return self.filter(paper__in=papers.values("pk"))


class PaperQuerySet(QuerySet):
    def visible_to(self, viewer: Member) -> PaperQuerySet:
        """Those on the list of a group that the viewer may see; all of them for admins."""
        if viewer.is_authenticated and viewer.is_superuser:
            return self.all()
        return self.read_in(related(self.model, "readings", "group").objects.visible_to(viewer))

    def matching(self, text: str) -> PaperQuerySet:
        """Full text over the title, as people type it into a search box."""
        vector = SearchVector("title", config=SEARCH_CONFIG)
        query = SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch")
        return self.alias(words=vector).filter(words=query)

    def titled(self, title: str) -> PaperQuerySet:
        """Those that are called so, in whatever spelling, in the order of their numbers."""
        field: Any = self.model._meta.get_field("title_key")
        return self.filter(title_key=field.key_of(title)).order_by("title_number")

    def like(self, paper: Paper) -> PaperQuerySet:
        """Others that share words of its title, those that share most first."""
        words = [word for word in paper.title_key.split() if len(word) >= SHORTEST_WORD_THAT_TELLS]
        if not words:
            return self.none()
        query = SearchQuery(" OR ".join(words[:MOST_WORDS]), config=SEARCH_CONFIG, search_type="websearch")
        vector = SearchVector("title", config=SEARCH_CONFIG)
        found = self.exclude(pk=paper.pk).alias(words=vector).filter(words=query)
        return found.order_by(SearchRank(vector, query).desc(), "title_key", "id")

    def read_in(self, groups: QuerySet[ReadingGroup]) -> PaperQuerySet:
        """Those on the list of at least one of the groups."""
        readings = related(self.model, "readings").objects
        return self.filter(Exists(readings.filter(paper=OuterRef("pk"), group__in=groups)))


class PresentationQuerySet(QuerySet):
    def in_order(self) -> PresentationQuerySet:
        """Those who offered first, each with their member."""
        return self.select_related("member").order_by("offered_at", "id").fetch_mode(FETCH_RAISE)

    def not_started(self, now: datetime) -> PresentationQuerySet:
        """Of sessions that can still be withdrawn from."""
        yesterday = now.date() - timedelta(days=1)
        return self.filter(
            Q(session__starts_at__gt=now) | Q(session__starts_at__isnull=True, session__held_on__gte=yesterday)
        )


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


class IdeaQuerySet(QuerySet):
    def with_hands(self, viewer: Member) -> IdeaQuerySet:
        """Adds `hand_count` and `is_own_hand_up`."""
        hands = related(self.model, "hands").objects.filter(idea=OuterRef("pk"))
        return self.annotate(hand_count=counted(hands, "idea"), is_own_hand_up=Exists(hands.filter(member=viewer.pk)))

    def for_board(self, viewer: Member) -> IdeaQuerySet:
        """What the board shows: most hands first, then the newest."""
        ideas = self.select_related("member", "paper").with_hands(viewer)
        return ideas.order_by("-hand_count", "-put_up_at", "-id").fetch_mode(FETCH_RAISE)


class InvitationLinkQuerySet(QuerySet):
    def newest_first(self) -> InvitationLinkQuerySet:
        return self.order_by("-created_at", "-id")


class SitInQuerySet(QuerySet):
    model: Any

    def at_sessions_that_take_place(self) -> SitInQuerySet:
        """Those whose session is not off, in a group that is not paused or over."""
        groups = related(self.model, "group")
        return self.filter(session__is_cancelled=False, group__state__in=groups.LISTED)

    def to_come(self, now: datetime) -> SitInQuerySet:
        return self.filter(session__ends_at__gt=now).order_by("session__starts_at", "id")
