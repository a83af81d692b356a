"""What a collaborative does for its members: a handbook, a checklist, and people who look after things."""

from datetime import timedelta

from collaborative.demo.people import ACCOUNTS, Person
from collaborative.demo.term import Term
from members.actions import grant_role
from members.handbook.actions import save_ticks, suggest_edit
from members.handbook.models import ChecklistItem, Page
from members.handbook.starter import load_starter_handbook
from members.models import Member, Role

FOUNDED_WEEK = -30
YEAR = timedelta(weeks=52)
MENTORING_ORGANIZER = "E"
ROLES = {
    "C": Role.Kind.ORGANIZER,
    "F": Role.Kind.ORGANIZER,
    MENTORING_ORGANIZER: Role.Kind.MENTORING_ORGANIZER,
    "I": Role.Kind.ANALYST,
}
# What the newcomer has done of the checklist; presenting is still before them.
DONE = {"profile", "welcome", "conduct", "group", "question"}


def load_handbook(*, admin: Member, organizer: Member, newcomer: Member, term: Term) -> None:
    """Load the handbook and the checklist, and tick what each of the three has done; the newcomer is nearly there."""
    load_starter_handbook(actor=admin, now=term.morning(FOUNDED_WEEK))
    keys = set(ChecklistItem.objects.values_list("key", flat=True))
    for member, done in ((admin, keys), (organizer, keys), (newcomer, keys & DONE)):
        save_ticks(actor=member, shown=keys, done=done, now=term.morning(8))


def care_for_members(*, people: list[Person], term: Term) -> None:
    """Give roles for a year, and let a member suggest an edit of the handbook."""
    by_label = {person.label: person.member for person in people}
    begins = term.morning(1)
    for label, kind in ROLES.items():
        grant_role(
            actor=by_label[ACCOUNTS["admin"]],
            member=by_label[label],
            kind=kind,
            now=begins,
            ends_on=(begins + YEAR).date(),
        )
    page = Page.objects.get(slug="presenting-a-paper")
    suggest_edit(
        actor=by_label["H"],
        page_id=page.pk,
        base=page.revision,
        note="Say how two people can share one paper. We split it by question, not by page, and that went well.",
        now=term.morning(8),
    )
