"""Decisions about many at once: held for ten minutes, undone until then, applied by the tick, and mailed once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from cohorts.models import Application, Cohort, Decision, DecisionBatch, Place
from cohorts.reminders import APPLICATION_DECIDED
from members.models import Member

HELD_FOR = timedelta(minutes=10)
State = Application.State


class NothingToDecide(Exception):
    """None of these applications would change: decided so already, withdrawn, taken up, or held in another decision."""


class TooLateToUndo(Exception):
    """The decision has been applied, or its ten minutes are over."""


@transaction.atomic
def decide(
    *, actor: Member | None, cohort_id: int, application_ids: Iterable[int], outcome: str, key: UUID, now: datetime
) -> DecisionBatch:
    """Decide about many applications of a cohort. Nothing changes and nobody is told for ten minutes.

    `key` is of the preview that was confirmed: confirming it again, by a double click or after a broken connection,
    gives the same batch, applied or undone as it is by then. An application waits in one batch at a time, so of two
    admins at once the first decides. Raises Cohort.DoesNotExist and NothingToDecide. Sends nothing yet.
    """
    # The cohort's row lets one admin in at a time; a constraint on the decisions is the last guard.
    cohort = Cohort.objects.select_for_update().get(pk=cohort_id)
    batch = DecisionBatch.objects.filter(key=key).first()
    if batch is not None:
        return batch
    rows = cohort.applications.decidable(outcome).filter(pk__in=list(application_ids)).order_by("id")
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        raise NothingToDecide
    batch = DecisionBatch.objects.create(
        cohort=cohort, key=key, outcome=outcome, made_by=actor, made_at=now, held_until=now + HELD_FOR
    )
    Decision.objects.bulk_create(Decision(batch=batch, application_id=pk) for pk in ids)
    return batch


@transaction.atomic
def undo_decision(*, actor: Member, batch_id: int, now: datetime) -> DecisionBatch:
    """Take a held decision back, as if it had not been made. Undoing twice changes nothing.

    Raises DecisionBatch.DoesNotExist and TooLateToUndo. Sends nothing.
    """
    batch = DecisionBatch.objects.select_for_update().get(pk=batch_id)
    if batch.undone_at is not None:
        return batch
    if not batch.can_be_undone_at(now):
        raise TooLateToUndo
    batch.undone_at, batch.undone_by = now, actor
    batch.save(update_fields=["undone_at", "undone_by"])
    batch.decisions.update(state=Decision.State.UNDONE)
    return batch


@transaction.atomic
def apply_decision(*, batch_id: int, now: datetime) -> int:
    """Apply a decision whose ten minutes are over; how many applications changed.

    Each accepted one gets its place. Those that were withdrawn meanwhile are skipped. Safe to repeat and to run twice
    at once. Records one `application_decided` mail for each, in the same transaction. Raises
    DecisionBatch.DoesNotExist.
    """
    batch = DecisionBatch.objects.select_for_update().get(pk=batch_id)
    if batch.undone_at is not None or batch.applied_at is not None or now < batch.held_until:
        return 0
    # The cohort comes before its applications in every action, so that none wait in a ring.
    Cohort.objects.select_for_update().get(pk=batch.cohort_id)
    ids = batch.decisions.values_list("application_id", flat=True)
    applications = {row.pk: row for row in Application.objects.filter(pk__in=ids).order_by("id").select_for_update()}
    changed = []
    for decision in batch.decisions.order_by("id"):
        application = applications[decision.application_id]
        if application.state == State.WITHDRAWN or application.claimed_at is not None:
            continue
        application.state, application.decided_at = State(batch.outcome), now
        decision.application = application
        changed.append(decision)
    Application.objects.bulk_update([decision.application for decision in changed], ["state", "decided_at"])
    _settle_places(batch, changed)
    applied = [decision.pk for decision in changed]
    batch.decisions.filter(pk__in=applied).update(state=Decision.State.APPLIED)
    batch.decisions.exclude(pk__in=applied).update(state=Decision.State.SKIPPED)
    batch.applied_at = now
    batch.save(update_fields=["applied_at"])
    APPLICATION_DECIDED.record(changed, now=now)
    return len(changed)


def _settle_places(batch: DecisionBatch, changed: list[Decision]) -> None:
    ids = [decision.application_id for decision in changed]
    if batch.outcome == State.ACCEPTED:
        Place.objects.bulk_create(
            [Place(cohort_id=batch.cohort_id, application_id=pk) for pk in ids], ignore_conflicts=True
        )
    else:
        Place.objects.filter(application__in=ids).delete()
