"""The writes that belong to no single part of the site."""

import secrets
from datetime import datetime

from django.db import transaction

from collaborative.home.models import CalendarToken
from members.models import Member


@transaction.atomic
def give_calendar_address(*, actor: Member, now: datetime) -> CalendarToken:
    """The actor's calendar address, made if there is none; asking twice changes nothing. Sends nothing."""
    token, _created = CalendarToken.objects.get_or_create(member=actor, defaults=_fresh(now))
    return token


@transaction.atomic
def renew_calendar_address(*, actor: Member, now: datetime) -> CalendarToken:
    """A new address in place of the one before, which stops working at once. Sends nothing."""
    token, _created = CalendarToken.objects.update_or_create(member=actor, defaults=_fresh(now))
    return token


@transaction.atomic
def stop_calendar(*, actor: Member) -> None:
    """Take the calendar address back; where there is none, nothing changes. Sends nothing."""
    CalendarToken.objects.filter(member=actor).delete()


@transaction.atomic
def note_calendar_contents(*, token: CalendarToken, fingerprint: str, now: datetime) -> datetime:
    """Since when the calendar has held this: `now` where it held something else before. Sends nothing.

    Whoever reads it twice at once agrees, as the row is locked.
    """
    locked = CalendarToken.objects.select_for_update().get(pk=token.pk)
    if locked.fingerprint != fingerprint:
        locked.fingerprint, locked.changed_at = fingerprint, now
        locked.save(update_fields=["fingerprint", "changed_at"])
    return locked.changed_at


def _fresh(now: datetime) -> dict[str, object]:
    return {"token": secrets.token_urlsafe(32), "created_at": now, "changed_at": now, "fingerprint": ""}
