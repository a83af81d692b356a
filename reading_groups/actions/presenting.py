"""Presenting a session together: offering, withdrawing in time, and showing slides."""

from datetime import datetime

from django.db import transaction

from members.models import Member
from reading_groups.actions.places import lock_place
from reading_groups.models import Presentation, Session


class SessionHasStarted(Exception):
    """Who presents is settled once a session has started."""


class SessionIsCancelled(Exception):
    """Nobody presents at a session that does not take place."""


class NotPresenting(Exception):
    """The member does not present this session."""


@transaction.atomic
def offer_to_present(*, actor: Member, session_id: int, now: datetime) -> Presentation:
    """Make the actor a presenter of a session, beside those who offered before.

    Guarantees that each presenter of a session to come has a place in its group: leaving withdraws them. Offering
    twice changes nothing. Raises Session.DoesNotExist, NotInGroup, SessionIsCancelled and SessionHasStarted. Sends
    nothing; `presenting_soon` falls due two days before.
    """
    session = Session.objects.get(pk=session_id)
    lock_place(actor=actor, group_id=session.group_id)
    if session.is_cancelled:
        raise SessionIsCancelled
    if session.has_started(now):
        raise SessionHasStarted
    presentation, _is_new = Presentation.objects.get_or_create(
        session=session, member=actor, defaults={"offered_at": now}
    )
    return presentation


@transaction.atomic
def withdraw_from_presenting(*, actor: Member, session_id: int, now: datetime) -> None:
    """Open the actor's part of a session to others again, as long as it has not started.

    Raises Session.DoesNotExist, NotPresenting and SessionHasStarted. Sends nothing.
    """
    session = Session.objects.get(pk=session_id)
    own = Presentation.objects.select_for_update().filter(session=session, member=actor)
    if not own:
        raise NotPresenting
    if session.has_started(now):
        raise SessionHasStarted
    Presentation.objects.filter(session=session, member=actor).delete()


@transaction.atomic
def set_slides(*, actor: Member, session_id: int, url: str) -> Presentation:
    """Keep a checked link to the actor's slides of a session, before or after it; an empty one takes it away.

    Raises Presentation.DoesNotExist where the actor does not present the session. Sends nothing.
    """
    presentation = Presentation.objects.select_for_update().get(session=session_id, member=actor)
    presentation.slides_url = url
    presentation.save(update_fields=["slides_url"])
    return presentation
