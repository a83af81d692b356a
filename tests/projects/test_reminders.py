"""What projects send, when, and to whom: a task that is due, a proposal with its answer, a blocker as a link."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from collaborative.home.kinds import BY_KEY
from notifications.actions import send_due, write_obligations
from notifications.models import Delivery
from projects import actions
from projects.reminders import BLOCKER_RAISED, KINDS
from tests.factories import BlockerFactory, MemberFactory, ProjectFactory, ProposalFactory, TaskFactory

pytestmark = pytest.mark.django_db

FRAME = {"site_name": "Reading Together", "contact_email": "hello@example.org", "week_path": "/me/"}
FRIDAY = date(2026, 11, 27)


def scan(now):
    return write_obligations(kinds=KINDS, now=now)


def send(now):
    send_due(kinds=BY_KEY, frame=FRAME, clock=lambda: now)
    return mail.outbox


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/St_Johns", ""]
)
def test_a_task_is_recalled_at_nine_the_day_before_on_the_owners_clock(zone):
    task = TaskFactory(owner=MemberFactory(time_zone=zone), due_on=FRIDAY, title="Train <five> seeds & look")
    nine = datetime(2026, 11, 26, 9, tzinfo=ZoneInfo(zone or "UTC"))
    assert scan(nine - timedelta(hours=49)) == 0
    assert scan(nine - timedelta(hours=47)) == 1
    assert scan(nine - timedelta(hours=40)) == 0
    assert Delivery.objects.get().due_at == nine
    assert send(nine - timedelta(seconds=1)) == []
    [message] = send(nine)
    assert message.to == [task.owner.email]
    assert "Train <five> seeds & look" in message.body
    assert f"{task.project.get_absolute_url()}#tasks" in message.body


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 3, 30), date(2026, 10, 26)])
def test_nine_is_nine_on_the_days_on_which_clocks_change(day):
    TaskFactory(owner=MemberFactory(time_zone="Europe/Berlin"), due_on=day)
    nine = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Europe/Berlin")) - timedelta(days=1)
    scan(nine - timedelta(hours=10))
    assert Delivery.objects.get().due_at == nine


@pytest.fixture
def owed():
    """A task whose reminder is written, and the moment that it is due."""
    nine = datetime(2026, 11, 26, 9, tzinfo=ZoneInfo("Asia/Kolkata"))
    owner, mate = MemberFactory.create_batch(2)
    task = TaskFactory(project=ProjectFactory(lead=owner, team=[mate]), owner=owner, due_on=FRIDAY)
    scan(nine - timedelta(hours=20))
    return task, mate, nine


def change(task, **changes):
    fields = {"title": task.title, "notes": "", "owner": task.owner, "due_on": task.due_on} | changes
    actions.change_task(project_id=task.project_id, task_id=task.pk, **fields)


def test_a_new_date_is_owed_another_reminder_instead(owed):
    task, _mate, nine = owed
    change(task, due_on=FRIDAY + timedelta(days=1))
    assert scan(nine - timedelta(hours=19)) == 1
    assert send(nine) == []
    assert len(send(nine + timedelta(days=1))) == 1


def test_a_new_owner_gets_it_instead(owed):
    task, mate, nine = owed
    change(task, owner=mate)
    scan(nine - timedelta(hours=19))
    assert [message.to for message in send(nine)] == [[mate.email]]


def test_what_is_done_or_rests_is_not_recalled(owed):
    task, _mate, nine = owed
    actions.set_stage(project_id=task.project_id, stage="paused")
    assert send(nine) == []
    assert scan(nine) == 0


def test_a_task_that_is_set_late_is_recalled_at_once_and_never_after_its_day(owed):
    task, _mate, nine = owed
    Delivery.objects.all().delete()
    assert scan(nine + timedelta(hours=5)) == 1
    assert len(send(nine + timedelta(hours=5))) == 1
    TaskFactory(project=task.project, owner=task.owner, due_on=FRIDAY)
    assert scan(nine + timedelta(hours=40)) == 0


@pytest.mark.parametrize("size", [1, 20])
def test_the_scan_costs_the_same_at_any_length(size, now, django_assert_num_queries):
    for _n in range(size):
        TaskFactory(owner=MemberFactory(), due_on=FRIDAY)
    scan(now)
    with django_assert_num_queries(2):
        assert scan(now) == 0


@pytest.mark.parametrize(
    ("decide", "subject", "link"),
    [
        (actions.accept_proposal, "“A & <b>” is a project now", "/projects/a-b/"),
        (actions.return_proposal, "“A & <b>” came back to you", "/projects/proposals/"),
        (actions.park_proposal, "“A & <b>” is kept for later", "/projects/proposals/"),
    ],
)
def test_an_author_is_told_each_answer_with_its_reasons(organizer, now, decide, subject, link):
    proposal = ProposalFactory(title="A & <b>")
    decide(actor=organizer, proposal_id=proposal.pk, reasons="Because <i>", now=now)
    [message] = send(now)
    assert (message.subject, message.to) == (subject, [proposal.author.email])
    assert "Because <i>" in message.body
    assert link in message.body
    html = message.alternatives[0].content
    assert "Because &lt;i&gt;" in html
    assert "<b>” " not in html


def test_an_answer_that_has_changed_since_is_told_once(organizer, now):
    proposal = ProposalFactory()
    what = {"actor": organizer, "proposal_id": proposal.pk}
    actions.park_proposal(**what, now=now)
    actions.accept_proposal(**what, now=now + timedelta(seconds=5))
    assert len(send(now + timedelta(seconds=10))) == 1
    assert "is a project now" in mail.outbox[0].subject


def test_a_blocker_that_is_closed_before_the_mail_went_out_is_not_told(now):
    handler = MemberFactory()
    blocker = BlockerFactory(handlers=[handler])
    BLOCKER_RAISED.record(blocker, [handler], now=now)
    actions.close_blocker(actor=blocker.raiser, blocker_id=blocker.pk, now=now)
    assert send(now) == []
