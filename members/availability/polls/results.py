"""What a poll has come to, as numbers; who said what only where the poll said that it would show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from members.availability.polls.marks import GRID_MINUTES, IF_NEEDED, YES
from members.availability.polls.models import Ballot, Poll, PollTime
from members.availability.polls.ranking import Tally, apart, ranked, stretches, tallies
from members.availability.polls.times import in_week_after

# From so many answers on counts are shown where names are not: with fewer, one's own and the sum tell the other.
FEWEST_COUNTED = 3
MOST_BEST = 5


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time of a poll, as an instant; of a weekly one the first after its deadline. `ends_at` is that of a meeting."""

    position: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A time, how many can make it where that is shown, and, where the poll shows names, who."""

    moment: Moment
    tally: Tally | None = None
    yes_names: list[str] = field(default_factory=list)
    if_needed_names: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Results:
    """Of how many people who are asked how many have answered, and the times of the poll, the best first.

    What may not be shown is not in it. Without names there are numbers once three have answered. With fewer there is
    only the order, and that once the poll is closed.
    """

    ranked: list[Ranked]
    best: list[Ranked]
    half_hours: list[Tally]
    asked: int
    answered: int
    shows_counts: bool

    @cached_property
    def by_position(self) -> dict[int, Ranked]:
        return {row.moment.position: row for row in self.ranked}


def moments_of(poll: Poll, times: Sequence[PollTime]) -> list[Moment]:
    """The times of a poll as instants, in order. No query."""
    length = timedelta(minutes=poll.minutes)
    found = []
    for time in times:
        starts_at = time.starts_at
        if starts_at is None:
            starts_at = in_week_after(time.weekday, time.at, zone=poll.zone, moment=week_shown(poll))
        found.append(Moment(position=time.position, starts_at=starts_at, ends_at=starts_at + length))
    return found


def week_shown(poll: Poll) -> datetime:
    """From when a weekly time is shown as an instant: a week after the poll was opened, whenever it closes."""
    return poll.opened_at + timedelta(weeks=1)


def results_of(poll: Poll, times: Sequence[PollTime], now: datetime) -> Results:
    """What the answers come to. One query."""
    ballots = Ballot.objects.filter(poll=poll).order_by("pk").select_related("member" if poll.shows_names else None)
    rows = list(ballots)
    given = [ballot for ballot in rows if ballot.answered_at is not None]
    shows_counts = len(given) >= (1 if poll.shows_names else FEWEST_COUNTED)
    if not given or (poll.is_open(now) and not shows_counts):
        return Results(ranked=[], best=[], half_hours=[], asked=len(rows), answered=len(given), shows_counts=False)
    answers = [ballot.marks for ballot in given]
    by_time = tallies(answers, len(times))
    length = poll.minutes // GRID_MINUTES if poll.is_free else 1
    found = ranked(stretches(answers, _follows(times), length) if poll.is_free else by_time)
    moments = moments_of(poll, times)
    in_order = [
        _with_names(poll, moments[tally.position], tally, given, length)
        if shows_counts
        else Ranked(moment=moments[tally.position])
        for tally in found
    ]
    best = {tally.position for tally in apart([tally for tally in found if tally.can], length, MOST_BEST)}
    return Results(
        ranked=in_order,
        best=[row for row in in_order if row.moment.position in best],
        half_hours=by_time if shows_counts else [],
        asked=len(rows),
        answered=len(given),
        shows_counts=shows_counts,
    )


def _with_names(poll: Poll, moment: Moment, tally: Tally, given: Sequence[Ballot], length: int) -> Ranked:
    if not poll.shows_names:
        return Ranked(moment=moment, tally=tally)
    names: dict[str, list[str]] = {YES: [], IF_NEEDED: []}
    for ballot in given:
        worst = min(ballot.marks[tally.position : tally.position + length])
        if worst in names:
            names[worst].append(name_on(ballot))
    return Ranked(moment=moment, tally=tally, yes_names=names[YES], if_needed_names=names[IF_NEEDED])


def name_on(ballot: Ballot) -> str:
    return str(ballot.member) if ballot.member is not None else ballot.name


def _follows(times: Sequence[PollTime]) -> list[bool]:
    """Whether each half hour begins where the one before it ends. The week of a weekly poll ends on Sunday."""
    minutes = [_minute(time) for time in times]
    return [n > 0 and minutes[n] - minutes[n - 1] == GRID_MINUTES for n in range(len(minutes))]


def _minute(time: PollTime) -> float:
    if time.starts_at is not None:
        return time.starts_at.timestamp() / 60
    return time.weekday * 24 * 60 + time.at.hour * 60 + time.at.minute
