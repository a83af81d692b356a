"""How groups come to be, and people to groups: one is proposed, a link leads into one, and somebody sat in."""

from datetime import date, time, timedelta

from collaborative.demo.people import Person
from collaborative.demo.term import Term
from core.clock import first_weekday_from, repeating_days
from members.models import Topic
from reading_groups.actions import Plan, join_by_link, make_link, propose_group, sit_in
from reading_groups.models import ReadingGroup, Session

PROPOSER = "J"
PROPOSED_FROM, PROPOSED_TO = 14, 20
INVITING, VISITED = "merging-models", "first-presentations"


def come_in(*, people: list[Person], by_label: dict[str, Person], term: Term) -> None:
    """A proposal that waits, a link by which one person came, and one who sat in yesterday."""
    _propose(by_label[PROPOSER], term)
    group = ReadingGroup.objects.get(slug=INVITING)
    link = make_link(
        actor=group.organizers.by_name()[0],
        group_id=group.pk,
        note="For the mailing list of the deep learning course",
        most_uses=20,
        now=term.morning(7),
    )
    invited = _somebody(people, INVITING)
    join_by_link(actor=invited.member, token=link.token, now=term.morning(8) + timedelta(hours=5))
    invited.groups.append(INVITING)
    visited = ReadingGroup.objects.get(slug=VISITED)
    sit_in(actor=_somebody(people, VISITED).member, group_id=visited.pk, now=term.morning(9))


def _propose(proposer: Person, term: Term) -> None:
    first, last = term.monday(PROPOSED_FROM), term.monday(PROPOSED_TO)
    at, weekday = time(17, 0), ReadingGroup.Weekday.FRIDAY
    days: list[date] = list(repeating_days(first_weekday_from(first, weekday), last, every_weeks=2))
    propose_group(
        actor=proposer.member,
        group=ReadingGroup(
            title="Speech in the languages we speak",
            description=(
                "Speech recognition works well in a few languages. We would read what is done for the others, and "
                "each of us would try one system on ten minutes of their own voice.\n\nNo signal processing is needed."
            ),
            language="English",
            zone="Africa/Accra",
            duration_minutes=60,
            capacity=8,
        ),
        topics=list(Topic.objects.filter(slug__in=("speech-recognition", "low-resource-languages"))),
        plan=Plan(moments=tuple((day, at) for day in days), weekday=weekday, at=at, every_weeks=2),
        now=term.morning(9),
    )


def _somebody(people: list[Person], slug: str) -> Person:
    """The last one on the list who is not in that group and would be awake when it meets."""
    starts_at = Session.objects.filter(group__slug=slug, starts_at__isnull=False).earliest("starts_at").starts_at
    assert starts_at is not None
    return next(person for person in reversed(people) if slug not in person.groups and person.is_awake_at(starts_at))
