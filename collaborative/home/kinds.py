"""Every kind of message that the platform sends, in one list, and what stands around each message."""

from collections.abc import Collection
from datetime import datetime

from django.urls import reverse

from cohorts import reminders as cohorts_reminders
from collaborative.home import reminders as home_reminders
from collaborative.models import Site
from members.availability import reminders as availability_reminders
from members.availability.polls import reminders as polls_reminders
from members.handbook import reminders as handbook_reminders
from mentorship import reminders as mentorship_reminders
from notifications.kinds import Kind
from notifications.models import Delivery
from projects import reminders as projects_reminders
from reading_groups import reminders as reading_groups_reminders

# By the part of the site that they belong to; those of no part stand under "".
BY_PART: dict[str, list[Kind]] = {
    "groups": reading_groups_reminders.KINDS,
    "": [*availability_reminders.KINDS, *polls_reminders.KINDS, *home_reminders.KINDS],
    "handbook": handbook_reminders.KINDS,
    "cohorts": cohorts_reminders.KINDS,
    "mentoring": mentorship_reminders.KINDS,
    "projects": projects_reminders.KINDS,
}
KINDS: list[Kind] = [kind for kinds in BY_PART.values() for kind in kinds]
BY_KEY = {kind.key: kind for kind in KINDS}


class Unwanted(Kind):
    """Stands in for a kind whose part is off: what is left of it in the ledger is closed and never sent."""

    def __init__(self, kind: Kind) -> None:
        self.key, self.title = kind.key, kind.title

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        return False


def kinds_on(parts: Collection[str]) -> dict[str, list[Kind]]:
    """The kinds whose part of the site is on, by that part."""
    return {part: kinds for part, kinds in BY_PART.items() if not part or part in parts}


def kinds_with(parts: Collection[str]) -> dict[str, Kind]:
    """Every kind by its key, silent where its part of the site is off."""
    on = {kind.key: kind for kinds in kinds_on(parts).values() for kind in kinds}
    return {kind.key: on.get(kind.key) or Unwanted(kind) for kind in KINDS}


# The digest tells what other kinds have left to it, where that is still true.
home_reminders.WEEKLY_DIGEST.kinds_with = kinds_with


def frame() -> dict[str, str]:
    """What every mail says of the site that sends it. One query."""
    site = Site.current()
    return {
        "site_name": site.name,
        "contact_email": site.contact_email,
        "week_path": reverse("home:me"),
        "mails_path": reverse("home:mails-edit"),
    }


def kinds_reaching(parts: Collection[str], *, is_organizer: bool) -> dict[str, list[Kind]]:
    """The kinds that can reach a member, by the part of the site that they come from."""
    return {
        part: [kind for kind in kinds if is_organizer or not kind.is_for_organizers]
        for part, kinds in kinds_on(parts).items()
    }


def kinds_to_choose(parts: Collection[str], *, is_organizer: bool) -> dict[str, list[Kind]]:
    """What a member may do without, by the part of the site that it comes from; the digest has hours of its own."""
    chosen = {
        part: [kind for kind in kinds if kind.is_optional and not kind.has_chosen_hour]
        for part, kinds in kinds_reaching(parts, is_organizer=is_organizer).items()
    }
    return {part: kinds for part, kinds in chosen.items() if kinds}
