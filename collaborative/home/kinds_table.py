"""Every kind of message as rows of one table, from what the kinds say of themselves: for the docs and for members."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from collaborative.home.kinds import BY_PART
from collaborative.parts import PARTS
from members.availability.absence import PausesWhileAway
from notifications.kinds import Kind

TITLES: dict[str, str | Promise] = {"": gettext_lazy("Meetings and your week")} | {
    part.key: part.title for part in PARTS
}
COLUMNS = ("Kind", "Key", "When", "To whom", "Can be turned off", "In quiet hours", "While away", "Useless after")
INTRODUCTION = """# What the platform writes, when, and to whom

This page is made from the kinds themselves: `manage.py kinds_table > docs/notifications.md`. A test compares the two.

- **Can be turned off**: members choose by mail, on the site only, or not at all on `/me/mails/`, and each such mail has
  a link, and a button by RFC 8058, that ends its kind. Everything else answers what somebody did, or somebody waits.
- **In quiet hours** (22:00 to 07:00 on the member's clock, unless they choose otherwise): a message *waits* for their
  end; where it would be useless by then it is only shown on the site, or, where it says *waits or wakes*, goes at once.
  What is *sent* was just asked for, or has an hour that the member chose.
- **While away**: what reminds or asks *is kept* until the day on which the member is back.
- **Useless after**: how long after it was due a message is still sent; *its end* is that of what it is about.
"""


class Row(NamedTuple):
    """What one kind says of itself, in plain words."""

    title: str
    key: str
    when: str
    to_whom: str
    is_optional: bool
    quiet: str
    away: str
    stale: str


def rows(by_part: Mapping[str, Sequence[Kind]] = BY_PART) -> dict[str, list[Row]]:
    """The kinds of each part, by the part's title."""
    return {str(TITLES[part]): [row_of(kind) for kind in kinds] for part, kinds in by_part.items()}


def row_of(kind: Kind) -> Row:
    if kind.is_reply or kind.has_chosen_hour:
        quiet = _("sent")
    else:
        quiet = _("waits or wakes") if kind.ignores_quiet_hours else _("waits")
    return Row(
        title=str(kind.title),
        key=kind.key,
        when=str(kind.when),
        to_whom=str(kind.to_whom),
        is_optional=kind.is_optional,
        quiet=quiet,
        away=_("is kept") if isinstance(kind, PausesWhileAway) else _("sent"),
        stale=_lasting(kind.stale_after),
    )


def as_markdown() -> str:
    """The page in docs/."""
    parts = [INTRODUCTION]
    for title, kinds in rows().items():
        lines = [f"## {title}", "", _line(COLUMNS), _line(["---"] * len(COLUMNS))]
        lines += [
            _line([row.title, f"`{row.key}`", row.when, row.to_whom, "yes" if row.is_optional else "no", *row[5:]])
            for row in kinds
        ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _lasting(time: timedelta | None) -> str:
    if time is None:
        return _("its end")
    hours = int(time.total_seconds() // 3600)
    if hours % 24 == 0:
        return ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
