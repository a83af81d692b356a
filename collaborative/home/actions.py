"""The writes that belong to no single part of the site."""

import re
import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from rest_framework.authtoken.models import Token

from cohorts.actions import forget_applicant, leave_sections
from collaborative.authentication import digest_of_token
from collaborative.home.kinds import BY_KEY
from collaborative.home.models import CalendarToken, Contents, SharedCalendar
from collaborative.models import Site
from members.actions import FORMER_NAME, end_role, erase_member
from members.availability.actions import leave_meetings
from members.availability.polls.actions import leave_polls
from members.models import Member
from mentorship.actions import leave_mentoring
from notifications.actions import stop_deliveries
from notifications.models import Delivery
from notifications.preferences import forget_preferences
from projects.actions import leave_all_teams, pass_on_leads
from reading_groups.actions import leave_all_groups


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
def make_token(*, actor: Member, now: datetime) -> str:
    """A new token for the actor's programs, in place of the one before, which stops working at once. Sends nothing.

    It is known only to whoever gets it here: the digest that is kept does not lead back to it.
    """
    key = secrets.token_urlsafe(32)
    # The digest is the row's key, so it is another row; the member's own row guards that there is one.
    Member.objects.select_for_update(no_key=True).get(pk=actor.pk)
    Token.objects.filter(user=actor).delete()
    token = Token.objects.create(user=actor, key=digest_of_token(key))
    Token.objects.filter(pk=token.pk).update(created=now)
    return key


@transaction.atomic
def revoke_token(*, actor: Member) -> None:
    """The actor's token stops working; where there is none, nothing changes. Sends nothing."""
    Token.objects.filter(user=actor).delete()


@transaction.atomic
def note_calendar_contents(*, token: CalendarToken, fingerprint: str, now: datetime) -> datetime:
    """Since when the calendar has held this: `now` where it held something else before. Sends nothing.

    Whoever reads it twice at once agrees, as the row is locked.
    """
    return _note_contents(CalendarToken.objects.select_for_update().get(pk=token.pk), fingerprint, now)


@transaction.atomic
def note_shared_contents(*, group_id: int | None, is_inside: bool, fingerprint: str, now: datetime) -> datetime:
    """As `note_calendar_contents`, of a calendar that many read, which is written down when it is first read."""
    locked, _created = SharedCalendar.objects.select_for_update().get_or_create(
        group_id=group_id, is_inside=is_inside, defaults={"fingerprint": fingerprint, "changed_at": now}
    )
    return _note_contents(locked, fingerprint, now)


@transaction.atomic
def delete_account(*, actor: Member, now: datetime) -> None:
    """Take the actor out of the site for good; what groups and teams did together stays, as done by a former member.

    What is theirs to do ends: places in groups pass to those who wait, teams, pairs, meetings, polls, sections and
    roles go on without them, and what they sent to cohorts is withdrawn. What was only theirs is deleted: weeks,
    ticks, votes, visits, offers, requests and goals, private blockers, proposals that were not accepted, calendar
    address, token, account.

    Raises LeadsTeams where a project needs another lead first, and LastAdmin; then nothing has changed. May record
    `place_offered`, `meeting_changed`, `poll_closed` and `pair_ended` mails to others.
    """
    if "projects" not in Site.current().parts:
        pass_on_leads(actor=actor)
    leave_all_teams(actor=actor, now=now)
    leave_mentoring(actor=actor, now=now)
    leave_all_groups(actor=actor, now=now)
    leave_sections(actor=actor)
    leave_meetings(actor=actor, now=now)
    leave_polls(actor=actor, now=now)
    confirmed = EmailAddress.objects.filter(user=actor, verified=True).values_list("email", flat=True)
    forget_applicant(member=actor, addresses=list(confirmed), name=FORMER_NAME, now=now)
    for theirs in (
        actor.typical_weeks,
        actor.aways,
        actor.exam_answers,
        actor.weeks_shared,
        actor.weeks_seen,
        actor.checklist_ticks,
    ):
        theirs.all().delete()
    for role_id in actor.roles.filter(closed_at=None).order_by("pk").values_list("pk", flat=True):
        end_role(actor=actor, role_id=role_id, now=now)
    CalendarToken.objects.filter(member=actor).delete()
    Token.objects.filter(user=actor).delete()
    stop_deliveries(member_id=actor.pk)
    forget_preferences(member_id=actor.pk)
    _take_out_of_notices(actor.name)
    erase_member(member=actor)


def _note_contents(locked: Contents, fingerprint: str, now: datetime) -> datetime:
    if locked.fingerprint != fingerprint:
        locked.fingerprint, locked.changed_at = fingerprint, now
        locked.save(update_fields=["fingerprint", "changed_at"])
    return locked.changed_at


def _take_out_of_notices(name: str) -> None:
    """What others were told of somebody who leaves goes on to say what it was about, and not of whom."""
    if not name:
        return
    naming = Delivery.objects.notices().filter(notice__regex=rf"\m{re.escape(name)}\M").order_by()
    for key in naming.values_list("kind", flat=True).distinct():
        kind = BY_KEY.get(key)
        naming.filter(kind=key).update(notice=str(kind.title) if kind else "")


def _fresh(now: datetime) -> dict[str, object]:
    return {"token": secrets.token_urlsafe(32), "created_at": now, "changed_at": now, "fingerprint": ""}
