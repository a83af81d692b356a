"""Who may do what. `view_away` and `view_meeting` say the same as `visible_to`; a test compares them.

There is no permission to see a typical week: its page is always the viewer's own, and `sharing.people` reads those
that members share.
"""

import rules

from members.availability.models import Away, Meeting
from members.availability.polls import rules as polls_rules
from members.models import Member
from members.rules import is_organizer

__all__ = ["polls_rules"]


# The admin asks for rights on all rows, without naming one; these are rights on one.
@rules.predicate
def is_one(viewer: Member, away: Away | None) -> bool:
    return away is not None


@rules.predicate
def is_own(viewer: Member, away: Away | None) -> bool:
    return away is not None and away.member_id == viewer.pk


@rules.predicate
def takes_part(viewer: Member, meeting: Meeting | None) -> bool:
    return meeting is not None and meeting.participants.filter(pk=viewer.pk).exists()


rules.add_perm("availability.view_away", rules.is_authenticated & is_one)
rules.add_perm("availability.edit_away", rules.is_authenticated & is_own)
rules.add_perm("availability.view_meeting", rules.is_authenticated & (takes_part | rules.is_superuser))
rules.add_perm("availability.edit_meeting", rules.is_authenticated & (takes_part | rules.is_superuser))
rules.add_perm("availability.set_exam_weeks", rules.is_authenticated & is_organizer)
