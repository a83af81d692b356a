"""What waits for organizers, over all groups that are theirs to look after: numbers, and never what is inside a group.

Each list is one query, however many groups there are; it holds the first rows, the most urgent on top.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from members.models import Member
from reading_groups.models import Attendance, Enrolment, Presentation, ReadingGroup, Session
from reading_groups.querysets import ReadingGroupQuerySet, SessionQuerySet, counted

State = ReadingGroup.State

MOST_SHOWN = 5
# Sessions so far ahead should have their presenters.
AHEAD = timedelta(days=14)
# So long after a session attendance is asked for, so that a group with years behind it is not a list of debts.
ASKED_FOR = timedelta(days=28)
# So long after its last session a group should be completed.
TERM_IS_OVER = timedelta(days=14)
SESSIONS_COMPARED = 3


def groups_on_desk(viewer: Member, *, looks_after_all: bool) -> ReadingGroupQuerySet:
    """Those that go on and the viewer organizes; for organizers of the collaborative, others' too, but their drafts."""
    live = ReadingGroup.objects.filter(state__in=ReadingGroup.TAKES_PAPERS).defer("search")
    own = Exists(ReadingGroup.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member=viewer.pk))
    return live.filter(own | ~Q(state=State.DRAFT)) if looks_after_all else live.filter(own)


def at_a_glance(groups: ReadingGroupQuerySet, viewer: Member, now: datetime) -> ReadingGroupQuerySet:
    """How each stands, by title."""
    rows = groups.with_next_session(now).with_waiting().with_past(now).with_standing(viewer)
    return rows.order_by("title_key", "id")


def short_of_presenters(groups: ReadingGroupQuerySet, now: datetime) -> SessionQuerySet:
    """Sessions of the next two weeks with fewer presenters than asked for, soonest first; adds `presenters_short`."""
    presenting = counted(Presentation.objects.filter(session=OuterRef("pk")), "session")
    wanted = Coalesce(F("presenters_wanted"), F("group__presenters_wanted"), output_field=IntegerField())
    sessions = Session.objects.starting_between(now, now + AHEAD).filter(group__in=groups.listed())
    sessions = sessions.annotate(presenters_short=wanted - presenting).filter(presenters_short__gt=0)
    return sessions.select_related("group").defer("group__search").order_by("starts_at", "id")


def with_lines(groups: ReadingGroupQuerySet) -> ReadingGroupQuerySet:
    """Groups in which somebody waits, the longest first; adds `waiting` and `first_waits_since`."""
    line = Enrolment.objects.in_line().filter(group=OuterRef("pk"))
    rows = groups.with_waiting().annotate(first_waits_since=Subquery(line.values("joined_at")[:1]))
    return rows.filter(waiting__gt=0).order_by("first_waits_since", "id")


def with_few_coming(groups: ReadingGroupQuerySet, now: datetime) -> ReadingGroupQuerySet:
    """Groups where under half of those with a place came to the last three sessions of which it is known who came.

    Adds `came`, how many did, and `could_have_come`, both over the three together; the emptiest first.
    """
    last = Session.objects.past(now).with_attendance_known().filter(group=OuterRef(OuterRef("pk")))
    last = last.values("pk")[:SESSIONS_COMPARED]
    came = Attendance.objects.filter(session__in=Subquery(last))
    known = Session.objects.filter(group=OuterRef("pk"), pk__in=Subquery(last))
    rows = groups.listed().annotate(
        came=counted(came.annotate(group=F("session__group")), "group"),
        known=counted(known, "group"),
        with_place=counted(Enrolment.objects.enrolled().filter(group=OuterRef("pk")), "group"),
    )
    rows = rows.annotate(could_have_come=F("with_place") * SESSIONS_COMPARED)
    return rows.filter(known=SESSIONS_COMPARED, came__lt=F("could_have_come") / 2.0).order_by("came", "title_key", "id")


def without_attendance(groups: ReadingGroupQuerySet, now: datetime) -> ReadingGroupQuerySet:
    """Groups with sessions of the last four weeks of which it is not known who came, the oldest first.

    Adds `unknown`, how many, and `unknown_id` and `unknown_on` of the latest.
    """
    over = Session.objects.past(now).filter(group=OuterRef("pk"), held_on__gte=(now - ASKED_FOR).date())
    unknown = over.exclude(pk__in=Session.objects.with_attendance_known().values("pk"))
    rows = (
        groups.listed()
        .filter(places_taken__gt=0)
        .annotate(
            unknown=counted(unknown, "group"),
            unknown_id=Subquery(unknown.values("pk")[:1]),
            unknown_on=Subquery(unknown.values("held_on")[:1]),
        )
    )
    return rows.filter(unknown__gt=0).order_by("unknown_on", "title_key", "id")


def with_term_over(groups: ReadingGroupQuerySet, now: datetime) -> ReadingGroupQuerySet:
    """Groups whose last session was two weeks ago or longer and that are not completed; adds `last_on`."""
    own = Session.objects.filter(group=OuterRef("pk"), is_cancelled=False)
    last = own.order_by("-held_on", "-id").values("held_on")[:1]
    rows = groups.exclude(state=State.DRAFT).annotate(last_on=Subquery(last))
    return rows.filter(last_on__lte=(now - TERM_IS_OVER).date()).order_by("last_on", "id")


def without_organizer(groups: ReadingGroupQuerySet) -> ReadingGroupQuerySet:
    """Groups that nobody runs who can sign in: theirs have left."""
    active = ReadingGroup.organizers.through.objects.filter(readinggroup=OuterRef("pk"), member__is_active=True)
    return groups.filter(~Exists(active)).order_by("title_key", "id")


def proposals_that_wait(viewer: Member) -> ReadingGroupQuerySet:
    """Proposals without an answer, the oldest first."""
    waiting = ReadingGroup.objects.proposed_to(viewer).filter(state=State.PROPOSED).defer("search")
    return waiting.order_by("submitted_at", "id")
