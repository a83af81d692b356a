"""Two polls of the demo's organizer: one that is open, and one that has become a meeting."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from collaborative.demo.people import Person
from members.availability.models import Poll
from members.availability.polls.actions import answer_poll, meet_at, open_poll
from members.availability.polls.results import moments_of
from members.availability.polls.suggested import suggestion_for
from members.availability.polls.times import Slot
from members.models import Member

MOST_ASKED = 9
ZONE = "Europe/London"
OPEN_KEY, CLOSED_KEY = UUID(int=2021), UUID(int=2022)


def ask_for_times(*, organizer: Member, newcomer: Member, people: Sequence[Person], now: datetime) -> int:
    """Ask for a weekly hour, which the newcomer has not answered, and for a date, which is settled; how many polls.

    Everybody answers what their own week says, as the form offers it.
    """
    others = [person.member for person in people if person.member not in (organizer, newcomer)]
    asked = [newcomer, *others[:MOST_ASKED]]
    weekly = open_poll(
        actor=organizer,
        title="An hour for questions, every week",
        note="Bring whatever you are stuck on. It need not be about a paper.",
        zone=ZONE,
        minutes=60,
        slots=[Slot(weekday=day, at=time(hour)) for day in range(5) for hour in (16, 19)],
        is_free=False,
        closes_at=now + timedelta(days=4),
        people=asked,
        key=OPEN_KEY,
        now=now - timedelta(days=2),
    )
    _answer(weekly, asked[1:], now - timedelta(days=1))
    first = (now + timedelta(days=6)).replace(hour=17, minute=0, second=0, microsecond=0)
    once = open_poll(
        actor=organizer,
        title="Planning the next term",
        zone=ZONE,
        minutes=90,
        slots=[Slot(starts_at=first + timedelta(days=n)) for n in range(5)],
        is_free=False,
        closes_at=now - timedelta(days=1),
        people=asked,
        key=CLOSED_KEY,
        now=now - timedelta(days=6),
    )
    _answer(once, asked, now - timedelta(days=3))
    meet_at(actor=organizer, poll_id=once.pk, position=2, now=now - timedelta(hours=20))
    return 2


def _answer(poll: Poll, members: Sequence[Member], now: datetime) -> None:
    moments = moments_of(poll, list(poll.times.order_by("position")))
    for number, member in enumerate(members):
        # Whoever has no usual week can at every other time.
        marks = suggestion_for(member, poll, moments) or "".join(
            "20"[(number + position) % 2] for position in range(len(moments))
        )
        answer_poll(actor=member, poll_id=poll.pk, marks=marks, now=now)
