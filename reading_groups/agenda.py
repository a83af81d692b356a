from copy import copy
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db.models import FETCH_RAISE, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from core.agenda import AgendaItem
from core.clock import instant_of
from members.models import Member
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Session, SitIn
from reading_groups.querysets import ReadingGroupQuerySet, SessionQuerySet

# Groups in these states meet nobody: nothing of theirs stands in a calendar.
NOT_ON = (ReadingGroup.State.PAUSED, ReadingGroup.State.DRAFT, *ReadingGroup.ON_REVIEW)
# Of a group, what no item tells and a list of many would carry along.
NOT_TOLD = ("group__description", "group__findings")


def items_for(member: Member, start: datetime, end: datetime, *, include_cancelled: bool = False) -> list[AgendaItem]:
    """The sessions of the groups that a member has a place in or runs, between two instants; and where they sit in.

    Those of a group that pauses or is a draft are left out. Two queries.
    """
    belongs, visits = _belongs(member.pk), _visits(member.pk)
    sessions = _on(Session.objects.filter(belongs | visits, starts_at__lt=end, ends_at__gt=start), include_cancelled)
    rows = loaded(sessions.annotate(is_presented=_presents(member.pk), is_visited=~belongs))
    return [item_of(session, is_presented=session.is_presented, is_visited=session.is_visited) for session in rows]  # type: ignore[attr-defined]


def items_of(
    groups: ReadingGroupQuerySet, start: datetime, end: datetime, *, has_calls: bool, include_cancelled: bool = False
) -> list[AgendaItem]:
    """The sessions of some groups between two instants, as all of their readers see them; the caller chooses which.

    The calls are told only where the caller says so. Those of a group that pauses or is a draft are left out. Two
    queries.
    """
    sessions = _on(Session.objects.filter(group__in=groups, starts_at__lt=end, ends_at__gt=start), include_cancelled)
    items = [item_of(session) for session in loaded(sessions).defer(*NOT_TOLD)]
    return items if has_calls else [replace(item, call_url="") for item in items]


def item_for(session: Session, member_id: int) -> AgendaItem:
    """A session, with its group and readings loaded, as it stands in a member's own calendar. One query.

    While its time is not known, it is told as called off, on its day: where a program has it at the time before, it
    must not stay.
    """
    asked = Session.objects.filter(pk=session.pk).annotate(
        is_presented=_presents(member_id), is_visited=_visits(member_id) & ~_belongs(member_id)
    )
    is_presented, is_visited = asked.values_list("is_presented", "is_visited").get()
    if session.starts_at is None:
        starts_at = instant_of(session.held_on, time(0), session.group.zone)
        ends_at = starts_at + timedelta(days=1)
        timed = copy(session)
        timed.starts_at, timed.ends_at, timed.is_cancelled = starts_at, ends_at, True
        session = timed
    return item_of(session, is_presented=is_presented, is_visited=is_visited)


def item_of(session: Session, *, is_presented: bool = False, is_visited: bool = False) -> AgendaItem:
    """A session with its time known, its group and readings loaded, as an item, told to those who present or sit in."""
    assert session.starts_at is not None
    assert session.ends_at is not None
    title = title_of(session)
    if is_presented:
        title = _("You present: %(title)s") % {"title": title}
    elif is_visited:
        title = _("You sit in: %(title)s") % {"title": title}
    return AgendaItem(
        uid=session.key,
        revision=session.revision,
        changed_at=session.changed_at,
        kind="session",
        title=title,
        context=session.group.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        zone=session.group.zone,
        url=session.group.get_absolute_url(),
        call_url=session.call_link,
        is_cancelled=session.is_cancelled,
    )


def title_of(session: Session) -> str:
    """Its own title, else what is read, else the group's title."""
    if session.title:
        return session.title
    for reading in session.readings.all():
        return reading.part or reading.paper.title
    return session.group.title


def loaded(sessions: SessionQuerySet) -> SessionQuerySet:
    """Sessions with all that `item_of` and `title_of` read, in order of time."""
    with_group = sessions.select_related("group").defer("group__search")
    return with_group.with_readings().order_by("starts_at", "id").fetch_mode(FETCH_RAISE)


def loaded_session(session_id: int) -> Session:
    """One of those. Raises Session.DoesNotExist."""
    return loaded(Session.objects.all()).get(pk=session_id)


def _on(sessions: SessionQuerySet, include_cancelled: bool) -> SessionQuerySet:
    """Those of groups that meet and, unless they are wanted too, none that are called off."""
    sessions = sessions.exclude(group__state__in=NOT_ON)
    return sessions if include_cancelled else sessions.filter(is_cancelled=False)


def _belongs(member_id: int) -> Q:
    """Of a session, that a member has a place in its group, or runs it."""
    places = Enrolment.objects.enrolled().filter(group=OuterRef("group"), member=member_id)
    run = ReadingGroup.organizers.through.objects.filter(readinggroup=OuterRef("group"), member=member_id)
    return Q(Exists(places) | Exists(run))


def _visits(member_id: int) -> Exists:
    return Exists(SitIn.objects.filter(session=OuterRef("pk"), member=member_id))


def _presents(member_id: int) -> Exists:
    return Exists(Presentation.objects.filter(session=OuterRef("pk"), member=member_id))
