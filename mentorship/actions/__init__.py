from mentorship.actions.asking import save_offer, save_request, withdraw_offer, withdraw_request
from mentorship.actions.drafts import store_failure, store_solution
from mentorship.actions.failures import (
    DraftIsOutdated,
    MenteeIsKept,
    NobodyResponsible,
    NotAPeer,
    NothingToWithdraw,
    NotInRound,
    RoundIsClosed,
    RoundIsNotClosed,
    RoundIsPublished,
    TimeIsGone,
)
from mentorship.actions.leaving import leave_mentoring
from mentorship.actions.meeting import plan_pair_meeting
from mentorship.actions.pairs import forbid_pair, lock_pair, name_responsible, remove_rule
from mentorship.actions.publishing import publish, start_draft, start_solving
from mentorship.actions.rounds import close_round, open_round, save_round

__all__ = [
    "DraftIsOutdated",
    "MenteeIsKept",
    "NobodyResponsible",
    "NotAPeer",
    "NotInRound",
    "NothingToWithdraw",
    "RoundIsClosed",
    "RoundIsNotClosed",
    "RoundIsPublished",
    "TimeIsGone",
    "close_round",
    "forbid_pair",
    "leave_mentoring",
    "lock_pair",
    "name_responsible",
    "open_round",
    "plan_pair_meeting",
    "publish",
    "remove_rule",
    "save_offer",
    "save_request",
    "save_round",
    "start_draft",
    "start_solving",
    "store_failure",
    "store_solution",
    "withdraw_offer",
    "withdraw_request",
]
