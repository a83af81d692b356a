"""The kinds of message that projects send. `notifications` knows how; this says when, to whom and what."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.clock import instant_of
from members.availability.absence import PausesWhileAway
from members.models import Member
from members.organizers import organizers
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery
from projects.models import Blocker, Proposal, Task


class TaskDue(PausesWhileAway):
    """To the owner of a task, at nine in the morning on their clock of the day before it is due."""

    key = "task_due"
    title = _("A task of yours is due tomorrow")
    when = _("At nine in the morning of the day before")
    to_whom = _("The owner of the task")
    # From nine on the day before until the end of the day itself.
    stale_after = timedelta(hours=38)
    is_optional = True
    at = time(9)

    def due(self, start: datetime, end: datetime) -> Iterator[Obligation]:
        # No zone is further than 14 hours from UTC, so the day before and after hold every nine o'clock.
        first, last = start.astimezone(UTC).date(), end.astimezone(UTC).date() + timedelta(days=2)
        tasks = Task.objects.open().in_moving_projects().due_between(first, last).filter(owner__is_active=True)
        rows = tasks.order_by("due_on", "id").values_list("id", "owner_id", "owner__time_zone", "due_on")
        for task_id, owner_id, zone, due_on in rows.iterator():
            due_at = instant_of(due_on - timedelta(days=1), self.at, zone or "UTC")
            if start <= due_at < end:
                yield Obligation(
                    member_id=owner_id,
                    object_key=f"projects.task:{task_id}",
                    occurrence=_occurrence(due_on, owner_id),
                    due_at=due_at,
                )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        tasks = Task.objects.open().in_moving_projects().filter(pk=id_from(delivery.object_key))
        return any(delivery.occurrence == _occurrence(*row) for row in tasks.values_list("due_on", "owner_id"))

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        tasks = Task.objects.select_related("project").defer("project__search")
        task = tasks.get(pk=id_from(delivery.object_key))
        return {"task": task, "project": task.project, "path": f"{task.project.get_absolute_url()}#tasks"}


class BlockerRaised(Kind):
    """To each handler of a blocker. It holds a link, and not a word of what is behind it."""

    key = "blocker_raised"
    title = _("Somebody asks for your help")
    when = _("As soon as somebody asks")
    to_whom = _("Those whom they chose")

    def record(self, blocker: Blocker, handlers: Iterable[Member], *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction; each handler is told once."""
        self.write(
            Obligation(member_id=member.pk, object_key=blocker.key, occurrence="raised", due_at=now)
            for member in handlers
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        open_ones = Blocker.objects.open().filter(pk=id_from(delivery.object_key))
        return delivery.member is not None and open_ones.handled_by(delivery.member).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        return {"path": Blocker(pk=id_from(delivery.object_key)).get_absolute_url()}


class ProjectProposed(PausesWhileAway):
    """To those who answer proposals, when somebody proposes a project, and when it comes back changed."""

    key = "project_proposed"
    title = _("Somebody proposes a project")
    when = _("When a proposal is sent, or comes back changed")
    to_whom = _("The organizers of the site")
    stale_after = timedelta(days=7)
    is_optional = True
    is_for_organizers = True

    def record(self, proposal: Proposal, *, now: datetime) -> None:
        """Write the deliveries inside the action's transaction."""
        self.write(
            Obligation(member_id=member.pk, object_key=proposal.key, occurrence=_sent(proposal), due_at=now)
            for member in organizers(now.date()).exclude(pk=proposal.author_id).only("pk")
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        """Not where it has its answer already."""
        waiting = Proposal.objects.filter(pk=id_from(delivery.object_key), state=Proposal.State.SUBMITTED)
        return any(delivery.occurrence == _sent(proposal) for proposal in waiting)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        proposal = Proposal.objects.select_related("author").get(pk=id_from(delivery.object_key))
        return {"proposal": proposal, "path": proposal.get_absolute_url()}


class ProposalDecided(Kind):
    """To the author of a proposal, when it is accepted, returned or parked."""

    key = "proposal_decided"
    title = _("Your proposal has an answer")
    when = _("When it is accepted, returned or parked")
    to_whom = _("Whoever proposed it")

    def record(self, proposal: Proposal, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction; a decision after another is a new occurrence."""
        self.write(
            [
                Obligation(
                    member_id=proposal.author_id,
                    object_key=proposal.key,
                    occurrence=_decision(proposal),
                    due_at=now,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        proposal = Proposal.objects.filter(pk=id_from(delivery.object_key)).first()
        return proposal is not None and delivery.occurrence == _decision(proposal)

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        proposal = Proposal.objects.select_related("project").get(pk=id_from(delivery.object_key))
        is_accepted = proposal.state == Proposal.State.ACCEPTED
        page = proposal.project if is_accepted else proposal
        return {"proposal": proposal, "is_accepted": is_accepted, "path": page.get_absolute_url()}


def _occurrence(due_on: date | None, owner_id: int | None) -> str:
    """What a reminder was true for: a new date, and a new owner, are owed one of their own."""
    return f"{due_on} owner {owner_id}"


def _sent(proposal: Proposal) -> str:
    return f"sent {proposal.submitted_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def _decision(proposal: Proposal) -> str:
    moment = proposal.decided_at
    return f"{proposal.state} {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if moment else proposal.state


TASK_DUE = TaskDue()
BLOCKER_RAISED = BlockerRaised()
PROJECT_PROPOSED = ProjectProposed()
PROPOSAL_DECIDED = ProposalDecided()
KINDS: list[Kind] = [TASK_DUE, BLOCKER_RAISED, PROJECT_PROPOSED, PROPOSAL_DECIDED]
