"""Who may do what to a poll. `view_poll` says the same as `visible_to`; a test compares them.

There is no permission to see what somebody answered: where a poll shows names its results do, elsewhere nothing does.
"""

import rules

from members.availability.polls.models import Poll
from members.models import Member


@rules.predicate
def organizes(viewer: Member, poll: Poll | None) -> bool:
    if poll is None:
        return False
    known = getattr(poll, "is_organized", None)
    return poll.organizers.filter(pk=viewer.pk).exists() if known is None else known


@rules.predicate
def is_asked(viewer: Member, poll: Poll | None) -> bool:
    if poll is None:
        return False
    known = getattr(poll, "is_asked", None)
    return poll.ballots.filter(member=viewer.pk).exists() if known is None else known


@rules.predicate
def is_one(viewer: Member, poll: Poll | None) -> bool:
    return poll is not None


looks_after = organizes | (rules.is_superuser & is_one)
rules.add_perm("availability.view_poll", rules.is_authenticated & (organizes | is_asked | rules.is_superuser))
rules.add_perm("availability.edit_poll", rules.is_authenticated & looks_after)
