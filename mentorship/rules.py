"""Who may do what. `view_round` and `view_mentorship` say the same as `visible_to`; a test compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from members.models import Role
from members.rules import holds_role, is_non_expert

if TYPE_CHECKING:
    # The querysets read these rules, and the models the querysets.
    from members.models import Member
    from mentorship.models import Mentorship, Round


def is_peer(member: Member, mentoring_round: Round) -> bool:
    """Whether somebody may mentor as a peer in this round."""
    return is_non_expert(
        member, below_position=mentoring_round.below_position, max_citations=mentoring_round.max_citations
    )


@rules.predicate
def is_mentoring_organizer(viewer: Member) -> bool:
    """Who matches mentors: those with the role, and admins."""
    return viewer.is_active and (viewer.is_superuser or holds_role(viewer, Role.Kind.MENTORING_ORGANIZER))


# The admin asks for rights on all rows, without naming one; these are rights on one.
@rules.predicate
def is_one(viewer: Member, thing: object | None) -> bool:
    return thing is not None


@rules.predicate
def has_opened(viewer: Member, mentoring_round: Round | None) -> bool:
    return mentoring_round is not None and mentoring_round.state != "draft"


@rules.predicate
def is_one_of_the_two(viewer: Member, mentorship: Mentorship | None) -> bool:
    return mentorship is not None and viewer.pk in {mentorship.mentor_id, mentorship.mentee_id}


rules.add_perm("mentorship.view_round", rules.is_authenticated & is_one & (has_opened | is_mentoring_organizer))
rules.add_perm("mentorship.match_rounds", rules.is_authenticated & is_mentoring_organizer)
rules.add_perm(
    "mentorship.view_mentorship", rules.is_authenticated & is_one & (is_one_of_the_two | is_mentoring_organizer)
)
