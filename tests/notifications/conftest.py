from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from collaborative.home.kinds import BY_KEY, KINDS
from members.models import Member
from notifications import actions
from notifications.kinds import Kind
from notifications.models import Delivery
from reading_groups import actions as group_actions
from reading_groups.models import ReadingGroup, Session
from tests.factories import EnrolmentFactory, MemberFactory, ReadingGroupFactory, SessionFactory
from tests.smtp import mail_server

__all__ = ["mail_server"]


# With one reminder for each session, so that what becomes of a row is easy to see.
ONE_EACH = [kind for kind in KINDS if kind.key != "session_soon"]


class Post:
    """The two ticks, on a clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.frame = {"site_name": "Reading Together", "contact_email": "hello@example.org", "week_path": "/me/"}

    def clock(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)

    def scan(self, kinds: Sequence[Kind] = ONE_EACH) -> int:
        return actions.write_obligations(kinds=kinds, now=self.now)

    def send(self, limit: int = 500) -> int:
        return actions.send_due(kinds=BY_KEY, frame=self.frame, clock=self.clock, limit=limit)


@pytest.fixture
def post(now) -> Post:
    return Post(now)


@pytest.fixture
def session_in(now) -> Callable[..., Session]:
    """Makes a session that starts so many hours from now, of a group with so many members."""

    def make(hours: float, members: int = 1, **group: object) -> Session:
        session = SessionFactory(
            # Nobody presents, so that nobody is asked to.
            group=ReadingGroupFactory(capacity=max(members, 12), **({"presenters_wanted": 0} | group)),
            starts_at=now + timedelta(hours=hours),
        )
        for _ in range(members):
            EnrolmentFactory(group=session.group)
        return session

    return make


def delivery_to(member: Member) -> Delivery:
    return Delivery.objects.get(member=member)


def offered_place(now: datetime, *, hold_hours: int) -> tuple[ReadingGroup, Member]:
    """A full group that somebody has just left, and the member whom the place was offered to."""
    group = ReadingGroupFactory(capacity=1, hold_hours=hold_hours)
    leaving, waiting = MemberFactory(), MemberFactory()
    group_actions.join_group(actor=leaving, group_id=group.pk, now=now)
    group_actions.join_group(actor=waiting, group_id=group.pk, now=now)
    group_actions.leave_group(actor=leaving, group_id=group.pk, now=now)
    Delivery.objects.exclude(kind="place_offered").delete()
    return group, waiting


def deliver_many(count: int, **fields: object) -> None:
    """So many deliveries to people without an account, each due a minute before the one before it."""
    start = Delivery.objects.count()
    Delivery.objects.bulk_create(
        Delivery(
            recipient=f"cohorts.application:{n}",
            object_key=f"cohorts.application:{n}",
            occurrence="once",
            due_at=timezone.now() - timedelta(minutes=n),
            **({"kind": "task_due"} | fields),
        )
        for n in range(start, start + count)
    )


def staff_who_may(*codenames: str) -> Member:
    member = MemberFactory(is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return member
