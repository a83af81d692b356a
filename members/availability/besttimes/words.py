"""What a best time means for people, in words. Nobody is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import city_of
from members.availability.besttimes.loading import Found
from members.availability.besttimes.ranking import BestTime, Missing, Wish

# Of those who miss some meetings, so many kinds are told apart.
MOST_KINDS = 3


@dataclass(frozen=True)
class LocalTime:
    """When it is on the clocks of one city; and from which day on at another time, where these or others change."""

    zone: str
    words: str

    @property
    def city(self) -> str:
        return city_of(self.zone)


@dataclass(frozen=True)
class Card:
    """A time with what it means in words, and what clocks show everywhere."""

    best: BestTime
    words: list[str]
    clocks: list[LocalTime]

    @property
    def sentence(self) -> str:
        """“9 of 10 every week; one misses 2 weeks after 25 Oct.”"""
        told = "; ".join(self.words)
        return f"{told[:1].upper()}{told[1:]}."


def explain(best: BestTime, *, is_weekly: bool, every_weeks: int = 1) -> list[str]:
    """How many can, who misses what, how gladly and how late: “9 of 10 every week”, “one misses 2 weeks”."""
    said = _who_can(best, _("every week") if every_weeks == 1 else _("every time"), is_weekly)
    said += _of_the_others(best, is_weekly)
    if best.required_absences:
        said.append(_("not all who must be there can"))
    if not best.has_quorum:
        said.append(
            _("only %(least)s in the worst week") % {"least": min(best.attending)}
            if is_weekly
            else _("fewer than you ask for")
        )
    if best.gladly:
        told = ngettext("%(n)s would rather meet then", "%(n)s would rather meet then", best.gladly)
        said.append(told % {"n": best.gladly})
    if best.at_unsocial_hours:
        told = ngettext(
            "before 8:00 or after 22:00 for one", "before 8:00 or after 22:00 for %(n)s", best.at_unsocial_hours
        )
        said.append(told % {"n": best.at_unsocial_hours})
    return said


def local_times(best: BestTime, zones: Sequence[str], *, first: str = "", is_weekly: bool) -> list[LocalTime]:
    """The time on the clocks of each zone, that of the viewer first, then from west to east."""
    at = best.starts_at
    ordered = sorted(set(zones) - {first}, key=lambda zone: (at.astimezone(ZoneInfo(zone)).utcoffset(), zone))
    return [LocalTime(zone, _on_clocks(best.starts, zone, is_weekly)) for zone in [first, *ordered] if zone]


def cards_of(found: Found, wish: Wish, *, zone: str) -> list[Card]:
    """The times that were found, in words for somebody whose clocks are those of the zone."""
    zones = sorted({*found.zones, wish.zone})
    return [
        Card(
            best,
            explain(best, is_weekly=wish.is_weekly, every_weeks=wish.every_weeks),
            local_times(best, zones, first=zone, is_weekly=wish.is_weekly),
        )
        for best in found.times
    ]


def _who_can(best: BestTime, how_often: str, is_weekly: bool) -> list[str]:
    people, least = best.always + best.never + sum(kind.people for kind in best.missing), min(best.attending)
    words = {"n": best.always, "least": least, "all": people, "often": how_often}
    if not is_weekly:
        return [_("all %(all)s can") % words if best.always == people else _("%(n)s of %(all)s can") % words]
    if best.always == people:
        return [_("all %(all)s %(often)s") % words]
    if best.always == 0:
        return [_("never fewer than %(least)s of %(all)s") % words]
    said = [_("%(n)s of %(all)s %(often)s") % words]
    if least > best.always:
        said.append(_("never fewer than %(least)s") % words)
    return said


def _of_the_others(best: BestTime, is_weekly: bool) -> list[str]:
    said = [_misses(kind) for kind in best.missing[:MOST_KINDS]] if is_weekly else []
    rest = sum(kind.people for kind in best.missing[MOST_KINDS:])
    if rest:
        said.append(ngettext("one more misses some", "%(n)s more miss some", rest) % {"n": rest})
    if best.never:
        said.append(ngettext("one cannot then", "%(n)s cannot then", best.never) % {"n": best.never})
    return said


def _misses(kind: Missing) -> str:
    words = {"n": kind.people, "meetings": _meetings(kind.meetings)}
    if kind.after is not None:
        told = ngettext("one misses %(meetings)s after %(day)s", "%(n)s miss %(meetings)s after %(day)s", kind.people)
        return told % {**words, "day": date_format(kind.after, "j M")}
    if kind.before is not None:
        told = ngettext("one misses %(meetings)s before %(day)s", "%(n)s miss %(meetings)s before %(day)s", kind.people)
        return told % {**words, "day": date_format(kind.before, "j M")}
    return ngettext("one misses %(meetings)s", "%(n)s miss %(meetings)s each", kind.people) % words


def _meetings(count: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", count) % {"n": count}


def _on_clocks(starts: Sequence[datetime], zone: str, is_weekly: bool) -> str:
    """“Tue 21:30, from 27 Oct on 22:30”."""
    place, said, before = ZoneInfo(zone), [], None
    for start in starts:
        local = start.astimezone(place)
        clock: tuple[int, time] = (local.weekday(), local.time())
        if clock == before:
            continue
        day = "D" if before is None or before[0] != clock[0] else ""
        shown = date_format(local, f"{day} H:i".strip() if is_weekly else "D j M, H:i")
        if before is not None:
            shown = _("from %(day)s on %(time)s") % {"day": date_format(local, "j M"), "time": shown}
        said.append(shown)
        before = clock
    return ", ".join(said)
