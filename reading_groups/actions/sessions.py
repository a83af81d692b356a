"""Writing single sessions."""

from django.db import transaction

from reading_groups.models import Session


@transaction.atomic
def save_session(*, session: Session) -> Session:
    """Create or change a session from a validated form.

    One that moves, is called off or is on again gets a new revision: reminders of the revision before are no longer
    wanted, and those of the new one fall due by the new time. Sends nothing itself.
    """
    stored = Session.objects.select_for_update().filter(pk=session.pk).first()
    if stored is not None:
        session.revision = stored.revision
        if any(getattr(stored, name) != getattr(session, name) for name in ("starts_at", "held_on", "is_cancelled")):
            session.revision += 1
    session.save()
    return session
