"""Beginning a collaborative: its name, its first admin, and what a new one starts with."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from collaborative.models import Site
from core.text import one_line
from members.handbook.starter import load_starter_handbook
from members.models import Member
from members.topics_start import load_starting_topics


class AlreadyLaunched(Exception):
    """There is a collaborative in this database. Launching never changes one that has begun."""


def is_empty() -> bool:
    """Whether nobody has begun anything here."""
    return not (Site.objects.exists() or Member.objects.exists())


@transaction.atomic
def launch(
    *,
    name: str,
    zone: str,
    contact_email: str,
    admin_email: str,
    admin_name: str,
    admin_password: str,
    now: datetime,
) -> Member:
    """Begin a collaborative in an empty database, all of it or nothing, and return its first admin.

    It has a name, a zone, a contact, one admin whose address counts as confirmed, the topic tree, the starter handbook
    and the checklist. Groups and handbook are on; the other parts wait in the admin. The input has been validated.
    Raises AlreadyLaunched. Sends nothing.
    """
    if not is_empty():
        raise AlreadyLaunched
    try:
        # The one row of the site lets only one of two launches at once through.
        with transaction.atomic():
            Site.objects.create(pk=1, name=one_line(name), zone=zone, contact_email=contact_email)
    except IntegrityError:
        raise AlreadyLaunched from None
    admin = Member.objects.create_superuser(
        admin_email, admin_password, name=one_line(admin_name), time_zone=zone, joined_at=now
    )
    EmailAddress.objects.create(user=admin, email=admin_email.lower(), verified=True, primary=True)
    load_starting_topics()
    load_starter_handbook(actor=None, now=now)
    return admin
