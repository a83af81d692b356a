"""What people are told who sit in at one session: where it is, and afterwards whether they would like to join."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded_session
from reading_groups.links import sat_in_path
from reading_groups.models import Enrolment, Session, SitIn
from reading_groups.querysets import SitInQuerySet
from reading_groups.reminders.about import PutsInCalendar, words_about
from reading_groups.reminders.sessions import moment_of


class SittingIn(PutsInCalendar):
    """To somebody who sits in, at once, with the call link; a day before again where the session has moved since."""

    key = "sit_in"
    title = _("You sit in at a session")
    when = _("As soon as somebody asks to sit in, and a day before if it has moved")
    to_whom = _("Whoever sits in")
    stale_after = timedelta(hours=22)
    is_reply = True
    ahead = timedelta(hours=24)

    def record(self, sit_in: SitIn, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction. It is useless once the session has begun."""
        session = sit_in.session
        self.write([self._obligation(sit_in.pk, sit_in.member_id, session.starts_at, session.revision, now)])

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """What was told when they asked is owed no second time: it is the same occurrence."""
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        rows = SitIn.objects.at_sessions_that_take_place().filter(session__in=sessions, member__is_active=True)
        columns = ("id", "member_id", "session__starts_at", "session__revision")
        for sit_in_id, member_id, starts_at, revision in (
            rows.order_by("session__starts_at", "id").values_list(*columns).iterator()
        ):
            assert starts_at is not None  # as `starting_between` says
            yield self._obligation(sit_in_id, member_id, starts_at, revision, starts_at - self.ahead)

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where the session has moved, is off or has begun, or they have a place now and are reminded anyway."""
        own = SitIn.objects.at_sessions_that_take_place().filter(
            pk=id_from(delivery.object_key), member=delivery.member_id, session__starts_at__gt=now
        )
        if _has_place(own):
            return False
        rows = own.values_list("session__starts_at", "session__revision")
        return any(delivery.occurrence == moment_of(*row) for row in rows)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return _context(delivery)

    def _obligation(
        self, sit_in_id: int, member_id: int, starts_at: datetime | None, revision: int, due_at: datetime
    ) -> Obligation:
        return Obligation(
            member_id=member_id,
            object_key=f"reading_groups.sit_in:{sit_in_id}",
            occurrence=moment_of(starts_at, revision),
            due_at=due_at,
            expires_at=starts_at,
        )


class SatIn(PausesWhileAway):
    """To somebody who sat in, when the session is over: whether they would like to join. One click answers."""

    key = "sat_in"
    title = _("You sat in: would you like to join?")
    when = _("When the session is over")
    to_whom = _("Whoever sat in and has not answered")
    stale_after = timedelta(days=5)
    is_optional = True

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        rows = SitIn.objects.at_sessions_that_take_place().filter(
            session__ends_at__gte=start, session__ends_at__lt=end, answer=SitIn.Answer.NONE, member__is_active=True
        )
        columns = ("id", "member_id", "session__ends_at", "session__starts_at", "session__revision")
        for sit_in_id, member_id, ends_at, starts_at, revision in (
            rows.order_by("session__ends_at", "id").values_list(*columns).iterator()
        ):
            assert ends_at is not None
            yield Obligation(
                member_id=member_id,
                object_key=f"reading_groups.sit_in:{sit_in_id}",
                occurrence=moment_of(starts_at, revision),
                due_at=ends_at,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have answered, have joined by themselves, or the session was moved or called off."""
        own = SitIn.objects.at_sessions_that_take_place().filter(
            pk=id_from(delivery.object_key),
            member=delivery.member_id,
            answer=SitIn.Answer.NONE,
            session__ends_at__lte=now,
        )
        if own.filter(group__enrolments__member=delivery.member_id, group__enrolments__state__in=Enrolment.LIVE):
            return False
        rows = own.values_list("session__starts_at", "session__revision")
        return any(delivery.occurrence == moment_of(*row) for row in rows)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return _context(delivery) | {"path": sat_in_path(id_from(delivery.object_key))}


def _has_place(own: SitInQuerySet) -> bool:
    sit_in = own.first()
    return (
        sit_in is not None
        and Enrolment.objects.enrolled().filter(group=sit_in.group_id, member=sit_in.member_id).exists()
    )


def _context(delivery: Delivery) -> dict[str, Any]:
    sit_in = SitIn.objects.get(pk=id_from(delivery.object_key))
    session = loaded_session(sit_in.session_id)
    return words_about(session) | {"path": session.group.get_absolute_url()}


SIT_IN = SittingIn()
SAT_IN = SatIn()
KINDS: list[Kind] = [SIT_IN, SAT_IN]
