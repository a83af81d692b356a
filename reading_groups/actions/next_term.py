"""The next term of a group: the same reading list, new dates, and those who were in it invited first."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from core.clock import first_weekday_from, instant_of
from members.models import Member
from reading_groups.actions.groups import SETTINGS, index_groups
from reading_groups.actions.places import lock_group
from reading_groups.actions.proposals import save_with_free_slug
from reading_groups.models import Reading, ReadingGroup, Session

State = ReadingGroup.State

# What a new term takes over as it is; title, dates and head start are its own.
TAKEN_OVER = (*(name for name in SETTINGS if name != "title"), "weekday", "starts_at_time", "every_weeks")
LONGEST_TERM = timedelta(days=366)


class TermIsTooLong(Exception):
    """The sessions go over more than a year, so they are no term that could be repeated."""


@transaction.atomic
def copy_group(
    *,
    actor: Member,
    group_id: int,
    title: str,
    first_on: date,
    with_sessions: bool,
    head_start_days: int,
    now: datetime,
) -> ReadingGroup:
    """Make a draft of the next term, with the reading list, the topics and the organizers, the actor among them.

    With sessions, each that took place or will comes again at the same wall time, moved so that the first is on that
    day or, where the group meets by a rule, on its weekday from that day on; what it reads comes along, who presented
    it and what was said about it does not. Without, all readings go to the pool. The same draft made twice is one.
    With a head start, places are held for so many days for those who were in the group, once the draft opens.
    Raises ReadingGroup.DoesNotExist and TermIsTooLong. Sends nothing.
    """
    source = lock_group(group_id)
    key = ReadingGroup._meta.get_field("title_key").key_of(title)
    drafts = ReadingGroup.objects.filter(copied_from=source, title_key=key, state=State.DRAFT)
    if draft := drafts.defer("search").first():
        return draft
    sessions = list(source.sessions.filter(is_cancelled=False).order_by("held_on", "id")) if with_sessions else []
    if sessions and sessions[-1].held_on - sessions[0].held_on > LONGEST_TERM:
        raise TermIsTooLong
    group = ReadingGroup(
        title=title,
        copied_from=source,
        head_start_days=head_start_days,
        **{name: getattr(source, name) for name in TAKEN_OVER},
    )
    group.places_limit = group.capacity
    save_with_free_slug(group)
    group.topics.set(source.topics.all())
    group.organizers.set({*source.organizers.all(), actor})
    again = _moved(group, sessions, first_on)
    Reading.objects.bulk_create(
        Reading(
            group=group,
            session=again.get(reading.session_id),
            paper_id=reading.paper_id,
            part=reading.part,
            position=reading.position,
        )
        for reading in _once(source.readings.order_by("position", "id"), again)
    )
    index_groups(group_ids=[group.pk])
    return group


def _moved(group: ReadingGroup, sessions: list[Session], first_on: date) -> dict[int | None, Session]:
    """New sessions in place of the old ones, by the ids of those."""
    if not sessions:
        return {}
    first = sessions[0].held_on
    start = first_on if group.weekday is None else first_weekday_from(first_on, first.weekday())
    again: dict[int | None, Session] = {}
    for old in sessions:
        new = Session(group=group, title=old.title, held_on=old.held_on + (start - first))
        new.presenters_wanted = old.presenters_wanted
        if old.starts_at is not None and old.ends_at is not None:
            # Wall time, so that a term across the change of the clocks meets at the hour that people know.
            local = old.starts_at.astimezone(ZoneInfo(group.zone))
            new.starts_at = instant_of(local.date() + (start - first), local.time(), group.zone)
            new.ends_at = new.starts_at + (old.ends_at - old.starts_at)
        again[old.pk] = new
    Session.objects.bulk_create(again.values())
    return again


def _once(readings: Iterable[Reading], again: dict[int | None, Session]) -> list[Reading]:
    """Each reading of a list once in its new session, or in the pool."""
    seen, kept = set(), []
    for reading in readings:
        place = (reading.session_id if reading.session_id in again else None, reading.paper_id, reading.part)
        if place not in seen:
            seen.add(place)
            kept.append(reading)
    return kept
