"""What people are told of sessions, of places, and of what is asked about a session they present."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.agenda import AgendaItem
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded, title_of
from reading_groups.inviting import agenda_item_of
from reading_groups.links import rsvp_path
from reading_groups.models import Enrolment, Presentation, Question, ReadingGroup, Session

PAUSED = ReadingGroup.State.PAUSED


class SessionTomorrow(Kind):
    """To everybody with a place, a day before a session; to those who come later, as soon as they have one."""

    key = "session_tomorrow"
    title = _("A session is a day away")
    # A reminder that was held up is still useful until two hours before the session.
    stale_after = timedelta(hours=22)
    is_optional = True
    ahead = timedelta(hours=24)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        sessions = sessions.exclude(group__state=PAUSED)
        places = Enrolment.objects.enrolled().filter(member__is_active=True, group__sessions__in=sessions)
        rows = places.order_by("group__sessions__starts_at", "group__sessions__id", "id").values_list(
            "id",
            "member_id",
            "group__sessions__id",
            "group__sessions__starts_at",
            "group__sessions__revision",
        )
        for enrolment_id, member_id, session_id, starts_at, revision in rows.iterator():
            yield Obligation(
                member_id=member_id,
                object_key=f"reading_groups.session:{session_id}",
                occurrence=_occurrence(starts_at, revision, enrolment_id),
                due_at=starts_at - self.ahead,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        places = (
            Enrolment.objects.enrolled()
            .filter(
                member=delivery.member_id,
                group__sessions=id_from(delivery.object_key),
                group__sessions__is_cancelled=False,
                group__sessions__starts_at__gt=now,
            )
            .exclude(group__state=PAUSED)
        )
        rows = places.values_list("group__sessions__starts_at", "group__sessions__revision", "id")
        return any(delivery.occurrence == _occurrence(*row) for row in rows)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        session = loaded(Session.objects.all()).defer("group__search").get(pk=id_from(delivery.object_key))
        assert delivery.member_id is not None  # as `due` says
        return {
            "session": session,
            "group": session.group,
            "title": title_of(session),
            "readings": list(session.readings.all()),
            "rsvp_path": rsvp_path(session, delivery.member_id),
            "path": session.group.get_absolute_url(),
        }

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        return agenda_item_of(delivery, context)


class PlaceOffered(Kind):
    """To the first in line, when a place is free."""

    key = "place_offered"
    title = _("A place is free for you")
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
        enrolment = Enrolment.objects.filter(pk=id_from(delivery.object_key)).first()
        if enrolment is None:
            return False
        if enrolment.state == Enrolment.State.HELD:
            return enrolment.held_until is not None and enrolment.held_until > now
        # With no hold the place was given at once, and the mail says so.
        return enrolment.state == Enrolment.State.ENROLLED and delivery.expires_at is None

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        enrolment = (
            Enrolment.objects.select_related("group").defer("group__search").get(pk=id_from(delivery.object_key))
        )
        group = enrolment.group
        coming = loaded(group.sessions.coming(now).filter(starts_at__isnull=False))
        session = coming.defer("group__search").first()
        return {
            "group": group,
            "held_until": enrolment.held_until,
            "session": session,
            "title": title_of(session) if session else "",
            "path": group.get_absolute_url(),
        }

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        """The next session, once the place is theirs; one that is held is not theirs yet."""
        return None if context["held_until"] else agenda_item_of(delivery, context)


class PresentingSoon(Kind):
    """To each presenter, two days before a session; to those who offer later, as soon as they have."""

    key = "presenting_soon"
    title = _("You present in two days")
    # Up to two hours before the session it still helps.
    stale_after = timedelta(hours=46)
    is_optional = True
    ahead = timedelta(hours=48)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        sessions = sessions.exclude(group__state=PAUSED)
        parts = Presentation.objects.filter(session__in=sessions, member__is_active=True)
        rows = parts.order_by("session__starts_at", "id").values_list(
            "id", "member_id", "session__starts_at", "session__revision"
        )
        for presentation_id, member_id, starts_at, revision in rows.iterator():
            assert starts_at is not None  # as `starting_between` says
            yield Obligation(
                member_id=member_id,
                object_key=f"reading_groups.presentation:{presentation_id}",
                occurrence=moment_of(starts_at, revision),
                due_at=starts_at - self.ahead,
            )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        parts = Presentation.objects.filter(
            pk=id_from(delivery.object_key),
            member=delivery.member_id,
            session__is_cancelled=False,
            session__starts_at__gt=now,
        ).exclude(session__group__state=PAUSED)
        rows = parts.values_list("session__starts_at", "session__revision")
        return any(delivery.occurrence == moment_of(*row) for row in rows)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        presentation = Presentation.objects.get(pk=id_from(delivery.object_key))
        session = loaded(Session.objects.all()).defer("group__search").get(pk=presentation.session_id)
        others = session.presentations.in_order().exclude(pk=presentation.pk)
        return {
            "session": session,
            "group": session.group,
            "title": title_of(session),
            "readings": list(session.readings.all()),
            "others": [str(other.member) for other in others],
            "has_slides": bool(presentation.slides_url) or presentation.files.exists(),
            "path": session.get_absolute_url(),
        }

    def calendar(self, delivery: Delivery, context: dict[str, Any]) -> AgendaItem | None:
        return agenda_item_of(delivery, context)


class QuestionAsked(Kind):
    """To the presenters of a session, when somebody else asks about it."""

    key = "question_asked"
    title = _("A question about what you present")
    stale_after = timedelta(days=7)
    is_optional = True

    def record(self, question: Question, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction."""
        presenters = question.session.presentations.exclude(member=question.member_id).filter(member__is_active=True)
        self.write(
            Obligation(member_id=member_id, object_key=question.key, occurrence="asked", due_at=now)
            for member_id in presenters.order_by("id").values_list("member_id", flat=True)
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it has been answered meanwhile, or the presenter has withdrawn."""
        return Question.objects.filter(
            pk=id_from(delivery.object_key),
            answered_at__isnull=True,
            session__is_cancelled=False,
            session__presentations__member=delivery.member_id,
        ).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        question = Question.objects.select_related("member").get(pk=id_from(delivery.object_key))
        session = loaded(Session.objects.all()).defer("group__search").get(pk=question.session_id)
        return {
            "question": question,
            "session": session,
            "group": session.group,
            "title": title_of(session),
            "path": f"{session.get_absolute_url()}#question-{question.pk}",
        }


def _occurrence(starts_at: datetime, revision: int, enrolment_id: int) -> str:
    """What a reminder was true for. A session that moves, and a member who leaves and comes back, are owed another."""
    return f"{moment_of(starts_at, revision)} place {enrolment_id}"


def moment_of(starts_at: datetime | None, revision: int) -> str:
    """The start, which is known, stands by the revision, so that a move that did not count itself up is not lost."""
    assert starts_at is not None
    return f"{starts_at.astimezone(UTC):%Y-%m-%dT%H:%MZ} revision {revision}"


SESSION_TOMORROW = SessionTomorrow()
PLACE_OFFERED = PlaceOffered()
PRESENTING_SOON = PresentingSoon()
QUESTION_ASKED = QuestionAsked()
KINDS: list[Kind] = [SESSION_TOMORROW, PLACE_OFFERED, PRESENTING_SOON, QUESTION_ASKED]
