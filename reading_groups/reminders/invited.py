"""What somebody is told who is asked into a group by name."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.models import GroupInvitation


class GroupInvited(Kind):
    """To a member whom an organizer invites; they are free to join or not."""

    key = "group_invited"
    title = _("You are invited to a group")
    when = _("As soon as an organizer invites them")
    to_whom = _("The member who is invited")
    stale_after = timedelta(days=14)
    is_optional = True

    def record(self, invitation: GroupInvitation, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; each is told once."""
        self.write(
            [Obligation(member_id=invitation.member_id, object_key=invitation.key, occurrence="invited", due_at=now)]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it was taken back, the group takes nobody any more, or they are in it already."""
        invitation = _of(delivery)
        if invitation is None or not invitation.group.is_listed:
            return False
        return not invitation.group.enrolments.live().filter(member=delivery.member_id).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        invitation = _of(delivery)
        assert invitation is not None
        return {
            "group": invitation.group,
            "invited_by": invitation.invited_by,
            "path": invitation.group.get_absolute_url(),
        }


def _of(delivery: Delivery) -> GroupInvitation | None:
    rows = GroupInvitation.objects.select_related("group", "invited_by").defer("group__search")
    return rows.filter(pk=id_from(delivery.object_key)).first()


GROUP_INVITED = GroupInvited()
KINDS: list[Kind] = [GROUP_INVITED]
