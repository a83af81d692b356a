"""What those are told who present: that it comes, that somebody asks about it, that one who shares it is away."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from members.availability.absence import PausesWhileAway
from members.models import Member
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.absent import absent_from
from reading_groups.agenda import loaded_session
from reading_groups.links import hand_over_path
from reading_groups.models import Presentation, Question, ReadingGroup, Session
from reading_groups.querysets import SessionQuerySet
from reading_groups.reminders.about import PutsInCalendar, words_about
from reading_groups.reminders.sessions import PAUSED, moment_of


class PresentingComes(PutsInCalendar, PausesWhileAway):
    """To each presenter, some time before a session that takes place."""

    is_optional = True
    ahead: timedelta

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        sessions = Session.objects.starting_between(start + self.ahead, end + self.ahead)
        parts = Presentation.objects.filter(session__in=sessions, member__is_active=True)
        rows = (
            self.owed(parts.exclude(session__group__state=PAUSED))
            .order_by("session__starts_at", "id")
            .values_list("id", "member_id", "session__starts_at", "session__revision")
        )
        for presentation_id, member_id, starts_at, revision in rows.iterator():
            assert starts_at is not None  # as `starting_between` says
            yield Obligation(
                member_id=member_id,
                object_key=f"reading_groups.presentation:{presentation_id}",
                occurrence=moment_of(starts_at, revision),
                due_at=starts_at - self.ahead,
            )

    def owed(self, parts: Any) -> Any:
        """Those of the presentations whose presenters are told."""
        return parts

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they have withdrawn or handed it over, or the session has moved, is off or has begun."""
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
        session = loaded_session(presentation.session_id)
        others = session.presentations.in_order().exclude(pk=presentation.pk)
        return words_about(session) | {
            "others": [str(other.member) for other in others],
            "part": presentation.part,
            "has_slides": bool(presentation.slides_url) or presentation.files.exists(),
            "hand_over_path": hand_over_path(presentation, session.group.slug),
            "path": session.get_absolute_url(),
        }


class PresentingNextWeek(PresentingComes):
    """To each presenter, a week before a session. Those who offer later know of it."""

    key = "presenting_next_week"
    title = _("You present in a week")
    when = _("A week before a session")
    to_whom = _("Those who present it")
    # Where the session is closer by then, as it was moved, that has just been told, and the next one comes soon.
    stale_after = timedelta(days=2)
    ahead = timedelta(days=7)

    def owed(self, parts: Any) -> Any:
        return parts.filter(offered_at__lte=F("session__starts_at") - self.ahead)


class PresentingSoon(PresentingComes):
    """To each presenter, two days before a session; to those who offer later, as soon as they have."""

    key = "presenting_soon"
    title = _("You present in two days")
    when = _("Two days before a session")
    to_whom = _("Those who present it")
    # Up to two hours before the session it still helps.
    stale_after = timedelta(hours=46)
    ahead = timedelta(hours=48)


class PresenterAway(Kind):
    """To those who present a session with somebody who is away on its day; to its organizers where too few are left.

    As soon as that is known, from four weeks before the session. It says who, and that session's day; nothing else of
    when they are away.
    """

    key = "presenter_away"
    title = _("Somebody who presents is away")
    when = _("As soon as it is known, from four weeks before the session")
    to_whom = _("Those who present with them, and the organizers where too few are left")
    # Up to two hours before the session it still helps.
    stale_after = timedelta(days=28) - timedelta(hours=2)
    ahead = timedelta(days=28)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        """Five queries at most."""
        sessions = _presented(Session.objects.starting_between(start + self.ahead, end + self.ahead))
        for session, member_id, told in _away_presenters(sessions):
            assert session.starts_at is not None  # as `starting_between` says
            for recipient in told:
                yield Obligation(
                    member_id=recipient,
                    object_key=session.key,
                    occurrence=_absence(session, member_id),
                    due_at=session.starts_at - self.ahead,
                    expires_at=session.starts_at,
                )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where they are there after all, have withdrawn or handed it over, or the session has changed."""
        sessions = _presented(Session.objects.filter(pk=id_from(delivery.object_key), is_cancelled=False))
        return any(
            delivery.occurrence == _absence(session, member_id) and delivery.member_id in told
            for session, member_id, told in _away_presenters(sessions.filter(starts_at__gt=now))
        )

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        session = loaded_session(id_from(delivery.object_key))
        who = int(delivery.occurrence.rsplit(" ", 1)[1])
        presenters = [part.member for part in session.presentations.in_order()]
        return words_about(session) | {
            "who": str(Member.objects.get(pk=who)),
            "presents": any(member.pk == delivery.member_id for member in presenters),
            "others": [str(member) for member in presenters if member.pk not in (who, delivery.member_id)],
            "path": session.get_absolute_url(),
        }


class QuestionAsked(PausesWhileAway):
    """To the presenters of a session, when somebody else asks about it."""

    key = "question_asked"
    title = _("A question about what you present")
    when = _("As soon as somebody asks")
    to_whom = _("Those who present the session")
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
        session = loaded_session(question.session_id)
        return words_about(session) | {
            "question": question,
            "path": f"{session.get_absolute_url()}#question-{question.pk}",
        }


def _presented(sessions: SessionQuerySet) -> SessionQuerySet:
    """Those that somebody presents, in groups that meet, in order; each with its group."""
    parts = Presentation.objects.filter(session=OuterRef("pk"))
    sessions = sessions.filter(Exists(parts), group__state__in=ReadingGroup.LISTED)
    return sessions.select_related("group").defer("group__search").order_by("starts_at", "id")


def _away_presenters(sessions: Iterable[Session]) -> Iterator[tuple[Session, int, list[int]]]:
    """Each presenter who is away on the day of a session, and who is told of it. Five queries at most, for all."""
    sessions = list(sessions)
    presenters = defaultdict(list)
    rows = Presentation.objects.filter(session__in=sessions, member__is_active=True)
    for session_id, member_id in rows.order_by("offered_at", "id").values_list("session_id", "member_id"):
        presenters[session_id].append(member_id)
    away = absent_from(sessions, {member_id for row in presenters.values() for member_id in row})
    organizers = defaultdict(list)
    if any(away.values()):
        through = ReadingGroup.organizers.through.objects.filter(member__is_active=True)
        groups = {session.group_id for session in sessions}
        for group_id, member_id in through.filter(readinggroup__in=groups).values_list("readinggroup_id", "member_id"):
            organizers[group_id].append(member_id)
    for session in sessions:
        gone = {member.pk for member in away[session.pk]} & set(presenters[session.pk])
        there = [member_id for member_id in presenters[session.pk] if member_id not in gone]
        are_too_few = len(there) < max(session.presenters_asked_for, 1)
        for member_id in sorted(gone):
            told = {*presenters[session.pk], *(organizers[session.group_id] if are_too_few else ())}
            yield session, member_id, sorted(told - {member_id})


def _absence(session: Session, member_id: int) -> str:
    return f"{moment_of(session.starts_at, session.revision)} member {member_id}"


PRESENTING_NEXT_WEEK = PresentingNextWeek()
PRESENTING_SOON = PresentingSoon()
PRESENTER_AWAY = PresenterAway()
QUESTION_ASKED = QuestionAsked()
KINDS: list[Kind] = [PRESENTING_NEXT_WEEK, PRESENTING_SOON, PRESENTER_AWAY, QUESTION_ASKED]
