"""What people are told when a session that they would come to has changed."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Member
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from reading_groups.agenda import loaded_session
from reading_groups.links import rsvp_path
from reading_groups.models import Enrolment, Presentation, ReadingGroup, Session, SitIn
from reading_groups.reminders.about import PutsInCalendar, instant, words_about


class SessionChanged(PutsInCalendar):
    """To everybody with a place, who sits in, presents or runs the group, when a session moves or is called off or on.

    Also when the link to the call changes after they have been reminded. Not to whoever changed it.
    """

    key = "session_changed"
    title = _("A session has moved, or is called off")
    when = _("As soon as it moves, is called off or on, or has another call")
    to_whom = _("Those with a place, who sit in, present or organize, but whoever did it")
    stale_after = timedelta(days=7)
    ignores_quiet_hours = True

    def record(
        self, session: Session, what: str, *, actor: Member | None, now: datetime, was_at: datetime | None = None
    ) -> None:
        """Write the deliveries inside the action's transaction: `what` is moved, off, back or call.

        Each revision is told once, before the old time comes and before the new one: somebody who sleeps until one of
        them is woken. While its group pauses, or takes nobody yet or any more, nobody is told.
        """
        if not session.group.is_listed:
            return
        occurrence = f"revision {session.revision} {what}"
        if what == "call":
            occurrence += f" {instant(now)}"
        times = [moment for moment in (was_at, session.starts_at) if moment is not None and moment > now]
        told = _who_comes(session)
        if actor is not None:
            told = told.exclude(pk=actor.pk)
        self.write(
            Obligation(
                member_id=member_id,
                object_key=session.key,
                occurrence=occurrence,
                due_at=now,
                expires_at=min(times, default=None),
            )
            for member_id in told.order_by("pk").values_list("pk", flat=True)
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where the session has changed again since, which is told instead, nor to those who left meanwhile."""
        session = Session.objects.select_related("group").defer("group__search").filter(pk=_id(delivery)).first()
        return (
            session is not None
            and session.group.is_listed
            and delivery.occurrence.startswith(f"revision {session.revision} ")
            and _who_comes(session).filter(pk__in=[delivery.member_id]).exists()
        )

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        session = loaded_session(_id(delivery))
        assert delivery.member_id is not None  # as `record` says
        has_place = session.group.enrolments.enrolled().filter(member=delivery.member_id).exists()
        return words_about(session) | {
            "what": delivery.occurrence.split()[2],
            "presents": session.presentations.filter(member=delivery.member_id).exists(),
            "sits_in": not has_place and session.sit_ins.filter(member=delivery.member_id).exists(),
            "rsvp_path": rsvp_path(session, delivery.member_id) if has_place else "",
            "path": session.get_absolute_url(),
        }


def _who_comes(session: Session) -> QuerySet[Member]:
    """Everybody in whose week it stands: with a place, who sits in, presents, or runs the group; each once."""
    places = Enrolment.objects.enrolled().filter(group=session.group_id, member=OuterRef("pk"))
    visits = SitIn.objects.filter(session=session, member=OuterRef("pk"))
    parts = Presentation.objects.filter(session=session, member=OuterRef("pk"))
    runs = ReadingGroup.organizers.through.objects.filter(readinggroup=session.group_id, member=OuterRef("pk"))
    return Member.objects.filter(Exists(places) | Exists(visits) | Exists(parts) | Exists(runs), is_active=True)


def _id(delivery: Delivery) -> int:
    return id_from(delivery.object_key)


SESSION_CHANGED = SessionChanged()
KINDS: list[Kind] = [SESSION_CHANGED]
