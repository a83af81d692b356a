"""From a question to a team: proposing, and what organizers answer. The proposal's row guards its one decision."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from core.text import fold
from members.models import Collective, Member
from projects.models import Membership, Project, Proposal
from projects.reminders import PROJECT_PROPOSED, PROPOSAL_DECIDED
from reading_groups.actions import mark_idea_adopted
from reading_groups.models import Idea

State = Proposal.State

# Addresses that pages of the site itself have.
RESERVED = {"propose", "proposals", "blockers"}
LONGEST_SLUG = 70


class ProposalIsThere(Exception):
    """The author has another proposal of that title which waits for an answer."""


class IdeaIsNotReady(Exception):
    """The idea has too few hands up, was parked, or has a proposal already."""


class AlreadyDecided(Exception):
    """The proposal has had its answer, or is with its author."""


class AuthorHasLeft(Exception):
    """Nobody is there to lead the project."""


class NeedsReasons(Exception):
    """Whoever gets a proposal back is told why."""


@transaction.atomic
def submit_proposal(
    *,
    actor: Member,
    title: str,
    question: str,
    why: str,
    first_experiment: str,
    team_size: int,
    collective: Collective | None,
    idea: Idea | None = None,
    now: datetime,
) -> Proposal:
    """Put a proposal before the organizers, from a validated form. The same one sent twice is one.

    An idea of a reading group needs enough hands up and has one proposal; whether the actor may bring it has been
    asked. Raises ProposalIsThere where another of the actor's with that title waits, and IdeaIsNotReady. Records
    `project_proposed` for the organizers.
    """
    content = {
        "question": question,
        "why": why,
        "first_experiment": first_experiment,
        "team_size": team_size,
        "collective": collective,
    }
    if idea is not None:
        content["idea"] = idea
        # Locked, so that of two who bring it at once the second is told, and no hand goes down meanwhile.
        stored = Idea.objects.select_for_update().get(pk=idea.pk)
        others = Proposal.objects.filter(idea=idea).exclude(author=actor, title=title, state=State.SUBMITTED)
        if stored.state != Idea.State.READY or others.exists():
            raise IdeaIsNotReady
    key = Proposal._meta.get_field("title_key").key_of(title)
    proposal, is_new = Proposal.objects.get_or_create(
        author=actor, title_key=key, state=State.SUBMITTED, defaults=content | {"title": title, "submitted_at": now}
    )
    if not is_new and any(getattr(proposal, name) != value for name, value in content.items()):
        raise ProposalIsThere
    if is_new:
        PROJECT_PROPOSED.record(proposal, now=now)
    return proposal


@transaction.atomic
def submit_again(
    *,
    proposal_id: int,
    title: str,
    question: str,
    why: str,
    first_experiment: str,
    team_size: int,
    collective: Collective | None,
    now: datetime,
) -> Proposal:
    """Put a returned proposal before the organizers again, with what its author changed. The reasons stay to be read.

    One that waits already is changed in place. Raises Proposal.DoesNotExist, AlreadyDecided where it was accepted or
    parked, and ProposalIsThere. Records `project_proposed` for the organizers where it comes back.
    """
    proposal = _lock(proposal_id)
    if proposal.state not in {State.RETURNED, State.SUBMITTED}:
        raise AlreadyDecided
    key = Proposal._meta.get_field("title_key").key_of(title)
    others = Proposal.objects.filter(author=proposal.author_id, title_key=key, state=State.SUBMITTED)
    if others.exclude(pk=proposal.pk).exists():
        raise ProposalIsThere
    comes_back = proposal.state == State.RETURNED
    if comes_back:
        proposal.state, proposal.submitted_at = State.SUBMITTED, now
        proposal.decided_at, proposal.decided_by = None, None
    proposal.title, proposal.question, proposal.why = title, question, why
    proposal.first_experiment, proposal.team_size, proposal.collective = first_experiment, team_size, collective
    proposal.save()
    if comes_back:
        PROJECT_PROPOSED.record(proposal, now=now)
    return proposal


@transaction.atomic
def accept_proposal(*, actor: Member, proposal_id: int, reasons: str = "", now: datetime) -> Project:
    """Make a project of a proposal, led by its author; once, however often it is accepted.

    The idea that it came from is noted as adopted. Raises Proposal.DoesNotExist, AlreadyDecided where it was returned,
    IdeaIsSettled where its idea is parked, and AuthorHasLeft where the author cannot sign in any more. Records
    `proposal_decided` for the author.
    """
    proposal = _lock(proposal_id)
    if proposal.state == State.ACCEPTED:
        return proposal.project
    # Locked, so that the author does not leave while the project is made.
    if not Member.objects.select_for_update(no_key=True).get(pk=proposal.author_id).is_active:
        raise AuthorHasLeft
    _decide(proposal, State.ACCEPTED, actor, reasons, now)
    if proposal.idea is not None:
        mark_idea_adopted(idea=proposal.idea, actor=actor, now=now)
    project = Project.objects.create(
        proposal=proposal,
        collective=proposal.collective,
        title=proposal.title,
        slug=_free_slug(proposal),
        summary=proposal.question,
        began_at=now,
    )
    Membership.objects.create(project=project, member_id=proposal.author_id, role=Membership.Role.LEAD, joined_at=now)
    return project


@transaction.atomic
def return_proposal(*, actor: Member, proposal_id: int, reasons: str, now: datetime) -> Proposal:
    """Give a proposal back to its author, who may send it again; with reasons, always.

    Raises Proposal.DoesNotExist, NeedsReasons, and AlreadyDecided where it was accepted or is with its author.
    Records `proposal_decided` for the author.
    """
    if not fold(reasons):
        raise NeedsReasons
    return _decide(_lock(proposal_id), State.RETURNED, actor, reasons, now)


@transaction.atomic
def park_proposal(*, actor: Member, proposal_id: int, reasons: str = "", now: datetime) -> Proposal:
    """Keep a proposal for later; it can still be accepted or returned.

    Raises Proposal.DoesNotExist, and AlreadyDecided where it was accepted or is with its author. Parking twice changes
    nothing. Records `proposal_decided` for the author.
    """
    proposal = _lock(proposal_id)
    return proposal if proposal.state == State.PARKED else _decide(proposal, State.PARKED, actor, reasons, now)


def _lock(proposal_id: int) -> Proposal:
    return Proposal.objects.select_for_update(no_key=True).get(pk=proposal_id)


def _decide(proposal: Proposal, state: str, actor: Member, reasons: str, now: datetime) -> Proposal:
    if proposal.state not in Proposal.UNDECIDED:
        raise AlreadyDecided
    proposal.state, proposal.reasons = state, reasons
    proposal.decided_at, proposal.decided_by = now, actor
    proposal.save(update_fields=["state", "reasons", "decided_at", "decided_by"])
    PROPOSAL_DECIDED.record(proposal, now=now)
    return proposal


def _free_slug(proposal: Proposal) -> str:
    """An address made of the title, with the proposal's number where it is taken or has no letters of its own."""
    slug = slugify(fold(proposal.title))[:LONGEST_SLUG].strip("-")
    if not slug or slug in RESERVED or Project.objects.filter(slug=slug).exists():
        slug = f"{slug or 'project'}-{proposal.pk}"
    # Somebody may have titled theirs like an address with this very number.
    while Project.objects.filter(slug=slug).exists():
        slug += "x"
    return slug
