"""Writing groups themselves: saving, capacity, state, schedule, search."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import OuterRef, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from core.clock import first_weekday_from, instant_of, repeating_days
from reading_groups.actions.ideas import settle_ideas
from reading_groups.actions.places import fill_places, lock_group
from reading_groups.models import Enrolment, Presentation, Reading, ReadingGroup, Session
from reading_groups.querysets import SEARCH_CONFIG

State = ReadingGroup.State

NEXT_STATES = {
    State.DRAFT: {State.OPEN, State.ARCHIVED},
    State.OPEN: {State.DRAFT, State.RUNNING, State.COMPLETED, State.ARCHIVED},
    State.RUNNING: {State.OPEN, State.COMPLETED, State.ARCHIVED},
    State.COMPLETED: {State.ARCHIVED},
    State.ARCHIVED: set(),
}


class CannotChangeState(Exception):
    """A completed or archived group has closed its books; its reading list is copied into a new one instead."""


@transaction.atomic
def save_group(*, group: ReadingGroup, now: datetime) -> ReadingGroup:
    """Create or change a group from a validated form, through the same rules as every other way.

    Capacity and state are changed as `set_capacity` and `set_state` do. Raises ReadingGroup.DoesNotExist and
    CannotChangeState. May record `place_offered` mails. Topics and readings are saved after this; call `index_groups`
    once they are.
    """
    if group.pk is None:
        group.places_limit = group.capacity
        group.save()
        return group
    stored = lock_group(group.pk)
    state, group.state = group.state, stored.state
    group.places_taken = stored.places_taken
    group.places_limit = max(group.capacity, group.places_taken)
    group.save()
    # The state before the places: a group that closes as it grows offers no place, and one that opens has its new size.
    set_state(group_id=group.pk, state=state, now=now)
    settle_ideas(group)
    group.refresh_from_db()
    fill_places(group, now)
    return group


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
    """Move a group along draft, open, running, completed, archived.

    When it completes after it has run, those with a place have completed it; those who wait or did not take up their
    place leave. When it is archived before that, or never met, everybody leaves, and nobody presents the sessions that
    were to come. Raises ReadingGroup.DoesNotExist and CannotChangeState. Opening may record `place_offered` mails.
    """
    group = lock_group(group_id)
    if state == group.state:
        return group
    if state not in NEXT_STATES[State(group.state)]:
        raise CannotChangeState
    # An open group may have met as well: it is open for those who come later.
    has_run = group.state == State.RUNNING or group.sessions.past(now).exists()
    group.state = state
    group.save(update_fields=["state"])
    if state in ReadingGroup.OVER:
        is_complete = state == State.COMPLETED and has_run
        if is_complete:
            group.enrolments.enrolled().update(state=Enrolment.State.COMPLETED)
        group.enrolments.live().update(state=Enrolment.State.LEFT, held_until=None, left_at=now)
        if not is_complete:
            # After the places are written, as when somebody leaves.
            Presentation.objects.not_started(now).filter(session__group=group).delete()
        group.places_taken, group.places_limit = 0, group.capacity
        group.save(update_fields=["places_taken", "places_limit"])
    fill_places(group, now)
    return group


@transaction.atomic
def plan_sessions(*, group: ReadingGroup, first_on: date, last_on: date) -> list[Session]:
    """Write the sessions of the group's weekly rule from one date to another; those that stand already are kept.

    The group must have a weekday and a time. Each session is at the same wall time in the group's zone. Sends nothing.
    """
    assert group.weekday is not None
    assert group.starts_at_time is not None
    first = first_weekday_from(first_on, group.weekday)
    sessions = []
    for day in repeating_days(first, last_on, every_weeks=group.every_weeks):
        starts_at = instant_of(day, group.starts_at_time, group.zone)
        ends_at = starts_at + timedelta(minutes=group.duration_minutes)
        sessions.append(Session(group=group, held_on=day, starts_at=starts_at, ends_at=ends_at))
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
