"""Who may do what to a group. `view_group` and `ReadingGroup.objects.visible_to` say the same; a test compares them.

Organizers of the collaborative answer what is proposed, and open, pause, complete and archive groups, but see nothing
inside them. An admin may do all of it, but for what needs a place: the actions that need one ask for it themselves.
"""

from dataclasses import dataclass
from datetime import datetime

import rules

from members.models import Member
from members.rules import is_organizer as is_organizer_of_all
from reading_groups.models import Enrolment, Idea, Question, ReadingGroup, Session

State = Enrolment.State


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands to a group: the state of their place, and whether they run it, or look after all groups."""

    state: str = ""
    held_until: datetime | None = None
    is_organizer: bool = False
    is_invited: bool = False
    looks_after_all: bool = False

    @property
    def belongs(self) -> bool:
        return self.state != ""

    @property
    def has_place(self) -> bool:
        return self.state == State.ENROLLED

    @property
    def has_had_place(self) -> bool:
        return self.state in {State.ENROLLED, State.COMPLETED}


def standing_of(viewer: Member, group: ReadingGroup) -> Standing:
    """How the viewer stands to a group. No query where the group was loaded `with_standing(viewer)`, else one."""
    if not viewer.is_authenticated:
        return Standing()
    if getattr(group, "standing_for", None) != viewer.pk:
        found = ReadingGroup.objects.filter(pk=group.pk).with_standing(viewer).only("pk").first()
        if found is None:
            return Standing()
        group = found
    return Standing(
        state=group.standing_state or "",
        held_until=group.standing_held_until,
        is_organizer=group.is_organized,
        is_invited=group.is_invited,
        looks_after_all=group.looks_after_all,
    )


@rules.predicate
def is_shown(viewer: Member, group: ReadingGroup) -> bool:
    """To everybody whom its visibility names but for the invited, who are told from others one by one."""
    is_internal = viewer.is_authenticated and group.visibility == ReadingGroup.Visibility.INTERNAL
    return group.is_public or (is_internal and group.state in ReadingGroup.SHOWN)


@rules.predicate
def is_among_invited(viewer: Member, group: ReadingGroup) -> bool:
    """Whoever proposed the group, was ever in it or was asked in by name, and organizers of the collaborative."""
    if not viewer.is_authenticated or group.state not in ReadingGroup.SHOWN:
        return False
    own = standing_of(viewer, group)
    return own.is_invited or own.looks_after_all or group.proposed_by_id == viewer.pk


@rules.predicate
def is_group_organizer(viewer: Member, group: ReadingGroup) -> bool:
    return standing_of(viewer, group).is_organizer


@rules.predicate
def belongs_to_group(viewer: Member, group: ReadingGroup) -> bool:
    return standing_of(viewer, group).belongs


@rules.predicate
def has_place(viewer: Member, group: ReadingGroup) -> bool:
    return standing_of(viewer, group).has_place


@rules.predicate
def has_had_place(viewer: Member, group: ReadingGroup) -> bool:
    return standing_of(viewer, group).has_had_place


@rules.predicate
def is_listed(viewer: Member, group: ReadingGroup) -> bool:
    return group.is_listed


@rules.predicate
def is_proposer(viewer: Member, group: ReadingGroup) -> bool:
    """Whoever proposed it, until it opens; then they are an organizer like others."""
    return group.is_on_review and group.proposed_by_id == viewer.pk


@rules.predicate
def is_on_review(viewer: Member, group: ReadingGroup) -> bool:
    return group.is_on_review


@rules.predicate
def looks_after_all(viewer: Member, group: ReadingGroup) -> bool:
    return standing_of(viewer, group).looks_after_all


@rules.predicate
def lets_people_sit_in(viewer: Member, group: ReadingGroup) -> bool:
    return group.allows_sitting_in


@rules.predicate
def takes_papers(viewer: Member, group: ReadingGroup) -> bool:
    return group.state in ReadingGroup.TAKES_PAPERS


@rules.predicate
def is_over(viewer: Member, group: ReadingGroup) -> bool:
    return group.is_over


@rules.predicate
def has_asked(viewer: Member, question: Question) -> bool:
    return question.member_id == viewer.pk


@rules.predicate
def presents_session_of(viewer: Member, question: Question) -> bool:
    return any(presentation.member_id == viewer.pk for presentation in question.session.presentations.all())


@rules.predicate
def organizes_session_of(viewer: Member, question: Question) -> bool:
    return is_group_organizer(viewer, question.session.group)


@rules.predicate
def presents(viewer: Member, session: Session) -> bool:
    return any(presentation.member_id == viewer.pk for presentation in session.presentations.all())


@rules.predicate
def organizes_group_of_session(viewer: Member, session: Session) -> bool:
    return is_group_organizer(viewer, session.group)


@rules.predicate
def has_put_up(viewer: Member, idea: Idea) -> bool:
    return idea.member_id == viewer.pk


@rules.predicate
def organizes_group_of(viewer: Member, idea: Idea) -> bool:
    return is_group_organizer(viewer, idea.group)


reviews = is_on_review & looks_after_all
rules.add_perm(
    "reading_groups.view_group",
    is_shown | is_group_organizer | belongs_to_group | is_among_invited | is_proposer | reviews | rules.is_superuser,
)
rules.add_perm("reading_groups.join_group", rules.is_authenticated & is_listed)
rules.add_perm("reading_groups.see_inside", has_had_place | is_group_organizer | rules.is_superuser)
rules.add_perm("reading_groups.take_part", has_place)
rules.add_perm("reading_groups.answer_in_group", has_place | is_group_organizer | rules.is_superuser)
rules.add_perm("reading_groups.propose_paper", takes_papers & (has_place | is_group_organizer | rules.is_superuser))
rules.add_perm("reading_groups.edit_group", is_group_organizer | is_proposer | rules.is_superuser)
rules.add_perm("reading_groups.run_group", is_group_organizer | (~is_on_review & looks_after_all) | rules.is_superuser)
rules.add_perm("reading_groups.review_groups", is_organizer_of_all)
# What was read and found, as far as they see the group; its organizers look at it before.
rules.add_perm("reading_groups.view_results", is_over | is_group_organizer | rules.is_superuser)
rules.add_perm("reading_groups.decide_group", reviews | (is_on_review & rules.is_superuser))
rules.add_perm("reading_groups.sit_in", rules.is_authenticated & is_listed & lets_people_sit_in)
rules.add_perm("reading_groups.mark_answered", has_asked | presents_session_of | organizes_session_of)
rules.add_perm("reading_groups.write_summary", presents | organizes_group_of_session | rules.is_superuser)
# What is on review has no people to write to and no sessions to split.
runs_it = ~is_on_review & (is_group_organizer | rules.is_superuser)
rules.add_perm("reading_groups.write_to_people", runs_it)
rules.add_perm("reading_groups.split_session", runs_it)
rules.add_perm("reading_groups.park_idea", has_put_up | organizes_group_of)
