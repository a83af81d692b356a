"""The kinds of message that reading groups send. `notifications` knows how; this says when, to whom and what."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import FETCH_RAISE
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.models import Enrolment, Session


class SessionTomorrow(Kind):
    """To everybody with a place, a day before a session."""

    key = "session_tomorrow"
    title = _("A session is a day away")
    # A reminder that was held up is still useful until shortly before the session.
    stale_after = timedelta(hours=22)
    is_optional = True
    ahead = timedelta(hours=24)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        rows = Enrolment.objects.enrolled().filter(group__sessions__in=sessions).order_by("id")
        columns = rows.values_list(
            "member_id", "group__sessions__id", "group__sessions__starts_at", "group__sessions__revision"
        )
        for member_id, session_id, starts_at, revision in columns.iterator():
            yield Obligation(
                member_id=member_id,
                object_key=f"reading_groups.session:{session_id}",
                occurrence=f"revision {revision}",
                due_at=starts_at - self.ahead,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        session = Session.objects.filter(pk=id_from(delivery.object_key), is_cancelled=False).first()
        return (
            session is not None
            and session.starts_at is not None
            and session.starts_at > now
            and delivery.occurrence == f"revision {session.revision}"
            and session.group.enrolments.enrolled().filter(member=delivery.member_id).exists()
        )

    def context(self, delivery: Delivery) -> dict[str, Any]:
        session = (
            Session.objects.select_related("group")
            .with_readings()
            .fetch_mode(FETCH_RAISE)
            .get(pk=id_from(delivery.object_key))
        )
        return {
            "session": session,
            "group": session.group,
            "call_url": session.group.call_url,
            "path": session.group.get_absolute_url(),
        }


class PlaceOffered(Kind):
    """To the first in line, when a place is free."""

    key = "place_offered"
    title = _("A place is free for you")
    ignores_quiet_hours = True

    def record(self, enrolment: Enrolment, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; a place offered again is a new occurrence."""
        moment = enrolment.held_until or enrolment.enrolled_at
        assert moment is not None
        self.write(
            [
                Obligation(
                    member_id=enrolment.member_id,
                    object_key=enrolment.key,
                    occurrence=f"until {moment.isoformat()}",
                    due_at=now,
                    expires_at=enrolment.held_until,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        enrolment = Enrolment.objects.filter(pk=id_from(delivery.object_key)).first()
        if enrolment is None:
            return False
        if enrolment.state == Enrolment.State.HELD:
            return enrolment.held_until is not None and enrolment.held_until > now
        # With no hold the place was given at once, and the mail says so.
        return enrolment.state == Enrolment.State.ENROLLED and delivery.expires_at is None

    def context(self, delivery: Delivery) -> dict[str, Any]:
        enrolment = Enrolment.objects.select_related("group").get(pk=id_from(delivery.object_key))
        return {
            "enrolment": enrolment,
            "group": enrolment.group,
            "held_until": enrolment.held_until,
            "path": enrolment.group.get_absolute_url(),
        }


SESSION_TOMORROW = SessionTomorrow()
PLACE_OFFERED = PlaceOffered()
KINDS: list[Kind] = [SESSION_TOMORROW, PLACE_OFFERED]
