"""The summary of a discussion. Nobody's words are written over unseen."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.models import Session, Summary


class SummaryWasChanged(Exception):
    """Somebody saved the summary since it was opened. Carries the summary as it is now."""

    def __init__(self, summary: Summary):
        super().__init__(summary.pk, summary.revision)
        self.summary = summary


@transaction.atomic
def write_summary(*, actor: Member, session_id: int, text: str, base: int, now: datetime) -> Summary | None:
    """Save the summary of a session, which was opened at version `base`, 0 for none. Sends nothing.

    What it said before is kept as history; an empty text takes it away. Saving what is there already changes nothing,
    so that sending a form twice saves once. None where there is none and none is written. The caller has asked whether
    the actor may. Raises Session.DoesNotExist, and SummaryWasChanged where somebody has saved it since; then nothing is
    written.
    """
    # The session's row, as there may be no summary to lock yet.
    session = Session.objects.select_for_update(no_key=True).get(pk=session_id)
    summary = Summary.objects.filter(session=session).first()
    if text == (summary.text if summary else ""):
        return summary
    if summary is None:
        # Whoever saves first begins it: there is nothing that could have been overwritten.
        return Summary.objects.create(session=session, text=text, written_at=now, written_by=actor)
    if summary.revision != base:
        raise SummaryWasChanged(summary)
    summary.text, summary.written_at, summary.written_by = text, now, actor
    summary.revision += 1
    summary.save()
    return summary
