"""The kinds of message that reading groups send. `notifications` knows how; these say when, to whom and what."""

from notifications.kinds import Kind
from reading_groups.reminders import (
    certificates,
    changes,
    groups,
    invited,
    messages,
    places,
    presenting,
    presenting_soon,
    sessions,
    sitting_in,
)
from reading_groups.reminders.certificates import CERTIFICATE_ISSUED
from reading_groups.reminders.changes import SESSION_CHANGED
from reading_groups.reminders.groups import GROUP_DECIDED, GROUP_PAUSED, GROUP_PROPOSED, NEXT_TERM
from reading_groups.reminders.invited import GROUP_INVITED
from reading_groups.reminders.messages import GROUP_MESSAGE
from reading_groups.reminders.places import PLACE_OFFERED, SIGN_UP_CONFIRMED, WAITLISTED
from reading_groups.reminders.presenting import (
    PRESENTER_WANTED,
    PRESENTER_WITHDREW,
    PRESENTING_ANSWERED,
    PRESENTING_INVITED,
    SWAP_ASKED,
)
from reading_groups.reminders.presenting_soon import (
    PRESENTER_AWAY,
    PRESENTING_NEXT_WEEK,
    PRESENTING_SOON,
    QUESTION_ASKED,
)
from reading_groups.reminders.sessions import SESSION_SOON, SESSION_TOMORROW
from reading_groups.reminders.sitting_in import SAT_IN, SIT_IN

KINDS: list[Kind] = [
    *places.KINDS,
    *sessions.KINDS,
    *changes.KINDS,
    *groups.KINDS,
    *sitting_in.KINDS,
    *presenting_soon.KINDS,
    *presenting.KINDS,
    *messages.KINDS,
    *invited.KINDS,
    *certificates.KINDS,
]

__all__ = [
    "CERTIFICATE_ISSUED",
    "GROUP_DECIDED",
    "GROUP_INVITED",
    "GROUP_MESSAGE",
    "GROUP_PAUSED",
    "GROUP_PROPOSED",
    "KINDS",
    "NEXT_TERM",
    "PLACE_OFFERED",
    "PRESENTER_AWAY",
    "PRESENTER_WANTED",
    "PRESENTER_WITHDREW",
    "PRESENTING_ANSWERED",
    "PRESENTING_INVITED",
    "PRESENTING_NEXT_WEEK",
    "PRESENTING_SOON",
    "QUESTION_ASKED",
    "SAT_IN",
    "SESSION_CHANGED",
    "SESSION_SOON",
    "SESSION_TOMORROW",
    "SIGN_UP_CONFIRMED",
    "SIT_IN",
    "SWAP_ASKED",
    "WAITLISTED",
]
