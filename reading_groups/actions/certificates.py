"""Who came often enough, and what they get. The group's row guards that each gets one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from reading_groups.actions.places import lock_group
from reading_groups.models import Attendance, Certificate, Enrolment, ReadingGroup, Session
from reading_groups.reminders import CERTIFICATE_ISSUED


class GroupGoesOn(Exception):
    """Certificates are issued once a group is over."""


@dataclass(frozen=True)
class Earned:
    """Of the sessions of which it is known who came: how many there are, how many are enough, and who came to those."""

    sessions: list[Session]
    needed: int
    attended: dict[int, int]
    names: dict[int, str]

    @property
    def enough(self) -> list[int]:
        return [pk for pk in self.names if self.attended.get(pk, 0) >= self.needed]


@transaction.atomic
def issue_certificates(*, group_id: int, now: datetime) -> list[Certificate]:
    """Give a certificate to each who completed a group that is over, came often enough and has none; the new ones.

    Takes none away, and gives none anew that was revoked; issuing twice changes nothing. Raises
    ReadingGroup.DoesNotExist and GroupGoesOn. Records `certificate_issued` mails.
    """
    group = lock_group(group_id)
    if not group.is_over:
        raise GroupGoesOn
    return issue_to_those_who_came(group, now)


def issue_to_those_who_came(group: ReadingGroup, now: datetime) -> list[Certificate]:
    """The same for a locked group, in six queries for up to a thousand people."""
    earned = earned_in(group, now, states=[Enrolment.State.COMPLETED])
    have = set(group.certificates.values_list("member_id", flat=True))
    new = [
        Certificate(
            group=group,
            member_id=member_id,
            name=earned.names[member_id],
            attended=earned.attended[member_id],
            sessions=len(earned.sessions),
            first_on=min(session.held_on for session in earned.sessions),
            last_on=max(session.held_on for session in earned.sessions),
            issued_at=now,
        )
        for member_id in earned.enough
        if member_id not in have
    ]
    Certificate.objects.bulk_create(new)
    CERTIFICATE_ISSUED.record(new, now=now)
    return new


def earned_in(group: ReadingGroup, now: datetime, *, states: list[str]) -> Earned:
    """Who of those whose place is in one of these states came how often. Three queries.

    A session counts once it is over and it is known who came. All of them count for everybody, whenever they joined.
    """
    sessions = list(group.sessions.past(now).with_attendance_known().only("held_on"))
    attended = dict(
        Attendance.objects.filter(session__in=sessions).values_list("member_id").annotate(n=Count("*")).order_by()
    )
    places = (
        group.enrolments.filter(state__in=states, member__is_active=True)
        .exclude(member__name="")
        .order_by("enrolled_at", "id")
    )
    names = dict(places.by_name().values_list("member_id", "member__name"))
    # Rounded up, so that 60 % of eight are five; and at least one.
    needed = max(-(-group.attendance_needed * len(sessions) // 100), 1)
    return Earned(sessions, needed, attended, names)


@transaction.atomic
def revoke_certificate(*, certificate_id: int, now: datetime) -> Certificate:
    """Say from now on, to whoever has the code, that it is not valid; revoking twice changes nothing. Sends nothing.

    Raises Certificate.DoesNotExist.
    """
    certificate = _lock(certificate_id)
    if certificate.revoked_at is None:
        certificate.revoked_at = now
        certificate.save(update_fields=["revoked_at"])
    return certificate


@transaction.atomic
def restore_certificate(*, certificate_id: int) -> Certificate:
    """Take back that a certificate was revoked. Raises Certificate.DoesNotExist. Sends nothing."""
    certificate = _lock(certificate_id)
    certificate.revoked_at = None
    certificate.save(update_fields=["revoked_at"])
    return certificate


@transaction.atomic
def rename_certificate(*, certificate_id: int) -> Certificate:
    """Put the holder's present name on a certificate; nobody's where they have left the site. The code stays.

    Raises Certificate.DoesNotExist. Sends nothing.
    """
    certificate = _lock(certificate_id)
    if certificate.name:
        certificate.name = certificate.member.name
        certificate.save(update_fields=["name"])
    return certificate


def _lock(certificate_id: int) -> Certificate:
    return (
        Certificate.objects.select_for_update(no_key=True, of=("self",)).select_related("member").get(pk=certificate_id)
    )
