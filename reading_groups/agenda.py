from datetime import datetime

from django.db.models import FETCH_RAISE, Exists, OuterRef
from django.utils.translation import gettext as _

from core.agenda import AgendaItem
from members.models import Member
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Session, SitIn
from reading_groups.querysets import SessionQuerySet


def items_for(member: Member, start: datetime, end: datetime, *, include_cancelled: bool = False) -> list[AgendaItem]:
    """The sessions of the groups that a member has a place in or runs, between two instants; and where they sit in.

    Those of a group that pauses or is a draft are left out. Two queries.
    """
    places = Enrolment.objects.enrolled().filter(member=member, group=OuterRef("group"))
    run = ReadingGroup.organizers.through.objects.filter(member=member, readinggroup=OuterRef("group"))
    visits = SitIn.objects.filter(member=member, session=OuterRef("pk"))
    belongs = Exists(places) | Exists(run)
    sessions = Session.objects.filter(belongs | Exists(visits), starts_at__lt=end, ends_at__gt=start)
    not_on = (ReadingGroup.State.PAUSED, ReadingGroup.State.DRAFT)
    sessions = sessions.exclude(group__state__in=not_on).annotate(is_visited=~belongs)
    if not include_cancelled:
        sessions = sessions.filter(is_cancelled=False)
    own_parts = Presentation.objects.filter(session=OuterRef("pk"), member=member)
    rows = loaded(sessions.annotate(is_presented=Exists(own_parts)))
    return [item_of(session, is_presented=session.is_presented, is_visited=session.is_visited) for session in rows]  # type: ignore[attr-defined]


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
    return sessions.select_related("group").with_readings().order_by("starts_at", "id").fetch_mode(FETCH_RAISE)
