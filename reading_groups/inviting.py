"""The session that a mail is about, for the calendar program of its reader."""

from typing import Any

from core.agenda import AgendaItem
from notifications.models import Delivery
from reading_groups.agenda import item_for
from reading_groups.models import Session


def agenda_item_of(delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
    """The `session` that a context has loaded, as it stands in the calendar of the reader. One query at most.

    None where the message is about no session, or goes to somebody who need not be a member.
    """
    session: Session | None = context["session"]
    if session is None or delivery.member_id is None:
        return None
    return item_for(session, delivery.member_id)
