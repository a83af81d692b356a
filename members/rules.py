"""Who may do what to people, and who counts as a peer."""

import rules
from django.conf import settings
from django.utils import timezone

from members.models import Member, Position, Role


def is_non_expert(member: Member, *, below_position: str = "", max_citations: int | None = None) -> bool:
    """Whether somebody mentors as a peer: below a position, and not a highly cited researcher.

    Positions are compared by their order in `Position`; somebody without a stated position counts as a peer, as does
    somebody without a stated number of citations. Defaults come from settings; rounds pass their own.
    """
    limit = Position(below_position or settings.NON_EXPERT_BELOW_POSITION)
    most = settings.NON_EXPERT_MAX_CITATIONS if max_citations is None else max_citations
    if member.academic_position and Position(member.academic_position).rank >= limit.rank:
        return False
    return (member.citation_count or 0) <= most


def holds_role(member: Member, kind: str, *, scope: str = "") -> bool:
    """Whether somebody holds this role today, by the date in UTC. One query.

    A predicate is given nobody's clock, so this reads it, as views and tasks do.
    """
    return member.is_active and member.roles.live(timezone.now().date()).filter(kind=kind, scope=scope).exists()


@rules.predicate
def is_organizer(viewer: Member) -> bool:
    """Who looks after the whole collaborative: organizers, and admins."""
    return viewer.is_active and (viewer.is_superuser or holds_role(viewer, Role.Kind.ORGANIZER))


@rules.predicate
def can_see_member(viewer: Member, member: Member | None) -> bool:
    # The admin asks without a member, about all of them at once; that is a right of staff, granted one by one.
    if member is None:
        return False
    return viewer == member or (viewer.is_active and member.is_active and member.name != "")


@rules.predicate
def is_self(viewer: Member, member: Member) -> bool:
    return viewer == member


rules.add_perm("members.view_member", rules.is_authenticated & (can_see_member | rules.is_superuser))
rules.add_perm("members.edit_profile", rules.is_authenticated & is_self)
