"""When the demo's members usually have time, by their own clocks, and when some of them are away."""

import random
from datetime import timedelta

from collaborative.demo.people import Person
from collaborative.demo.term import Term
from members.availability.actions import add_away, save_week
from members.availability.clock import local_day
from members.availability.marks import HALF_HOURS, HALF_HOURS_A_DAY
from members.availability.models import Strength

SHARE_WITH_A_WEEK = 0.85
SHARE_AWAY = 0.08
WEEKEND = (5, 6)


def fill_weeks(*, people: list[Person], newcomer: Person, term: Term, chance: random.Random) -> tuple[int, int]:
    """A typical week for most members and a time away for some; how many of each. The newcomer has both."""
    with_week = [person for person in people if chance.random() < SHARE_WITH_A_WEEK or person is newcomer]
    for person in with_week:
        # Before mentors are sought, which needs these weeks.
        save_week(actor=person.member, marks=_marks(chance), now=term.morning(chance.randint(-8, -3)))
    away = [person for person in people if chance.random() < SHARE_AWAY and person is not newcomer]
    for person in [newcomer, *away]:
        today = local_day(person.member, term.now)
        starts_on = today + timedelta(days=30 if person is newcomer else chance.randint(-3, 40))
        ends_on = starts_on + timedelta(days=chance.randint(3, 12))
        add_away(actor=person.member, starts_on=starts_on, ends_on=ends_on)
    return len(with_week), len(away) + 1


def _marks(chance: random.Random) -> str:
    """Some evenings from Monday to Friday, now and then a lunch hour, and part of a day of the weekend."""
    marks = [int(Strength.NOT)] * HALF_HOURS
    for day in chance.sample(range(5), chance.randint(3, 5)):
        begins = chance.randint(33, 38)
        _mark(marks, day, begins, begins + chance.randint(4, 7), Strength.COULD)
        _mark(marks, day, begins + 1, begins + 3, Strength.RATHER)
        if chance.random() < 0.4:
            _mark(marks, day, 24, 27, Strength.IF_NEEDED)
    for day in WEEKEND:
        if chance.random() < 0.6:
            begins = chance.randint(19, 30)
            _mark(marks, day, begins, begins + chance.randint(4, 10), Strength.COULD)
    return "".join(map(str, marks))


def _mark(marks: list[int], day: int, begins: int, ends: int, strength: Strength) -> None:
    first = day * HALF_HOURS_A_DAY
    marks[first + begins : first + ends] = [int(strength)] * (ends - begins)
