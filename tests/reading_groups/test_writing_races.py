"""Messages undone, sent and written at the same moment, each with a connection of its own."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.models import Delivery
from reading_groups import actions
from reading_groups.models import GroupMessage, MessageRecipient
from tests.factories import EnrolmentFactory, GroupMessageFactory, MemberFactory, ReadingGroupFactory
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("run", range(6))
def test_a_message_is_either_undone_or_sent(now, run):
    group = ReadingGroupFactory()
    members = [EnrolmentFactory(group=group).member for _ in range(3)]
    message = GroupMessageFactory(group=group, written_at=now - timedelta(minutes=10))
    moment = timedelta(milliseconds=1)
    sent, undone = race(
        lambda: actions.send_message(message_id=message.pk, now=now),
        lambda: actions.undo_message(actor=message.author, message_id=message.pk, now=now - moment),
        refusals=actions.TooLateToUndo,
    )
    message.refresh_from_db()
    if message.undone_at is None:
        assert (sent, undone) == (3, actions.TooLateToUndo)
        assert message.recipients.count() == Delivery.objects.count() == len(members)
    else:
        assert (sent, Delivery.objects.count(), MessageRecipient.objects.count()) == (0, 0, 0)


def test_many_workers_send_it_once(now):
    group = ReadingGroupFactory()
    for _ in range(5):
        EnrolmentFactory(group=group)
    message = GroupMessageFactory(group=group, written_at=now - timedelta(minutes=10))
    sent = race(*[lambda: actions.send_message(message_id=message.pk, now=now)] * 6)
    assert (sorted(sent), Delivery.objects.count()) == ([0, 0, 0, 0, 0, 5], 5)


@pytest.mark.parametrize("same_key", [True, False])
def test_a_form_sent_from_many_windows_writes_once(now, same_key):
    group, organizer, key = ReadingGroupFactory(), MemberFactory(), uuid4()
    EnrolmentFactory(group=group)
    words = {"audience": "all", "session_id": None, "subject": "Hello", "text": "Hello.", "now": now}
    race(
        *[lambda: actions.write_message(actor=organizer, group_id=group.pk, key=key if same_key else uuid4(), **words)]
        * 6
    )
    assert GroupMessage.objects.count() == 1


@pytest.mark.parametrize("run", range(4))
def test_no_message_more_than_a_day_allows(now, run):
    group = ReadingGroupFactory()
    EnrolmentFactory(group=group)
    organizers = [MemberFactory() for _ in range(8)]
    words = {"audience": "all", "session_id": None, "subject": "Hello", "text": "Hello.", "now": now}
    race(
        *[
            lambda o=organizer: actions.write_message(actor=o, group_id=group.pk, key=uuid4(), **words)
            for organizer in organizers
        ],
        refusals=actions.TooManyMessages,
    )
    assert GroupMessage.objects.count() == 6


@pytest.mark.parametrize("run", range(4))
def test_who_deletes_their_account_takes_back_what_is_not_sent(now, run):
    group, organizer = ReadingGroupFactory(), MemberFactory()
    EnrolmentFactory(group=group)
    message = GroupMessageFactory(group=group, author=organizer, written_at=now - timedelta(minutes=10))
    race(
        lambda: actions.send_message(message_id=message.pk, now=now),
        lambda: actions.leave_all_groups(actor=organizer, now=now),
    )
    message.refresh_from_db()
    assert (message.undone_at is None) == (message.sent_at is not None) == (Delivery.objects.count() == 1)
