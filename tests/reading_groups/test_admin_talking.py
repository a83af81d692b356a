"""The admin of messages, small groups and summaries: to be looked at, with one button that undoes a held message."""

from datetime import timedelta

import pytest
import time_machine

from reading_groups.models import GroupMessage
from tests.clients import client_of
from tests.factories import (
    AdminFactory,
    GroupMessageFactory,
    MessageRecipientFactory,
    SeatFactory,
    SessionFactory,
    SplitFactory,
    SummaryFactory,
)

pytestmark = pytest.mark.django_db
ADMIN = "/admin/reading_groups/"


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client():
    return client_of(AdminFactory())


def said(response):
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("rows", [2, 12])
@pytest.mark.parametrize("model", ["groupmessage", "split", "summary"])
def test_lists_cost_the_same_at_any_length(client, model, rows, django_assert_max_num_queries):
    for _row in range(rows):
        MessageRecipientFactory()
        SeatFactory(split=SplitFactory(session=(session := SessionFactory(title="The first"))))
        SummaryFactory(session=session, text="The words of it")
    with django_assert_max_num_queries(9):
        response = client.get(f"{ADMIN}{model}/")
    assert response.status_code == 200
    assert client.get(f"{ADMIN}{model}/", {"q": "nothing-like-it"}).status_code == 200


def test_nothing_is_added_changed_or_removed_by_hand(client):
    rows = {
        "groupmessage": MessageRecipientFactory().message,
        "split": SeatFactory().split,
        "summary": SummaryFactory(text="The words of it"),
    }
    for model, row in rows.items():
        assert client.get(f"{ADMIN}{model}/add/").status_code == 403
        assert client.get(f"{ADMIN}{model}/{row.pk}/change/").status_code == 200
        assert client.post(f"{ADMIN}{model}/{row.pk}/change/", {}).status_code == 403
        assert client.get(f"{ADMIN}{model}/{row.pk}/delete/").status_code == 403


def test_a_held_message_is_undone_and_one_that_is_not_held_is_not(client, now, clock):
    held = GroupMessageFactory(written_at=now)
    page, undo = (f"{ADMIN}groupmessage/{held.pk}/{name}/" for name in ("change", "undo"))
    undo = f"{ADMIN}groupmessage/{held.pk}/undo/"
    assert undo in client.get(page).text
    assert client.get(undo).status_code == 200  # asks first
    assert GroupMessage.objects.get().undone_at is None
    assert said(client.post(undo, {"_form_submitted": "True"}, follow=True)) == ["Undone. Nobody gets it."]
    assert GroupMessage.objects.get().undone_at == now
    late = GroupMessageFactory(written_at=now)
    clock.move_to(now + timedelta(minutes=10))
    undo = f"{ADMIN}groupmessage/{late.pk}/undo/"
    assert undo not in client.get(f"{ADMIN}groupmessage/{late.pk}/change/").text
    (told,) = said(client.post(undo, {"_form_submitted": "True"}, follow=True))
    assert told.startswith("Too late")
