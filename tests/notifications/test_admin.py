"""The ledger of deliveries in the admin: to look at, and saying nothing of what the messages say."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from notifications.models import Delivery
from tests.factories import AdminFactory, MemberFactory

pytestmark = pytest.mark.django_db

DELIVERIES = "/admin/notifications/delivery/"
State = Delivery.State


@pytest.fixture
def client(client):
    client.force_login(AdminFactory())
    return client


def deliver(**fields):
    member = MemberFactory()
    number = Delivery.objects.count()
    values = {"kind": "place_offered", "object_key": f"reading_groups.enrolment:{number}", "occurrence": "once"}
    values |= {"recipient": f"members.member:{member.pk}", "member": member, "due_at": timezone.now()}
    return Delivery.objects.create(**values | fields)


def test_deliveries_are_only_looked_at(client):
    delivery = deliver()
    page = f"{DELIVERIES}{delivery.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "sent"}).status_code == 403
    assert client.get(f"{DELIVERIES}add/").status_code == 403
    assert client.post(f"{DELIVERIES}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403
    # With nothing to do to them, there is no menu of actions either.
    assert client.get(DELIVERIES).context["action_form"] is None


def test_deliveries_are_filtered_by_state_and_kind(client):
    sent = deliver(state=State.SENT, sent_at=timezone.now())
    other = deliver(kind="session_tomorrow")
    failed = deliver(state=State.FAILED)

    def shown(**query):
        return set(client.get(DELIVERIES, query).context["cl"].queryset)

    assert shown() == {sent, other, failed}
    assert shown(state__exact="sent") == {sent}
    assert shown(kind="session_tomorrow") == {other}
    assert shown(q=other.member.email) == {other}
    assert shown(member__id__exact=failed.member_id) == {failed}


@pytest.mark.parametrize(
    ("state", "due_ago", "sent_after", "shown"),
    [
        (State.SENT, timedelta(hours=5), timedelta(seconds=40), ""),
        (State.SENT, timedelta(hours=5), timedelta(hours=3), "3\xa0hours"),
        (State.DUE, timedelta(minutes=10), None, "10\xa0minutes"),
        (State.DUE, timedelta(seconds=30), None, ""),
        (State.DUE, timedelta(hours=-2), None, ""),
        (State.SUPPRESSED, timedelta(hours=5), None, ""),
        (State.FAILED, timedelta(hours=5), None, ""),
    ],
)
def test_how_late_a_delivery_is(state, due_ago, sent_after, shown):
    due_at = timezone.now() - due_ago
    delivery = deliver(state=state, due_at=due_at, sent_at=due_at + sent_after if sent_after else None)
    assert admin.site.get_model_admin(Delivery).late_by(delivery) == shown
