"""The ledger of deliveries in the admin: what is found in it, what can be done to it, and that it stays fast."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import admin as core_admin
from notifications.models import Delivery
from tests.clients import client_of
from tests.factories import AdminFactory, MemberFactory
from tests.notifications.conftest import deliver_many, staff_who_may
from tests.pages import fields_of
from tests.queries import exactly

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


def press(client, action, *deliveries, follow=False, **more):
    data = {"action": action, "_selected_action": [delivery.pk for delivery in deliveries], **more}
    return client.post(DELIVERIES, data, follow=follow)


def test_deliveries_are_only_looked_at(client):
    delivery = deliver()
    page = f"{DELIVERIES}{delivery.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "sent"}).status_code == 403
    assert client.get(f"{DELIVERIES}add/").status_code == 403
    assert client.post(f"{DELIVERIES}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403


def test_whoever_may_only_look_has_nothing_to_press():
    client = client_of(staff_who_may("view_delivery"))
    failed = deliver(state=State.FAILED)
    assert client.get(DELIVERIES).context["action_form"] is None
    assert client.get(f"{DELIVERIES}{failed.pk}/change/").context["actions_detail"] == []
    press(client, "retry", failed, confirmed="yes", ids=str(failed.pk))
    assert client.post(f"{DELIVERIES}{failed.pk}/retry/", {"_form_submitted": "True"}).status_code == 403
    failed.refresh_from_db()
    assert failed.state == State.FAILED


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
    assert shown(q=f"members.member:{other.member_id}") == {other}
    assert shown(q=sent.object_key) == {sent}
    assert shown(q=f"<delivery-{failed.pk}-20261124120000@example.org>") == {failed}
    assert shown(q="nobody at all") == set()
    later = deliver(due_at=timezone.now() + timedelta(hours=5))
    older = deliver(due_at=timezone.now() - timedelta(days=5))
    assert shown(due="later") == {later}
    assert shown(due="day") == {sent, other, failed}
    assert shown(due="week") == {sent, other, failed, older}
    assert shown(due="nonsense") == {sent, other, failed, later, older}
    assert shown(member__id__exact=failed.member_id) == {failed}


def test_a_list_of_any_length_is_counted_no_further_than_it_is_shown(client, monkeypatch):
    monkeypatch.setattr(core_admin, "MOST_COUNTED", 150)
    page = "More than 150 deliveries"
    deliver_many(150, kind="session_tomorrow")
    assert page not in client.get(DELIVERIES).content.decode()
    deliver_many(100, kind="session_tomorrow")
    # The signed-in member and session, how many there are, the rows, the site's name; what waits, what was sent and
    # what failed of late.
    with exactly(6, signed_in=True):
        response = client.get(DELIVERIES)
    assert page in response.content.decode()
    assert response.context["cl"].result_count == 151
    assert len(client.get(DELIVERIES, {"p": 4}).context["cl"].result_list) == 1


def test_no_query_of_the_list_looks_through_the_whole_ledger(client):
    """With a million rows, what counts or sorts or collects over all of them is what makes a page slow."""
    deliver(state=State.FAILED)
    for query in (
        {},
        {"state__exact": "failed"},
        {"kind": "place_offered"},
        {"due": "week"},
    ):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(DELIVERIES, query).status_code == 200
        asked = [one["sql"] for one in captured if 'FROM "notifications_delivery"' in one["sql"]]
        assert asked
        for sql in asked:
            assert not re.search("DISTINCT|DATE_TRUNC", sql), sql
            # Counted up to a limit, of the last day, or of what is open.
            is_bounded = any(part in sql for part in ("LIMIT", '"due_at" >', '"sent_at" >', "'due', 'sending'"))
            assert is_bounded or "COUNT(" not in sql, sql
            assert "ORDER BY" not in sql or 'ORDER BY "notifications_delivery"."due_at" DESC' in sql, sql


def test_failed_ones_are_tried_again_after_a_page_with_the_consequences(client):
    failed, late, sent = (
        deliver(state=State.FAILED, reason="address refused: 550", attempts=3),
        deliver(state=State.FAILED, expires_at=timezone.now() - timedelta(minutes=1)),
        deliver(state=State.SENT, sent_at=timezone.now()),
    )
    response = press(client, "retry", failed, late, sent)
    assert "1 message goes again" in response.content.decode()
    failed.refresh_from_db()
    assert failed.state == State.FAILED
    confirmed = {name: values[0] for name, values in fields_of(response, "confirm_form").items()}
    assert client.post(DELIVERIES, confirmed).status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.reason, failed.attempts) == (State.DUE, "", 0)
    assert LogEntry.objects.get().object_id == str(failed.pk)
    # Twice is once.
    assert "Nothing was done" in client.post(DELIVERIES, confirmed, follow=True).content.decode()
    assert LogEntry.objects.count() == 1


def test_due_ones_are_cancelled_after_a_page_with_the_consequences(client):
    due, sending = deliver(), deliver(state=State.SENDING, lease_until=timezone.now() + timedelta(minutes=5))
    response = press(client, "cancel", due, sending)
    assert "1 message is not sent" in response.content.decode()
    client.post(DELIVERIES, {name: values[0] for name, values in fields_of(response, "confirm_form").items()})
    assert set(Delivery.objects.values_list("pk", "state")) == {
        (due.pk, State.SUPPRESSED),
        (sending.pk, State.SENDING),
    }
    assert "Nothing was done" in press(client, "cancel", sending, follow=True).content.decode()


@pytest.mark.parametrize("ids", ["", "1,x", "999999999999999999999", "1;2", "9,9"])
def test_nonsense_from_the_page_of_consequences_changes_nothing(client, ids):
    due = deliver()
    response = press(client, "cancel", due, confirmed="yes", ids=ids, follow=True)
    assert response.status_code == 200
    assert "Nothing was done" in response.content.decode()
    due.refresh_from_db()
    assert due.state == State.DUE


@pytest.mark.parametrize(
    ("state", "button", "after"),
    [(State.FAILED, "retry", State.DUE), (State.DUE, "cancel", State.SUPPRESSED)],
)
def test_the_page_of_one_offers_what_can_be_done_to_it(client, state, button, after):
    delivery = deliver(state=state)
    page = f"{DELIVERIES}{delivery.pk}/"
    assert [one["path"].split("/")[-2] for one in client.get(f"{page}change/").context["actions_detail"]] == [button]
    assert client.get(f"{page}{button}/").status_code == 200
    client.post(f"{page}{button}/", {"_form_submitted": "True"})
    delivery.refresh_from_db()
    assert delivery.state == after
    nobody = client.post(f"{DELIVERIES}0/{button}/", {"_form_submitted": "True"})
    assert nobody.status_code in {302, 404}


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
