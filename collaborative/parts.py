"""The parts of the platform that a collaborative switches on and off.

A new part is a line in `PARTS`, and one in `collaborative/home/kinds.py` where it sends messages. Navigation,
addresses, the admin's switches, messages and the checklist follow from these.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# As many links as stay side by side on a phone.
NARROW_LINKS = 4


@dataclass(frozen=True, kw_only=True)
class Part:
    """`namespaces` are those of its addresses; `url` names its first page, which `link` leads to in the navigation.

    `is_public` parts are in the visitors' navigation. Where there are too many links for a phone, those of the parts
    that `may_fold` go below “More”.
    """

    key: str
    title: str | Promise
    namespaces: tuple[str, ...]
    url: str = ""
    link: str | Promise = ""
    is_on_at_first: bool = False
    is_public: bool = False
    may_fold: bool = False


# In the order of the navigation.
PARTS = (
    Part(
        key="groups",
        title=_("Reading groups"),
        namespaces=("reading_groups", "papers", "certificates", "api:groups"),
        url="reading_groups:group-list",
        link=_("Groups"),
        is_on_at_first=True,
        is_public=True,
    ),
    Part(
        key="projects",
        title=_("Projects"),
        namespaces=("projects", "api:projects"),
        url="projects:project-list",
        link=_("Projects"),
        is_public=True,
    ),
    Part(
        key="cohorts",
        title=_("Cohorts and courses"),
        namespaces=("cohorts", "api:cohorts"),
        url="cohorts:cohort-list",
        link=_("Classes"),
        is_public=True,
    ),
    Part(
        key="mentoring",
        title=_("Mentoring"),
        namespaces=("mentorship", "api:mentoring"),
        url="mentorship:round-list",
        link=_("Mentoring"),
        may_fold=True,
    ),
    Part(
        key="handbook",
        title=_("Handbook"),
        namespaces=("handbook",),
        url="handbook:page-list",
        link=_("Handbook"),
        is_on_at_first=True,
        is_public=True,
        may_fold=True,
    ),
)
BY_NAMESPACE = {namespace: part for part in PARTS for namespace in part.namespaces}


def namespaces_off(parts: Collection[str]) -> frozenset[str]:
    """Those of the parts that are off; an app has the name of its namespace."""
    return frozenset(name for part in PARTS if part.key not in parts for name in part.namespaces)


def parts_at_first() -> list[str]:
    return [part.key for part in PARTS if part.is_on_at_first]


def part_of(namespaces: Collection[str]) -> Part | None:
    """The part that an address belongs to, by the namespaces of its match, such as `["api", "groups"]`."""
    path = list(namespaces)
    names = [":".join(path[: n + 1]) for n in range(len(path))]
    return next((BY_NAMESPACE[name] for name in names if name in BY_NAMESPACE), None)


@dataclass(frozen=True)
class Navigation:
    """The links to the parts that are on; `folds` where some of them go below “More” on a phone."""

    parts: list[Part]
    folds: bool


def navigation_for(parts: Collection[str], *, is_signed_in: bool) -> Navigation:
    shown = [part for part in PARTS if part.url and part.key in parts and (is_signed_in or part.is_public)]
    # Members have a link to their week as well.
    too_many = len(shown) + is_signed_in > NARROW_LINKS
    return Navigation(shown, folds=too_many and any(part.may_fold for part in shown))
