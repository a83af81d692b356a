"""What organizers write to their people."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.audiences import audience_of
from reading_groups.models import GroupMessage


class GroupMessageSent(Kind):
    """To each recipient of a message by an organizer, once its ten minutes are over."""

    key = "group_message"
    title = _("An organizer writes to you")
    when = _("Ten minutes after it is written")
    to_whom = _("Those whom it is written to")
    # Much of what organizers write is about the next days.
    stale_after = timedelta(days=3)
    is_optional = True

    def record(self, message: GroupMessage, member_ids: Iterable[int], *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; one for each recipient, ever."""
        self.write(
            Obligation(member_id=member_id, object_key=message.key, occurrence="sent", due_at=now)
            for member_id in member_ids
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have left the group, or do not belong to its audience any more, before this could be sent."""
        message = GroupMessage.objects.filter(pk=id_from(delivery.object_key)).first()
        if message is None or message.sent_at is None or delivery.member_id is None:
            return False
        reached = audience_of(
            group_id=message.group_id, audience=message.audience, session_id=message.session_id, now=now
        )
        return reached.filter(pk=delivery.member_id).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        messages = GroupMessage.objects.select_related("group", "author").defer("group__search")
        message = messages.get(pk=id_from(delivery.object_key))
        return {
            "message": message,
            "group": message.group,
            "author": message.author,
            "path": message.get_absolute_url(),
        }


GROUP_MESSAGE = GroupMessageSent()
KINDS: list[Kind] = [GROUP_MESSAGE]
