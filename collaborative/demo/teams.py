"""Projects that came out of the groups: one under way, one being written up, one that ended with a negative result."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from collaborative.demo.term import Term
from members.availability.actions import plan_meeting
from members.availability.clock import local_day
from members.models import Member
from projects.actions import (
    accept_proposal,
    acknowledge_blocker,
    add_member,
    add_output,
    add_task,
    move_task,
    post_update,
    raise_blocker,
    set_stage,
    submit_proposal,
    update_project,
)
from projects.models import Blocker, Membership, Output, Project, Proposal, Task
from reading_groups.models import Idea

State = Task.State
WAY = (State.TODO, State.DOING, State.REVIEW, State.DONE)


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """`owner` counts the team from its lead, who is 0; `due` counts days from today, and 0 is within this week."""

    title: str
    state: str
    owner: int | None
    due: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpdatePlan:
    week: int
    done: str
    next: str
    in_the_way: str = ""


@dataclass(frozen=True, kw_only=True)
class TeamPlan:
    """`accepted_week` is the one in which the idea becomes a project. Those with their hands up are its team."""

    idea: str
    question: str
    why: str
    first_experiment: str
    accepted_week: int | None
    updates: tuple[UpdatePlan, ...] = ()
    tasks: tuple[TaskPlan, ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    stages: tuple[str, ...] = ()
    summary: str = ""
    meets: bool = False


@dataclass(kw_only=True)
class Team:
    project: Project
    people: list[Member] = field(default_factory=list)

    @property
    def lead(self) -> Member:
        return self.people[0]


GUESSING = "Random search against guessing"

TEAMS = (
    TeamPlan(
        idea="Do drawings made before reading predict what people misunderstand",
        question="Do the parts that we drew wrongly before a session come back as questions in it?",
        why="If they do, a drawing would be a cheap way to find out what a session should spend its time on.",
        first_experiment=(
            "Mark each part of sixty drawings as right or wrong, and each question by the part it is about."
        ),
        accepted_week=-16,
        updates=(
            UpdatePlan(
                week=-14,
                done="Two of us marked the first twenty drawings apart from each other.",
                next="Settle where we disagree.",
                in_the_way="What counts as wrong in a drawing?",
            ),
            UpdatePlan(
                week=-11, done="All drawings and all questions are marked.", next="Compare with shuffled pairs."
            ),
            UpdatePlan(
                week=-8,
                done="Shuffled drawings predict the questions as well as the real ones.",
                next="Write down what we tried.",
            ),
        ),
        tasks=(
            TaskPlan(title="Agree on what counts as wrong", state=State.DONE, owner=0),
            TaskPlan(title="Mark the drawings", state=State.DONE, owner=1),
            TaskPlan(title="Compare with shuffled drawings", state=State.DONE, owner=2),
        ),
        outputs=(
            (Output.Kind.NEGATIVE, "Drawings made before reading do not predict questions: two pages"),
            (Output.Kind.DATA, "Marks of sixty drawings, without names"),
        ),
        stages=(Project.Stage.COMPLETED,),
        summary=(
            "We hoped that drawings made before a session would show what it should spend time on. They do not: "
            "shuffled drawings predict the questions just as well.\n\nWe would try it again with drawings made after "
            "the first reading, and with the questions collected before anybody speaks."
        ),
    ),
    TeamPlan(
        idea=GUESSING,
        question=("How many random trials does it take to beat the settings that beginners guess for a small network?"),
        why="Most of us cannot pay for large searches. It helps to know when a guess is good enough to begin with.",
        first_experiment=(
            "Each of us writes down five settings before seeing any result. Then two hundred random trials, twenty "
            "seeds each, on a network that trains in a minute."
        ),
        accepted_week=4,
        updates=(
            UpdatePlan(
                week=5,
                done="The ranges are fixed and written down, and nobody may change them any more.",
                next="Collect the guesses.",
            ),
            UpdatePlan(
                week=6,
                done="Five people have guessed. The guesses for the learning rate differ by a factor of a hundred.",
                next="Train them with twenty seeds each.",
            ),
            UpdatePlan(
                week=7,
                done="All guesses are trained. The best of them is good on every seed.",
                next="Start the random trials.",
                in_the_way="Our free machine stops after an hour.",
            ),
            UpdatePlan(
                week=8,
                done="A hundred and twenty of the two hundred trials have run.",
                next="Finish them, and draw the best so far against the number of trials.",
                in_the_way="Still the machine; see the blocker.",
            ),
        ),
        tasks=(
            TaskPlan(title="Write down the settings and their ranges", state=State.DONE, owner=0),
            TaskPlan(title="Collect five guesses from each of us", state=State.DONE, owner=2),
            TaskPlan(title="Train the guesses with twenty seeds", state=State.DONE, owner=3),
            TaskPlan(title="Run two hundred random trials", state=State.REVIEW, owner=4, due=4),
            TaskPlan(title="Draw the best so far against the number of trials", state=State.DOING, owner=2, due=0),
            TaskPlan(title="Ask the group for a second round of guesses", state=State.TODO, owner=3, due=8),
            TaskPlan(title="Read how sequential search would have chosen", state=State.TODO, owner=None),
            TaskPlan(title="Draft the two pages", state=State.TODO, owner=0, due=13),
        ),
        meets=True,
    ),
    TeamPlan(
        idea="A small test of code-switching in the languages that we speak",
        question="Which models that anybody can run understand sentences that mix two of our languages?",
        why="The tests that exist pair everything with English, and few of us speak that way at home.",
        first_experiment="Fifty sentences for one pair, written by one speaker and checked by another.",
        accepted_week=3,
        updates=(
            UpdatePlan(week=6, done="Three pairs have their fifty sentences.", next="Check them by a second speaker."),
            UpdatePlan(week=8, done="All sentences are checked, four were dropped.", next="Write the data sheet."),
        ),
        tasks=(
            TaskPlan(title="Check the sentences of the third pair", state=State.DONE, owner=1),
            TaskPlan(title="Write the data sheet", state=State.DOING, owner=0, due=6),
            TaskPlan(title="Ask the speakers how they want to be thanked", state=State.TODO, owner=2, due=9),
        ),
        outputs=((Output.Kind.DATA, "Fifty checked sentences for each of three pairs of languages"),),
        stages=(Project.Stage.WRITING,),
        meets=True,
    ),
    TeamPlan(
        idea="Draw the emergence curves again with smooth metrics",
        question="Do the sharp jumps of one family of small models go away when the metric is smooth?",
        why="The claim is often repeated, and we could check it from published outputs without any training.",
        first_experiment="One task, one family of models, both metrics in one figure.",
        accepted_week=None,
    ),
)


def make_teams(*, term: Term, admin: Member, newcomer: Member) -> None:
    """Bring the ideas before the organizers, answer most of them, and let the teams work. The newcomer is in one."""
    for plan in TEAMS:
        proposal = _propose(plan, term)
        if plan.accepted_week is None:
            continue
        team = _gather(proposal, term.morning(plan.accepted_week) + timedelta(days=2), admin)
        _work(team, plan, term)
        if plan.idea == GUESSING:
            assert newcomer in team.people
            _meet_blockers(team, term, admin, newcomer)


def _propose(plan: TeamPlan, term: Term) -> Proposal:
    idea = Idea.objects.select_related("member", "group__collective").get(title=plan.idea)
    submitted_at = term.now - timedelta(days=2) if plan.accepted_week is None else term.morning(plan.accepted_week)
    return submit_proposal(
        actor=idea.member,
        title=plan.idea,
        question=plan.question,
        why=plan.why,
        first_experiment=plan.first_experiment,
        team_size=idea.hands.count(),
        collective=idea.group.collective,
        idea=idea,
        now=submitted_at,
    )


def _gather(proposal: Proposal, at: datetime, admin: Member) -> Team:
    """The author leads; whoever had their hand up comes in by and by."""
    project = accept_proposal(
        actor=admin, proposal_id=proposal.pk, reasons="Small, and it can be done in a term. Go ahead.", now=at
    )
    team = Team(project=project, people=[proposal.author])
    assert proposal.idea is not None
    hands = proposal.idea.hands.exclude(member=proposal.author).select_related("member").order_by("raised_at", "id")
    for hours, hand in enumerate(hands, 1):
        add_member(
            project_id=project.pk,
            member=hand.member,
            role=Membership.Role.CONTRIBUTOR,
            now=at + timedelta(hours=5 * hours),
        )
        team.people.append(hand.member)
    return team


def _work(team: Team, plan: TeamPlan, term: Term) -> None:
    assert plan.accepted_week is not None
    project = team.project
    began_at = term.morning(plan.accepted_week) + timedelta(days=4)
    for number, task in enumerate(plan.tasks):
        _add_task(
            team, task, made_at=began_at, moved_at=min(began_at + timedelta(days=6 * (number + 1)), term.now), term=term
        )
    for update in plan.updates:
        friday = term.morning(update.week) + timedelta(days=4, hours=3)
        post_update(
            actor=team.lead,
            project_id=project.pk,
            done=update.done,
            next=update.next,
            in_the_way=update.in_the_way,
            now=friday,
        )
    for kind, title in plan.outputs:
        add_output(project_id=project.pk, kind=kind, title=title, url="", year=term.now.year)
    for stage in plan.stages:
        set_stage(project_id=project.pk, stage=stage)
    if plan.summary:
        update_project(project_id=project.pk, title=project.title, summary=plan.summary, is_public=True)
    if plan.meets:
        _meet(team, term, at=term.now.replace(minute=0, second=0, microsecond=0) - timedelta(days=4))
        _meet(team, term, at=term.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3))


def _add_task(team: Team, plan: TaskPlan, *, made_at: datetime, moved_at: datetime, term: Term) -> None:
    owner = None if plan.owner is None else team.people[plan.owner]
    due_on = None if plan.due is None or owner is None else _day(owner, plan.due, term)
    task = add_task(project_id=team.project.pk, title=plan.title, notes="", owner=owner, due_on=due_on, now=made_at)
    for seen, to in pairwise(WAY[: WAY.index(State(plan.state)) + 1]):
        move_task(project_id=team.project.pk, task_id=task.pk, seen=seen, to=to, now=moved_at)


def _day(member: Member, days: int, term: Term) -> date:
    today = local_day(member, term.now)
    if days:
        return today + timedelta(days=days)
    return min(today + timedelta(days=2), today + timedelta(days=6 - today.weekday()))


def _meet(team: Team, term: Term, *, at: datetime) -> None:
    plan_meeting(
        actor=team.lead,
        title=team.project.title,
        starts_at=at.replace(hour=15),
        ends_at=at.replace(hour=16),
        zone=team.lead.time_zone,
        participants=team.people,
        about=team.project.key,
        call_url=f"https://meet.example.org/{team.project.slug}",
        now=term.now - timedelta(days=6),
    )


def _meet_blockers(team: Team, term: Term, admin: Member, newcomer: Member) -> None:
    """One that the team reads, and one between one of them and an organizer."""
    *_others, raiser, other = (member for member in team.people if member not in {newcomer, team.lead})
    raised_at = term.morning(7) + timedelta(days=3)
    blocker = _raise(
        team,
        raiser=raiser,
        kind=Blocker.Kind.RESOURCES,
        text="The free machine stops after an hour, and the trials need about thirty. Does anybody know another one?",
        visibility=Blocker.Visibility.TEAM,
        handlers=[team.lead],
        at=raised_at,
    )
    acknowledge_blocker(actor=team.lead, blocker_id=blocker.pk, now=raised_at + timedelta(hours=9))
    _raise(
        team,
        raiser=other,
        kind=Blocker.Kind.DISAGREEMENT,
        text="We never spoke about whose names stand on the two pages. I do not know how to begin in the meeting.",
        visibility=Blocker.Visibility.PRIVATE,
        handlers=[admin],
        at=term.morning(8) + timedelta(days=1),
    )


def _raise(
    team: Team, *, raiser: Member, kind: str, text: str, visibility: str, handlers: Iterable[Member], at: datetime
) -> Blocker:
    return raise_blocker(
        actor=raiser,
        project_id=team.project.pk,
        kind=kind,
        text=text,
        visibility=visibility,
        handlers=handlers,
        named=[],
        now=at,
    )
