"""What a group leaves to others: what was read, by whom presented, what was found, in numbers and in words."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page
from django.db.models import Count, Exists, OuterRef, Prefetch, prefetch_related_objects

from members.models import Member
from reading_groups.models import Enrolment, Idea, Note, Presentation, Reading, ReadingGroup, Session
from reading_groups.querysets import ReadingGroupQuerySet, SessionQuerySet, counted


@dataclass(frozen=True, kw_only=True)
class Results:
    """`sessions` are those of the page, each with its readings, presenters that may be named, and counts of notes."""

    organizers: list[Member]
    sessions: list[Session]


def with_numbers(groups: ReadingGroupQuerySet, now: datetime) -> ReadingGroupQuerySet:
    """Adds what a page of results counts: sessions that took place, papers, people, notes, and ideas made projects."""

    def own(rows: object) -> object:
        return counted(rows, "group")  # type: ignore[arg-type]

    past = Session.objects.past(now).filter(group=OuterRef("pk"))
    read = Reading.objects.filter(group=OuterRef("pk"), session__in=Session.objects.past(now))
    papers = read.order_by().values("group").annotate(n=Count("paper", distinct=True)).values("n")
    notes = Note.objects.filter(reading__group=OuterRef("pk"))
    by_group = {kind: counted(notes.filter(kind=kind), "reading__group") for kind in Note.Kind}
    places = Enrolment.objects.filter(
        group=OuterRef("pk"), state__in=[Enrolment.State.ENROLLED, Enrolment.State.COMPLETED]
    )
    return groups.annotate(
        past_count=own(past),
        paper_count=papers,
        people_count=own(places),
        adopted_count=own(Idea.objects.filter(group=OuterRef("pk"), state=Idea.State.ADOPTED)),
        strength_count=by_group[Note.Kind.STRENGTH],
        limitation_count=by_group[Note.Kind.LIMITATION],
    )


def read_in(group: ReadingGroup, now: datetime) -> SessionQuerySet:
    """The sessions that took place and read something, the first one first."""
    read = Exists(Reading.objects.filter(session=OuterRef("pk")))
    sessions = group.sessions.past(now).filter(read).with_note_counts()
    return sessions.order_by("held_on", "starts_at", "id")


def results_of(group: ReadingGroup, page: Page, *, viewer: Member, names_all: bool) -> Results:
    """What the page shows, in four queries. Unless all are to be named, only those who let visitors read their name."""
    sessions = list(page)
    named = Presentation.objects.in_order()
    if not names_all:
        named = named.filter(member__in=Member.objects.named_publicly()) if group.is_public else named.none()
    prefetch_related_objects(
        sessions,
        Prefetch("readings", queryset=Reading.objects.in_order()),
        Prefetch("presentations", queryset=named, to_attr="named"),
    )
    for session in sessions:
        session.group = group
    return Results(organizers=organizers_for(viewer, group), sessions=sessions)


def organizers_for(viewer: Member, group: ReadingGroup) -> list[Member]:
    """Who runs it: all of them for members, those who chose it for visitors."""
    organizers = group.organizers.by_name()
    return list(organizers if viewer.is_authenticated else organizers.named_publicly())
