"""Asking single members into a group."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import GroupIsClosed, lock_group
from reading_groups.models import GroupInvitation
from reading_groups.reminders import GROUP_INVITED


@transaction.atomic
def invite_member(*, actor: Member, group_id: int, member: Member, now: datetime) -> GroupInvitation:
    """Let a member see a group that takes people, whoever else sees it, and tell them; inviting twice changes nothing.

    They get no place by it. The caller has asked whether the actor may. Raises ReadingGroup.DoesNotExist and
    GroupIsClosed. Records a `group_invited` mail.
    """
    group = lock_group(group_id)
    if not group.is_listed:
        raise GroupIsClosed
    asked = {"invited_by": actor, "invited_at": now}
    invitation, is_new = GroupInvitation.objects.get_or_create(group=group, member=member, defaults=asked)
    if is_new:
        GROUP_INVITED.record(invitation, now=now)
    return invitation


@transaction.atomic
def uninvite_member(*, group_id: int, invitation_id: int) -> None:
    """The member is invited no more; where they are or were in the group they see it all the same. Sends nothing.

    Taking it back twice changes nothing.
    """
    GroupInvitation.objects.filter(group=group_id, pk=invitation_id).delete()
