"""What messages about a session have in common: their words, and the session for the calendar of their reader."""

from datetime import UTC, datetime
from typing import Any

from core.agenda import AgendaItem
from notifications.kinds import Kind
from notifications.models import Delivery
from reading_groups.agenda import item_for, title_of
from reading_groups.models import Session


class PutsInCalendar(Kind):
    """A kind whose context has a `session`, loaded as `agenda.loaded` does; it comes along for calendar programs."""

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        """The session as it stands in the calendar of the reader. One query at most.

        None where the message is about no session, or goes to somebody who need not be a member.
        """
        session: Session | None = context["session"]
        if session is None or delivery.member_id is None:
            return None
        return item_for(session, delivery.member_id)


def words_about(session: Session) -> dict[str, Any]:
    """What nearly every message about a session says of it. No query, once it is loaded."""
    return {
        "session": session,
        "group": session.group,
        "title": title_of(session),
        "readings": list(session.readings.all()),
    }


def instant(moment: datetime) -> str:
    """A moment, as occurrences have it where each is another one."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
