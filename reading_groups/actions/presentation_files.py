"""Files that presenters attach to what they present, before or after. The presentation's row guards how many."""

import hashlib
from datetime import datetime

from django.core.files import File
from django.db import transaction

from members.models import Member
from reading_groups.models import Presentation, PresentationFile
from reading_groups.models.presenting import MOST_FILES

CHUNK = 1024 * 1024


class TooManyFiles(Exception):
    """There are as many files at the presentation as it can have."""


def add_file(*, actor: Member, session_id: int, upload: File, name: str, kind: str, now: datetime) -> PresentationFile:
    """Attach a checked file to the actor's presentation of a session.

    Guarantees that what is kept belongs to a row, unless this process is killed in between. The same content sent
    twice is one file, by the name that it had first. Raises Presentation.DoesNotExist where the actor does not present
    the session, and TooManyFiles. Sends nothing.
    """
    digest = hashlib.sha256()
    for chunk in upload.chunks(CHUNK):
        digest.update(chunk)
    row = PresentationFile(name=name, kind=kind, size=upload.size, digest=digest.hexdigest(), added_at=now)
    # Written before anything is locked, so that nobody waits for a slow disk.
    row.blob.save("", upload, save=False)
    kept = None
    try:
        kept = _keep(row, actor, session_id)
    finally:
        if kept is not row:
            row.blob.delete(save=False)
    return kept


@transaction.atomic
def _keep(row: PresentationFile, actor: Member, session_id: int) -> PresentationFile:
    row.presentation = Presentation.objects.select_for_update().get(session=session_id, member=actor)
    there = list(row.presentation.files.in_order())
    for other in there:
        if other.digest == row.digest:
            return other
    free = set(range(1, MOST_FILES + 1)) - {other.number for other in there}
    if not free:
        raise TooManyFiles
    row.number = min(free)
    row.save()
    return row


@transaction.atomic
def remove_file(*, file_id: int) -> None:
    """Take a file away for good, for whoever attached it or an organizer. Twice changes nothing. Sends nothing."""
    PresentationFile.objects.filter(pk=file_id).delete()


def forget_names_of_files(*, actor: Member) -> None:
    """Call the files of somebody who leaves the site by what they are: names of files tell who made them."""
    for row in PresentationFile.objects.select_for_update().filter(presentation__member=actor).order_by("pk"):
        row.name = f"{row.number}{row.suffix}"
        row.save(update_fields=["name"])
