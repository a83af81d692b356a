"""Links that lead into a group. The group's row is locked before the link's, by everybody who locks both."""

import secrets
from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import join_group, lock_group
from reading_groups.models import Enrolment, InvitationLink, InvitationUse


class LinkIsClosed(Exception):
    """The link has been revoked, or as many people as it may let in have come by it."""


class MoreHaveCome(Exception):
    """More people have come by the link already than it should let in from now on."""


@transaction.atomic
def make_link(*, actor: Member, group_id: int, note: str, most_uses: int | None, now: datetime) -> InvitationLink:
    """A new link into a group, for at most so many people. The caller has asked whether the actor may.

    Raises ReadingGroup.DoesNotExist. Sends nothing.
    """
    return InvitationLink.objects.create(
        group=lock_group(group_id),
        token=secrets.token_urlsafe(16),
        note=note,
        most_uses=most_uses,
        created_by=actor,
        created_at=now,
    )


@transaction.atomic
def cap_link(*, link_id: int, most_uses: int | None) -> InvitationLink:
    """Change how many people a link lets in. Those who came stay.

    Raises InvitationLink.DoesNotExist and MoreHaveCome. Sends nothing.
    """
    link = _lock(link_id)
    if most_uses is not None and link.used > most_uses:
        raise MoreHaveCome
    link.most_uses = most_uses
    link.save(update_fields=["most_uses"])
    return link


@transaction.atomic
def revoke_link(*, link_id: int, now: datetime) -> InvitationLink:
    """Close a link for good; those who came by it stay. Revoking twice changes nothing.

    Raises InvitationLink.DoesNotExist. Sends nothing.
    """
    link = _lock(link_id)
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
    return link


@transaction.atomic
def join_by_link(*, actor: Member, token: str, now: datetime) -> Enrolment:
    """Join a group by a link, as `join_group` does: a place, the one that is held, or the end of the line.

    Guarantees that never more people come in by a link than it lets in. Whoever is in the group already, or in its
    line, stays there, whatever has become of the link, and does not count; nor does whoever came by it before.
    Raises InvitationLink.DoesNotExist, LinkIsClosed and GroupIsClosed. May record `place_offered` mails to others.
    """
    group = lock_group(InvitationLink.objects.values_list("group_id", flat=True).get(token=token))
    link = InvitationLink.objects.select_for_update(no_key=True).get(token=token)
    is_in = group.enrolments.live().filter(member=actor).exists()
    is_counted = link.uses.filter(member=actor).exists()
    if not is_in and (link.revoked_at is not None or (link.is_used_up and not is_counted)):
        raise LinkIsClosed
    enrolment = join_group(actor=actor, group_id=group.pk, now=now)
    if not is_in and not is_counted:
        InvitationUse.objects.create(link=link, member=actor, used_at=now)
        link.used += 1
        link.save(update_fields=["used"])
    return enrolment


def _lock(link_id: int) -> InvitationLink:
    return InvitationLink.objects.select_for_update(no_key=True).get(pk=link_id)
