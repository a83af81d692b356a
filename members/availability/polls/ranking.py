"""The order of the times of a poll, from its answers alone: plain values in and out, no database.

The best has the most people who say yes; then the most who say yes or if needed; then the fewest who say no; and then
it is the earliest. Everybody who answers says something of each time, so the third only decides where some answers
are shorter, as those of files may be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from members.availability.polls.marks import IF_NEEDED, NO, YES


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many say what of the time at this position; with free marking, of the whole stretch that begins there."""

    position: int
    yes: int
    if_needed: int
    no: int

    @property
    def can(self) -> int:
        return self.yes + self.if_needed


def tallies(answers: Sequence[str], times: int) -> list[Tally]:
    """One tally for each time, in order, from answers that hold a digit for each."""
    found = []
    for position in range(times):
        said = [answer[position] for answer in answers if position < len(answer)]
        counts = {mark: said.count(mark) for mark in (YES, IF_NEEDED, NO)}
        found.append(Tally(position=position, yes=counts[YES], if_needed=counts[IF_NEEDED], no=counts[NO]))
    return found


def ranked(found: Sequence[Tally]) -> list[Tally]:
    """The best first."""
    return sorted(found, key=lambda tally: (-tally.yes, -tally.can, tally.no, tally.position))


def stretches(answers: Sequence[str], follows: Sequence[bool], length: int) -> list[Tally]:
    """Of each stretch of so many half hours how many can give all of it, each as gladly as its worst half hour.

    `follows` says of each half hour whether it begins where the one before it ends; a stretch has no gap.
    """
    found = []
    run = 0
    for last, goes_on in enumerate(follows):
        run = run + 1 if goes_on else 1
        if run < length:
            continue
        first = last - length + 1
        worst = [min(answer[first : last + 1]) for answer in answers]
        [tally] = tallies(worst, 1)
        found.append(Tally(position=first, yes=tally.yes, if_needed=tally.if_needed, no=tally.no))
    return found


def apart(found: Sequence[Tally], length: int, most: int) -> list[Tally]:
    """The first of these, none of which overlaps with one before it: so that the best are not one hour, thrice."""
    chosen: list[Tally] = []
    for tally in found:
        if len(chosen) == most:
            break
        if all(abs(tally.position - other.position) >= length for other in chosen):
            chosen.append(tally)
    return chosen
