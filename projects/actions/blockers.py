"""Saying what is in the way, to the team or in private. No message about it says what it is."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core.text import fold
from members.models import Member
from projects.actions.projects import lock_project
from projects.actions.team import in_team
from projects.models import Blocker, Involvement
from projects.reminders import BLOCKER_RAISED

Part = Involvement.Part


class NeedsHandler(Exception):
    """A private blocker that nobody reads helps nobody."""


class HandlerIsNamed(Exception):
    """Somebody chosen to handle it is named in it, or is the one who raises it."""

    def __init__(self, members: list[Member]) -> None:
        super().__init__()
        self.members = members


class BlockerIsClosed(Exception):
    """Whoever raised it has closed it."""


@transaction.atomic
def raise_blocker(
    *,
    actor: Member,
    project_id: int,
    kind: str,
    text: str,
    visibility: str,
    handlers: Iterable[Member],
    named: Iterable[Member],
    now: datetime,
) -> Blocker:
    """Tell what is in the way: to the handlers and, where so wished, to the team. An open one sent twice is one.

    A person named in it, in `named` or by their full name in the text, never handles it. Who may be chosen has been
    validated. Raises Project.DoesNotExist, ProjectIsArchived, NotInTeam, NeedsHandler and HandlerIsNamed. Records
    `blocker_raised` for each handler, which holds a link and nothing of the text.
    """
    project = lock_project(project_id)
    in_team(project, actor)
    handlers, named = list(handlers), list(named)
    if not handlers and visibility == Blocker.Visibility.PRIVATE:
        raise NeedsHandler
    excluded = {actor.pk, *(member.pk for member in named)}
    wrong = [member for member in handlers if member.pk in excluded or is_named_in(text, member)]
    if wrong:
        raise HandlerIsNamed(wrong)
    same = project.blockers.open().filter(raiser=actor, kind=kind, text=text, visibility=visibility).first()
    if same is not None:
        return same
    blocker = Blocker.objects.create(
        project=project, raiser=actor, kind=kind, text=text, visibility=visibility, raised_at=now
    )
    parts = {member.pk: Part.NAMED for member in named} | {member.pk: Part.HANDLER for member in handlers}
    Involvement.objects.bulk_create(
        Involvement(blocker=blocker, member_id=member_id, part=part) for member_id, part in parts.items()
    )
    BLOCKER_RAISED.record(blocker, handlers, now=now)
    return blocker


def is_named_in(text: str, member: Member) -> bool:
    """Whether somebody's full name stands in a text. A name of one word counts with its capitals alone: Will, May."""
    words = member.name.split()
    if not words:
        return False
    if len(words) == 1:
        return re.search(rf"(?<!\w){re.escape(words[0])}(?!\w)", text) is not None
    return re.search(rf"(?<!\w){re.escape(fold(member.name))}(?!\w)", fold(text)) is not None


@transaction.atomic
def acknowledge_blocker(*, actor: Member, blocker_id: int, now: datetime) -> Blocker:
    """Let the raiser know that a handler has read it and is on it; the first one counts.

    Raises Blocker.DoesNotExist where the actor does not handle it, and BlockerIsClosed. Sends nothing.
    """
    blocker = Blocker.objects.handled_by(actor).select_for_update(of=("self",)).get(pk=blocker_id)
    if blocker.closed_at is not None:
        raise BlockerIsClosed
    if blocker.acknowledged_at is None:
        blocker.acknowledged_at, blocker.acknowledged_by = now, actor
        blocker.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return blocker


@transaction.atomic
def close_blocker(*, actor: Member, blocker_id: int, now: datetime) -> Blocker:
    """Say that it is out of the way; by the one who raised it alone, and once.

    Raises Blocker.DoesNotExist where the actor did not raise it. Sends nothing.
    """
    blocker = Blocker.objects.select_for_update().get(pk=blocker_id, raiser=actor)
    if blocker.closed_at is None:
        blocker.closed_at = now
        blocker.save(update_fields=["closed_at"])
    return blocker
