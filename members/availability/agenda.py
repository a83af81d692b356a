from datetime import datetime

from django.db.models import FETCH_RAISE, Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.agenda import AgendaItem
from members.availability.models import Meeting
from members.availability.querysets import MeetingQuerySet
from members.models import Member


def items_for(member: Member, start: datetime, end: datetime, *, include_cancelled: bool = False) -> list[AgendaItem]:
    """The meetings that a member takes part in, between two instants, in order. Two queries."""
    meetings = Meeting.objects.of(member).filter(starts_at__lt=end, ends_at__gt=start)
    if not include_cancelled:
        meetings = meetings.on()
    return [item_of(meeting, member) for meeting in loaded(meetings)]


def item_of(meeting: Meeting, viewer: Member) -> AgendaItem:
    """A meeting with its participants loaded, as an item of one of them."""
    return AgendaItem(
        uid=meeting.key,
        revision=meeting.revision,
        changed_at=meeting.changed_at,
        kind="meeting",
        title=meeting.title,
        context=company_of(meeting, viewer),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=meeting.zone,
        url=meeting.get_absolute_url(),
        call_url=meeting.call_url,
        is_cancelled=meeting.is_cancelled,
    )


def company_of(meeting: Meeting, viewer: Member) -> str:
    """“With Member B”, or “With Member B and 3 others”; the title where nobody else takes part."""
    others = [str(member) for member in meeting.participants.all() if member.pk != viewer.pk]
    if not others:
        return meeting.title
    if len(others) == 1:
        return _("With %(name)s") % {"name": others[0]}
    text = ngettext("With %(name)s and %(n)s other", "With %(name)s and %(n)s others", len(others) - 1)
    return text % {"name": others[0], "n": len(others) - 1}


def loaded(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Meetings with all that `item_of` reads, in order of time."""
    people = Prefetch("participants", queryset=Member.objects.by_name().fetch_mode(FETCH_RAISE))
    return meetings.prefetch_related(people).order_by("starts_at", "id").fetch_mode(FETCH_RAISE)
