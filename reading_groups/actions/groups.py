"""Writing groups themselves: saving, capacity, state, schedule, search."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import F, OuterRef, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from core.clock import first_weekday_from, repeating_days
from members.models import Member, Topic
from reading_groups.actions.certificates import issue_to_those_who_came
from reading_groups.actions.ideas import settle_ideas
from reading_groups.actions.places import fill_places, invite_term_before, lock_group, put_back_holds
from reading_groups.actions.planning import sessions_at
from reading_groups.actions.promised import let_all_lapse
from reading_groups.models import Enrolment, Presentation, Reading, ReadingGroup, Rsvp, Session
from reading_groups.querysets import SEARCH_CONFIG
from reading_groups.reminders import GROUP_PAUSED, SESSION_CHANGED

State = ReadingGroup.State

# From so long before a session people are told where its call has moved.
CALL_COUNTED_ON = timedelta(days=2)
NEXT_STATES = {
    State.DRAFT: {State.OPEN, State.ARCHIVED},
    State.OPEN: {State.DRAFT, State.RUNNING, State.PAUSED, State.COMPLETED, State.ARCHIVED},
    State.RUNNING: {State.OPEN, State.PAUSED, State.COMPLETED, State.ARCHIVED},
    State.PAUSED: {State.OPEN, State.RUNNING, State.COMPLETED, State.ARCHIVED},
    State.COMPLETED: {State.ARCHIVED},
    State.ARCHIVED: set(),
    # What is proposed waits for an answer, which has actions of its own.
    State.PROPOSED: set(),
    State.RETURNED: set(),
    State.DECLINED: set(),
}
# What a proposal says of its group, beside its topics and its sessions.
CONTENT = (
    "title",
    "description",
    "format",
    "collective",
    "language",
    "zone",
    "duration_minutes",
    "capacity",
    "visibility",
)
# What organizers set of a group that is theirs, beside its topics, its state and its sessions.
SETTINGS = (
    *CONTENT,
    "hold_hours",
    "presenters_wanted",
    "hands_needed",
    "call_url",
    "chat_url",
    "allows_sitting_in",
    "attendance_needed",
)


class CannotChangeState(Exception):
    """A completed or archived group has closed its books; its reading list is copied into a new one instead."""


@transaction.atomic
def save_group(*, group: ReadingGroup, actor: Member | None = None, now: datetime) -> ReadingGroup:
    """Create or change a group from a validated form, through the same rules as every other way.

    Capacity and state are changed as `set_capacity` and `set_state` do. Raises ReadingGroup.DoesNotExist and
    CannotChangeState. May record `place_offered` mails, and `session_changed` mails as `change_settings` does. Topics
    and readings are saved after this; call `index_groups` once they are.
    """
    if group.pk is None:
        group.places_limit = group.capacity
        group.save()
        return group
    stored = lock_group(group.pk)
    call_was = stored.call_url
    state, group.state = group.state, stored.state
    group.places_taken = stored.places_taken
    group.places_limit = max(group.capacity, group.places_taken)
    group.save()
    # The state before the places: a group that closes as it grows offers no place, and one that opens has its new size.
    set_state(group_id=group.pk, state=state, now=now)
    settle_ideas(group)
    group.refresh_from_db()
    fill_places(group, now)
    _tell_of_call(group, call_was, actor, now)
    return group


@transaction.atomic
def change_settings(*, actor: Member, group: ReadingGroup, topics: Collection[Topic], now: datetime) -> ReadingGroup:
    """Change what organizers set of a group, from a validated form; what happened to it meanwhile stays.

    Nobody loses a place where the capacity shrinks, and sessions that are planned already keep their times. Raises
    ReadingGroup.DoesNotExist. May record `place_offered` mails. Where the standing call changes, it records
    `session_changed` mails about each session within two days that uses it, to all but the actor.
    """
    stored = lock_group(group.pk)
    call_was = stored.call_url
    for name in SETTINGS:
        setattr(stored, name, getattr(group, name))
    stored.places_limit = max(stored.capacity, stored.places_taken)
    stored.save(update_fields=[*SETTINGS, "title_key", "places_limit"])
    stored.topics.set(topics)
    settle_ideas(stored)
    fill_places(stored, now)
    index_groups(group_ids=[stored.pk])
    _tell_of_call(stored, call_was, actor, now)
    return stored


def _tell_of_call(group: ReadingGroup, call_was: str, actor: Member | None, now: datetime) -> None:
    if group.call_url == call_was:
        return
    for session in group.sessions.starting_between(now, now + CALL_COUNTED_ON).filter(call_url="").order_by("id"):
        session.group = group
        SESSION_CHANGED.record(session, "call", actor=actor, now=now)


@transaction.atomic
def set_capacity(*, group_id: int, capacity: int, now: datetime) -> ReadingGroup:
    """Change how many places a group has. Nobody loses a place: below the number taken, it shrinks as people leave.

    New places are offered to those who wait. Raises ReadingGroup.DoesNotExist. May record `place_offered` mails.
    """
    group = lock_group(group_id)
    if capacity != group.capacity:
        group.capacity = capacity
        group.places_limit = max(capacity, group.places_taken)
        group.save(update_fields=["capacity", "places_limit"])
        fill_places(group, now)
    return group


@transaction.atomic
def set_state(*, group_id: int, state: str, now: datetime) -> ReadingGroup:
    """Move a group along draft, open, running, completed, archived; while it is open or running it can be paused.

    When it completes after it has run, those with a place have completed it, and those of them who came often enough
    get a certificate; those who wait or did not take up their place leave. When it is archived before that, or never
    met, everybody leaves, and nobody presents the sessions that were to come. In a pause everybody keeps their place,
    and places that were held go back to the front of the line, to be offered anew afterwards; sessions to come get a
    new revision when the group goes on. A next term that opens holds places for those who were in the term before.
    Raises ReadingGroup.DoesNotExist and CannotChangeState. Records `group_paused` mails as a pause begins and ends,
    `next_term` mails as a next term opens, `certificate_issued` mails as a group completes, and may record
    `place_offered` mails where a group opens or goes on.
    """
    group = lock_group(group_id)
    if state == group.state:
        return group
    if state not in NEXT_STATES[State(group.state)]:
        raise CannotChangeState
    is_complete = state == State.COMPLETED and has_run(group, now)
    before, group.state = group.state, state
    group.save(update_fields=["state"])
    if state == State.PAUSED:
        GROUP_PAUSED.record(group, now=now)
        put_back_holds(group)
    elif before == State.PAUSED and group.is_listed:
        group.sessions.coming(now).update(revision=F("revision") + 1, changed_at=now)
        GROUP_PAUSED.record(group, now=now)
    elif before == State.DRAFT and group.is_listed:
        invite_term_before(group, now)
    if state in ReadingGroup.OVER:
        if is_complete:
            group.enrolments.enrolled().update(state=Enrolment.State.COMPLETED)
            issue_to_those_who_came(group, now)
        group.enrolments.live().update(state=Enrolment.State.LEFT, held_until=None, left_at=now)
        if not is_complete:
            # After the places are written, as when somebody leaves. Nobody counts on these any more.
            parts = Presentation.objects.not_started(now).filter(session__group=group)
            list(parts.select_for_update(of=("self",)).order_by("pk"))
            parts.delete()
            Rsvp.objects.to_come(now).filter(session__group=group).delete()
        let_all_lapse(group, now)
        group.places_taken, group.places_limit = 0, group.capacity
        group.save(update_fields=["places_taken", "places_limit"])
    fill_places(group, now)
    return group


def has_run(group: ReadingGroup, now: datetime) -> bool:
    """Whether there is something to complete. An open group may have met too: it is open to those who come later."""
    return group.state == State.RUNNING or group.sessions.past(now).exists()


@transaction.atomic
def plan_sessions(*, group: ReadingGroup, first_on: date, last_on: date) -> list[Session]:
    """Write the sessions of the group's weekly rule from one date to another; those that stand already are kept.

    The group must have a weekday and a time. Each session is at the same wall time in the group's zone. Sends nothing.
    """
    assert group.weekday is not None
    assert group.starts_at_time is not None
    first = first_weekday_from(first_on, group.weekday)
    days = repeating_days(first, last_on, every_weeks=group.every_weeks)
    sessions = sessions_at(group, [(day, group.starts_at_time) for day in days])
    Session.objects.bulk_create(sessions, ignore_conflicts=True)
    return list(group.sessions.filter(starts_at__in=[session.starts_at for session in sessions]).order_by("starts_at"))


@transaction.atomic
def index_groups(*, group_ids: Iterable[int]) -> None:
    """Renew what the search finds groups by: title, topics, description and paper titles, in that weight."""
    # The plug-in of mypy does not follow an annotation of a through model.
    linked: Any = ReadingGroup.topics.through.objects
    topics = (
        linked.filter(readinggroup=OuterRef("pk"))
        .order_by()
        .values("readinggroup")
        .annotate(names=StringAgg("topic__name", Value(" "), output_field=TextField()))
        .values("names")
    )
    papers = (
        Reading.objects.filter(group=OuterRef("pk"))
        .order_by()
        .values("group")
        .annotate(titles=StringAgg("paper__title", Value(" "), output_field=TextField()))
        .values("titles")
    )

    def text(subquery) -> Coalesce:
        return Coalesce(Subquery(subquery), Value(""), output_field=TextField())

    ReadingGroup.objects.filter(pk__in=list(group_ids)).update(
        search=SearchVector("title", weight="A", config=SEARCH_CONFIG)
        + SearchVector(text(topics), weight="B", config=SEARCH_CONFIG)
        + SearchVector("description", weight="C", config=SEARCH_CONFIG)
        + SearchVector(text(papers), weight="C", config=SEARCH_CONFIG)
    )
