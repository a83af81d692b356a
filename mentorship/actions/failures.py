"""What can be refused, by name."""


class RoundIsClosed(Exception):
    """The deadline has passed, or the round is not open: nobody can offer or ask any more."""


class RoundIsNotClosed(Exception):
    """Nobody can be matched yet: the round is a draft, or people can still offer and ask until the deadline."""


class RoundIsPublished(Exception):
    """The pairs are made and everybody has been told; nothing in this round changes any more."""


class NotAPeer(Exception):
    """Mentors are peers: this member is at or above the round's position, or more cited than it allows."""


class NothingToWithdraw(Exception):
    """The member has no such offer or request in this round."""


class TimeIsGone(Exception):
    """The time does not suit both any more: a typical week has changed, or it is too near."""


class NotInRound(Exception):
    """One of the two has not offered, or not asked, in this round."""


class MenteeIsKept(Exception):
    """The mentee is kept with another mentor already."""


class DraftIsOutdated(Exception):
    """The round has changed since this draft was solved, or somebody has solved it again. Solve it and look again."""


class NobodyResponsible(Exception):
    """Mentees without a mentor for whom nobody is named yet; `mentees` are their ids."""

    def __init__(self, mentees: list[int]) -> None:
        self.mentees = mentees
        super().__init__(f"{len(mentees)} without somebody responsible")
