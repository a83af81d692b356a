"""What people are told of their place in a group: that they have it, that they wait for one, that one is free."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.agenda import AgendaItem
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded, title_of
from reading_groups.links import place_path, rsvp_path
from reading_groups.models import Enrolment
from reading_groups.reminders.about import PutsInCalendar, instant

State = Enrolment.State


class SignUpConfirmed(PutsInCalendar):
    """To whoever has taken a place: the next session, with its call, and what is read there."""

    key = "sign_up_confirmed"
    title = _("You have a place")
    when = _("As soon as somebody takes a place")
    to_whom = _("Whoever took it")
    stale_after = timedelta(days=2)
    is_reply = True

    def record(self, enrolment: Enrolment, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; each place that is taken is confirmed once."""
        self.write([_about(enrolment, _place(enrolment), now)])

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have left before this could be sent, or the group takes nobody any more."""
        enrolment = _enrolment_of(delivery)
        if enrolment is None or enrolment.state != State.ENROLLED or not enrolment.group.is_listed:
            return False
        return delivery.occurrence == _place(enrolment)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        enrolment = _enrolment_of(delivery)
        assert enrolment is not None  # as `still_wanted` says
        return _next_session(enrolment, now) | {"path": enrolment.group.get_absolute_url()}


class Waitlisted(Kind):
    """To whoever joins a full group: how many stand before them, and what happens next."""

    key = "waitlisted"
    title = _("You are on a waitlist")
    when = _("As soon as somebody gets in line for a full group")
    to_whom = _("Whoever got in line")
    stale_after = timedelta(days=2)
    is_reply = True

    def record(self, enrolment: Enrolment, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction."""
        self.write([_about(enrolment, "in line", now)])

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have left the line, or a place was offered meanwhile."""
        enrolment = _enrolment_of(delivery)
        return enrolment is not None and enrolment.state == State.WAITLISTED and enrolment.group.is_listed

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        enrolment = _enrolment_of(delivery)
        assert enrolment is not None  # as `still_wanted` says
        line = list(enrolment.group.enrolments.in_line().values_list("pk", flat=True))
        return {
            "group": enrolment.group,
            "position": line.index(enrolment.pk) + 1 if enrolment.pk in line else len(line) + 1,
            "hold_hours": enrolment.group.hold_hours,
            "path": enrolment.group.get_absolute_url(),
        }


class PlaceOffered(PutsInCalendar):
    """To the first in line, when a place is free."""

    key = "place_offered"
    title = _("A place is free for you")
    when = _("When a place becomes free, until the hold runs out")
    to_whom = _("The first in line")
    ignores_quiet_hours = True

    def record(self, enrolment: Enrolment, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; a place offered again is a new occurrence."""
        moment = enrolment.held_until or enrolment.enrolled_at
        assert moment is not None
        self.write(
            [
                Obligation(
                    member_id=enrolment.member_id,
                    object_key=enrolment.key,
                    occurrence=f"until {moment.isoformat()}",
                    due_at=now,
                    expires_at=enrolment.held_until,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        enrolment = _enrolment_of(delivery)
        if enrolment is None:
            return False
        if enrolment.state == State.HELD:
            return enrolment.held_until is not None and enrolment.held_until > now
        # With no hold the place was given at once, and the mail says so.
        return enrolment.state == State.ENROLLED and delivery.expires_at is None

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        enrolment = _enrolment_of(delivery)
        assert enrolment is not None  # as `still_wanted` says
        path = place_path(enrolment) if enrolment.held_until else enrolment.group.get_absolute_url()
        return _next_session(enrolment, now) | {"held_until": enrolment.held_until, "path": path}

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        """The next session, once the place is theirs; one that is held is not theirs yet."""
        return None if context["held_until"] else super().calendar(delivery, context)


def _about(enrolment: Enrolment, occurrence: str, now: datetime) -> Obligation:
    return Obligation(member_id=enrolment.member_id, object_key=enrolment.key, occurrence=occurrence, due_at=now)


def _enrolment_of(delivery: Delivery) -> Enrolment | None:
    rows = Enrolment.objects.select_related("group").defer("group__search")
    return rows.filter(pk=id_from(delivery.object_key)).first()


def _next_session(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    """The group and its next session; its call and the question whether they come are for those with a place."""
    group = enrolment.group
    session = loaded(group.sessions.coming(now).filter(starts_at__isnull=False)).first()
    has_place = session is not None and enrolment.state == State.ENROLLED
    return {
        "group": group,
        "session": session,
        "title": title_of(session) if session else "",
        "call_link": session.call_link if session and has_place else "",
        "readings": list(session.readings.all()) if session else [],
        "rsvp_path": rsvp_path(session, enrolment.member_id) if session and has_place else "",
    }


def _place(enrolment: Enrolment) -> str:
    assert enrolment.enrolled_at is not None  # as those with a place have
    return f"place {instant(enrolment.enrolled_at)}"


SIGN_UP_CONFIRMED = SignUpConfirmed()
WAITLISTED = Waitlisted()
PLACE_OFFERED = PlaceOffered()
KINDS: list[Kind] = [SIGN_UP_CONFIRMED, WAITLISTED, PLACE_OFFERED]
