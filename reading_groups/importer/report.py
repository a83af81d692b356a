"""What an import did, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    CREATED = "created"
    MATCHED = "matched"
    POOLED = "pooled"  # a heading without a date, whose papers are in the pool
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What became of one row. `without` names the parts that it came in without; `detail` says how or why."""

    what: str
    place: str
    title: str
    outcome: Outcome
    detail: str = ""
    without: tuple[str, ...] = ()

    def line(self) -> str:
        parts = [self.detail] if self.detail else []
        parts += [f"without {part}" for part in self.without]
        told = f": {', '.join(parts)}" if parts else ""
        indent = "  " if self.what == "paper" else ""
        return f"{indent}{self.what} {self.place} {self.outcome}{told}{' | ' + self.title if self.title else ''}"


@dataclass(kw_only=True)
class Report:
    slug: str
    title: str
    zone: str
    group_is_new: bool
    entries: list[Entry] = field(default_factory=list)
    readings_created: int = 0

    def count(self, what: str, outcome: Outcome) -> int:
        return sum(entry.what == what and entry.outcome == outcome for entry in self.entries)

    def partial(self, what: str) -> int:
        """How many came in without a part."""
        return sum(
            entry.what == what and entry.outcome != Outcome.REFUSED and bool(entry.without) for entry in self.entries
        )

    def lines(self) -> Iterator[str]:
        """The whole report: the group, each row, the totals."""
        state = "created as a draft" if self.group_is_new else "matched"
        yield f"group {self.slug} {state}, zone {self.zone} | {self.title}"
        yield from (entry.line() for entry in self.entries)
        for what in ("session", "paper"):
            outcomes = [outcome for outcome in Outcome if outcome != Outcome.POOLED or self.count(what, outcome)]
            counts = ", ".join(f"{self.count(what, outcome)} {outcome}" for outcome in outcomes)
            yield f"{what}s: {counts}; {self.partial(what)} without a part"
        yield f"readings: {self.readings_created} created"
