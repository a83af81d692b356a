"""The kinds of message that reading groups send. `notifications` knows how; these say when, to whom and what."""

from notifications.kinds import Kind
from reading_groups.reminders import (
    certificates,
    changes,
    groups,
    invited,
    messages,
    presenting,
    sessions,
    sitting_in,
)
from reading_groups.reminders.certificates import CERTIFICATE_ISSUED
from reading_groups.reminders.changes import SESSION_CHANGED
from reading_groups.reminders.groups import GROUP_DECIDED, GROUP_PAUSED, GROUP_PROPOSED, NEXT_TERM
from reading_groups.reminders.invited import GROUP_INVITED
from reading_groups.reminders.messages import GROUP_MESSAGE
from reading_groups.reminders.presenting import (
    PRESENTER_WANTED,
    PRESENTER_WITHDREW,
    PRESENTING_ANSWERED,
    PRESENTING_INVITED,
    SWAP_ASKED,
)
from reading_groups.reminders.sessions import PLACE_OFFERED, PRESENTING_SOON, QUESTION_ASKED, SESSION_TOMORROW
from reading_groups.reminders.sitting_in import SAT_IN, SIT_IN

KINDS: list[Kind] = [
    *sessions.KINDS,
    *changes.KINDS,
    *groups.KINDS,
    *sitting_in.KINDS,
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
    "PRESENTER_WANTED",
    "PRESENTER_WITHDREW",
    "PRESENTING_ANSWERED",
    "PRESENTING_INVITED",
    "PRESENTING_SOON",
    "QUESTION_ASKED",
    "SAT_IN",
    "SESSION_CHANGED",
    "SESSION_TOMORROW",
    "SIT_IN",
    "SWAP_ASKED",
]
