"""Organizers write to their people: held for ten minutes, undone until then, sent by the tick, and mailed once."""

from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import lock_group
from reading_groups.audiences import audience_of
from reading_groups.models import GroupMessage, MessageRecipient
from reading_groups.reminders import GROUP_MESSAGE

HELD_FOR = timedelta(minutes=10)
# Of a group, by all its organizers together. People who get more than that stop reading.
MOST_IN_A_DAY = 6
BATCH = 1000


class NobodyToWriteTo(Exception):
    """Nobody belongs to that audience now, but perhaps the author."""


class TooManyMessages(Exception):
    """The group's people have been written to as often as one day allows."""


class TooLateToUndo(Exception):
    """The message has gone out, or its ten minutes are over."""


@transaction.atomic
def write_message(
    *,
    actor: Member,
    group_id: int,
    audience: str,
    session_id: int | None,
    subject: str,
    text: str,
    key: UUID,
    now: datetime,
) -> GroupMessage:
    """Write to some of a group's people. Nobody gets it for ten minutes. The caller has asked whether the actor may.

    `key` is of the preview that was confirmed: confirming it again, by a double click or after a broken connection,
    gives the same message, sent or undone as it is by then. The same words by the same author to the same people,
    while they are held, are the same message too, whatever the key. Raises ReadingGroup.DoesNotExist,
    Session.DoesNotExist where the session is not the group's, NobodyToWriteTo and TooManyMessages. Sends nothing yet.
    """
    group = lock_group(group_id)
    written = group.group_messages.filter(preview_key=key).first()
    if written is not None:
        return written
    session = group.sessions.get(pk=session_id) if session_id is not None else None
    what = {"author": actor, "audience": audience, "session": session, "subject": subject, "text": text}
    same = group.group_messages.held().filter(**what).first()
    if same is not None:
        return same
    reached = audience_of(group_id=group.pk, audience=audience, session_id=session_id, author_id=actor.pk, now=now)
    if not reached.exists():
        raise NobodyToWriteTo
    today = group.group_messages.filter(written_at__gt=now - timedelta(days=1), undone_at__isnull=True)
    if today.count() >= MOST_IN_A_DAY:
        raise TooManyMessages
    return GroupMessage.objects.create(group=group, preview_key=key, written_at=now, held_until=now + HELD_FOR, **what)


@transaction.atomic
def undo_message(*, actor: Member, message_id: int, now: datetime) -> GroupMessage:
    """Take a held message back, as if it had not been written. Undoing twice changes nothing.

    The caller has asked whether the actor may. Raises GroupMessage.DoesNotExist and TooLateToUndo. Sends nothing.
    """
    message = GroupMessage.objects.select_for_update().get(pk=message_id)
    if message.undone_at is not None:
        return message
    if not message.can_be_undone_at(now):
        raise TooLateToUndo
    message.undone_at, message.undone_by = now, actor
    message.save(update_fields=["undone_at", "undone_by"])
    return message


@transaction.atomic
def send_message(*, message_id: int, now: datetime) -> int:
    """Send a message whose ten minutes are over to those who belong to its audience now; how many they are.

    Who left the group meanwhile does not get it, and who has come does, so that it reaches those whom its words are
    for. They are noted as its recipients, and one `group_message` mail is recorded for each, in the same transaction.
    Safe to repeat and to run twice at once. Raises GroupMessage.DoesNotExist.
    """
    message = GroupMessage.objects.select_for_update().get(pk=message_id)
    if not message.is_held or now < message.held_until:
        return 0
    people = audience_of(
        group_id=message.group_id,
        audience=message.audience,
        session_id=message.session_id,
        author_id=message.author_id,
        now=now,
    )
    reached = 0
    for ids in batched(people.order_by("pk").values_list("pk", flat=True).iterator(BATCH), BATCH):
        MessageRecipient.objects.bulk_create([MessageRecipient(message=message, member_id=pk) for pk in ids])
        GROUP_MESSAGE.record(message, ids, now=now)
        reached += len(ids)
    message.sent_at = now
    message.save(update_fields=["sent_at"])
    return reached
