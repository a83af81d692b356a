"""Every write to people, institutions and topics."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Replace, Substr

from core.text import one_line
from members.models import Collective, CollectiveMembership, Institution, Member, Role, Topic, TopicExperience
from notifications.preferences import write_digest_anew

# Reserved by the rules of the net, so that no mail ever arrives there.
FORMER_HOST = "@former.invalid"
FORMER_NAME = "A former member"


class TopicWouldContainItself(Exception):
    """A topic cannot be moved below itself."""


class CannotDeactivateYourself(Exception):
    """Whoever takes away sign-ins keeps their own, so that somebody is left."""


class LastAdmin(Exception):
    """The only admin stays until there is another, so that somebody can look after the site."""


class AlreadyHasRole(Exception):
    """Somebody holds a role once at a time; the present term ends first."""


@transaction.atomic
def save_topic(*, topic: Topic) -> Topic:
    """Create or change a topic, keeping its path and those of all below it true.

    Raises Topic.DoesNotExist where the parent is gone, and TopicWouldContainItself. Sends nothing.
    """
    # The whole tree is locked, a few hundred rows in one order: two moves at once, each below the other, would else
    # wait for each other's rows until the database ends one of them.
    paths = dict(Topic.objects.select_for_update().order_by("pk").values_list("pk", "path"))
    if topic.parent_id and topic.parent_id not in paths:
        raise Topic.DoesNotExist
    old_path, parent_path = paths.get(topic.pk, ""), paths[topic.parent_id] if topic.parent_id else ""
    if old_path and parent_path.startswith(old_path):
        raise TopicWouldContainItself
    topic.path = f"{parent_path}{topic.slug}/"
    topic.save()
    if old_path and old_path != topic.path:
        below = Topic.objects.filter(path__startswith=old_path).exclude(pk=topic.pk)
        below.update(path=Concat(Value(topic.path), Substr(F("path"), len(old_path) + 1)))
    return topic


@transaction.atomic
def find_or_create_institution(*, name: str, country: str = "") -> Institution | None:
    """The institution of that name, made if nobody named it yet; None for an empty name.

    Where several countries have one of that name, the given country decides, else the first. Sends nothing.
    """
    name = one_line(name)
    if not name:
        return None
    same = Institution.objects.called(name).order_by("country")
    found = (same.filter(country=country).first() if country else None) or same.first()
    if found:
        return found
    institution, _created = Institution.objects.called(name).get_or_create(country=country, defaults={"name": name})
    return institution


@transaction.atomic
def update_profile(
    *,
    actor: Member,
    name: str,
    time_zone: str,
    institution_name: str = "",
    language: str = "",
    spoken_languages: Iterable[str] = (),
    academic_position: str = "",
    citation_count: int | None = None,
    bio: str = "",
    shows_name_publicly: bool = False,
    topics: Iterable[tuple[Topic, int, int]] = (),
) -> Member:
    """Save what a member says about themselves; `topics` are (topic, level, months) and replace those before.

    The input has been validated by the form. Sends nothing.
    """
    member = Member.objects.select_for_update().get(pk=actor.pk)
    if member.time_zone != time_zone:
        write_digest_anew(member_id=member.pk)
    member.name = one_line(name)
    member.time_zone = time_zone
    member.language = language
    member.spoken_languages = list(spoken_languages)
    member.institution = find_or_create_institution(name=institution_name, country=member.country)
    member.academic_position = academic_position
    member.citation_count = citation_count
    member.bio = bio
    member.shows_name_publicly = shows_name_publicly
    member.save()
    wanted = {topic.pk: (level, months) for topic, level, months in topics}
    member.topic_experience.exclude(topic_id__in=wanted).delete()
    for topic_id, (level, months) in wanted.items():
        TopicExperience.objects.update_or_create(
            member=member, topic_id=topic_id, defaults={"level": level, "months": months}
        )
    return member


@transaction.atomic
def set_time_zone(*, actor: Member, time_zone: str) -> None:
    """Change the zone in which a member sees times and gets mails. The name has been validated. Sends nothing."""
    Member.objects.filter(pk=actor.pk).update(time_zone=time_zone)
    write_digest_anew(member_id=actor.pk)


def note_week_seen(*, member: Member, now: datetime) -> None:
    """Remember that a member has opened their week. At most one query an hour; none in the hour after a sign-in."""
    if member.here_at is None or member.here_at <= now - timedelta(hours=1):
        Member.objects.filter(pk=member.pk).update(week_seen_at=now)
        member.week_seen_at = now


@transaction.atomic
def add_to_collective(*, collective: Collective, member: Member, is_lead: bool = False) -> CollectiveMembership:
    """Make somebody a member of a collective, or a lead of it; saying so twice changes nothing. Sends nothing."""
    membership, _created = CollectiveMembership.objects.update_or_create(
        collective=collective, member=member, defaults={"is_lead": is_lead}
    )
    return membership


@transaction.atomic
def set_login_address(*, member: Member, email: str) -> EmailAddress:
    """Let a member sign in with this address, which becomes one of theirs if it was none.

    Unless it is confirmed already, they confirm it at their next sign-in. That nobody else has it has been
    validated. Sends nothing.
    """
    locked = Member.objects.select_for_update().get(pk=member.pk)
    address = EmailAddress.objects.filter(user=locked, email__iexact=email).first()
    if address is None:
        address = EmailAddress.objects.create(user=locked, email=email.lower())
    if not address.primary:
        address.set_as_primary()
    return address


@transaction.atomic
def deactivate_member(*, actor: Member, member: Member) -> None:
    """Take the sign-in from a member, at once and in every browser. Their places and history stay.

    Raises CannotDeactivateYourself. Sends nothing, and nothing is sent to them any more.
    """
    if actor == member:
        raise CannotDeactivateYourself
    Member.objects.filter(pk=member.pk).update(is_active=False)


@transaction.atomic
def reactivate_member(*, member: Member) -> None:
    """Let a member sign in again, as before. Sends nothing."""
    Member.objects.filter(pk=member.pk).update(is_active=True)


@transaction.atomic
def erase_member(*, member: Member) -> None:
    """Take a person out of their account for good: who they are, their addresses, topics and sign-ins.

    The row stays, as “A former member” whom nobody can sign in as or write to, so that what groups did stays whole.
    Erasing twice changes nothing. Raises LastAdmin. Sends nothing, and nothing is sent to them any more.
    """
    # All admins are locked, so that the last two cannot leave at once. Their keys stay, so that nobody has to wait who
    # writes a mail to one of them meanwhile.
    admins = Member.objects.select_for_update(no_key=True).filter(is_superuser=True, is_active=True).order_by("pk")
    admin_ids = set(admins.values_list("pk", flat=True))
    if admin_ids == {member.pk}:
        raise LastAdmin
    erased = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    if erased.email.endswith(FORMER_HOST):
        return
    addresses = EmailAddress.objects.filter(user=erased)
    called = {erased.name, erased.email, *addresses.values_list("email", flat=True)}
    erased.name, erased.email = FORMER_NAME, f"{uuid4().hex}{FORMER_HOST}"
    erased.time_zone = erased.language = erased.country = erased.bio = erased.academic_position = ""
    erased.spoken_languages, erased.institution, erased.citation_count = [], None, None
    erased.is_active = erased.is_staff = erased.is_superuser = erased.shows_name_publicly = False
    erased.last_login = erased.week_seen_at = None
    erased.set_unusable_password()
    erased.save()
    erased.groups.clear()
    erased.user_permissions.clear()
    addresses.delete()
    erased.topic_experience.all().delete()
    erased.collective_memberships.all().delete()
    _erase_from_log(erased.pk, called)
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(erased.pk):
            session.delete()


def _erase_from_log(member_id: int, called: set[str]) -> None:
    """The admin's log calls every row by its name, and rows beside a page, such as memberships, by that of the member.

    What was changed on the member's own page is not told any more.
    """
    entries = LogEntry.objects.filter(content_type__app_label="members", content_type__model="member")
    entries.filter(object_id=str(member_id)).update(object_repr=FORMER_NAME, change_message="")
    for name in filter(None, called):
        # As it stands in the JSON of a message.
        before, after = (f'"object": {json.dumps(text)}' for text in (name, FORMER_NAME))
        named = LogEntry.objects.filter(change_message__contains=before)
        named.update(change_message=Replace("change_message", Value(before), Value(after)))


@transaction.atomic
def grant_role(
    *,
    actor: Member | None,
    member: Member,
    kind: str,
    now: datetime,
    scope: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Role:
    """Give somebody a role from a day on, today unless said otherwise, until its last day or until it is taken back.

    A term that is over is closed first, so that a role can be given again. Raises AlreadyHasRole where one is not over
    yet, or begins later. Sends nothing.
    """
    today = now.date()
    # The member's row guards that two admins at once give the role once.
    member = Member.objects.select_for_update().get(pk=member.pk)
    present = Role.objects.filter(member=member, kind=kind, scope=scope, closed_at=None).first()
    if present is not None:
        if present.ends_on is None or present.ends_on >= today:
            raise AlreadyHasRole
        present.closed_at, present.closed_by = now, actor
        present.save(update_fields=["closed_at", "closed_by"])
    return Role.objects.create(
        member=member, kind=kind, scope=scope, starts_on=starts_on or today, ends_on=ends_on, granted_by=actor
    )


@transaction.atomic
def end_role(*, actor: Member | None, role_id: int, now: datetime) -> Role:
    """Take a role back, from now on; taking it back twice changes nothing. Raises Role.DoesNotExist. Sends nothing."""
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.closed_at is None:
        role.closed_at, role.closed_by = now, actor
        role.save(update_fields=["closed_at", "closed_by"])
    return role


@transaction.atomic
def set_last_day(*, role_id: int, ends_on: date | None) -> Role:
    """Plan another last day of a role, or none. A role that was taken back stays as it was.

    The day has been validated not to lie before the first. Raises Role.DoesNotExist. Sends nothing.
    """
    role = Role.objects.select_for_update().get(pk=role_id)
    if role.closed_at is None and role.ends_on != ends_on:
        role.ends_on = ends_on
        role.save(update_fields=["ends_on"])
    return role
