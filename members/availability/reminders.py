"""The kinds of message about meetings. `notifications` knows how; this says when, to whom and what."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.agenda import AgendaItem
from members.availability.absence import PausesWhileAway
from members.availability.agenda import company_of, item_of, loaded
from members.availability.exams.reminders import EXAM_WEEKS_ASKED
from members.availability.models import Meeting
from members.availability.weeks.reminders import STILL_TRUE
from members.models import Member
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery


class MeetingTomorrow(PausesWhileAway):
    """To everybody who takes part, a day before a meeting. Not about one that was set within that day.

    Whoever set it knows, and the others have just been told.
    """

    key = "meeting_tomorrow"
    title = _("A meeting is a day away")
    when = _("A day before a meeting that was set earlier")
    to_whom = _("Everybody who takes part")
    # A reminder that was held up is still useful until two hours before the meeting.
    stale_after = timedelta(hours=22)
    is_optional = True
    ahead = timedelta(hours=24)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        meetings = Meeting.objects.starting_between(start + self.ahead, end + self.ahead)
        rows = (
            meetings.filter(participants__is_active=True, changed_at__lte=F("starts_at") - self.ahead)
            .order_by("starts_at", "id", "participants")
            .values_list("id", "starts_at", "revision", "participants")
        )
        for meeting_id, starts_at, revision, member_id in rows.iterator():
            yield Obligation(
                member_id=member_id,
                object_key=f"availability.meeting:{meeting_id}",
                occurrence=_occurrence(starts_at, revision),
                due_at=starts_at - self.ahead,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        meeting = _meeting_of(delivery)
        return (
            meeting is not None
            and not meeting.is_cancelled
            and meeting.starts_at > now
            and delivery.occurrence == _occurrence(meeting.starts_at, meeting.revision)
        )

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return _context(delivery)

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        return item_of(context["meeting"], Member(pk=delivery.member_id))


class MeetingChanged(Kind):
    """To those who take part, when somebody else has planned, moved or cancelled a meeting."""

    key = "meeting_changed"
    title = _("A meeting is planned, moved or cancelled")
    when = _("As soon as it is")
    to_whom = _("Everybody who takes part, but whoever did it")
    ignores_quiet_hours = True

    def record(self, meeting: Meeting, *, actor: Member, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; each revision is told once."""
        others = meeting.participants.active().exclude(pk=actor.pk).order_by("pk")
        self.write(
            [
                Obligation(
                    member_id=member_id,
                    object_key=meeting.key,
                    occurrence=_occurrence(meeting.starts_at, meeting.revision),
                    due_at=now,
                    expires_at=meeting.ends_at,
                )
                for member_id in others.values_list("pk", flat=True)
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        meeting = _meeting_of(delivery)
        return meeting is not None and delivery.occurrence == _occurrence(meeting.starts_at, meeting.revision)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return _context(delivery)

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        return item_of(context["meeting"], Member(pk=delivery.member_id))


def _meeting_of(delivery: Delivery) -> Meeting | None:
    """The meeting that a delivery is about, where its recipient takes part in it."""
    meetings = Meeting.objects.filter(pk=id_from(delivery.object_key), participants=delivery.member_id)
    return meetings.first()


def _context(delivery: Delivery) -> dict[str, Any]:
    meeting = loaded(Meeting.objects.all()).get(pk=id_from(delivery.object_key))
    return {
        "meeting": meeting,
        "company": company_of(meeting, Member(pk=delivery.member_id)),
        "is_new": meeting.revision == 0,
        "path": meeting.get_absolute_url(),
    }


def _occurrence(starts_at: datetime, revision: int) -> str:
    """What a message was true for; a meeting that moves is owed another."""
    return f"{starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ} revision {revision}"


MEETING_TOMORROW = MeetingTomorrow()
MEETING_CHANGED = MeetingChanged()
KINDS: list[Kind] = [MEETING_TOMORROW, MEETING_CHANGED, STILL_TRUE, EXAM_WEEKS_ASKED]
