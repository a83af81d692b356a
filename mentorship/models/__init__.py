from mentorship.models.asking import Offer, Request, Wish
from mentorship.models.drafts import Draft, DraftGap, DraftPair
from mentorship.models.mentorships import Mentorship
from mentorship.models.rounds import Alternative, PairRule, Round

__all__ = [
    "Alternative",
    "Draft",
    "DraftGap",
    "DraftPair",
    "Mentorship",
    "Offer",
    "PairRule",
    "Request",
    "Round",
    "Wish",
]
