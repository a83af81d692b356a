"""The words of the table. How to write a row stands in the package's docstring."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.permissions.addresses import addresses
from tests.permissions.scene import ABOUT, FURTHER, ROLES

type Outcome = int | str
# One for all methods, or one for each.
type Outcomes = Outcome | tuple[Outcome, ...]

IN = "sign in"
FORM = (200, 422)


def told(place: str) -> tuple[str, str]:
    """A GET leads there; so does a POST, with a message why nothing was done."""
    return place, place.replace("→", "↩")


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    case: str
    about: dict[str, Any]
    sends: dict[str, Any]
    methods: tuple[str, ...]
    # By method and role.
    expected: dict[tuple[str, str], Outcome]

    def __str__(self) -> str:
        return f"{self.name} {self.case}".rstrip()

    def path(self) -> str:
        if self.name.endswith("/"):
            return f"/{self.name}"
        known = ABOUT.get(self.name.rpartition(":")[0], {}) | self.about
        takes = next((address.takes for address in addresses() if address.name == self.name), frozenset())
        assert takes <= known.keys(), f"{self}: say in ABOUT what {', '.join(takes - known.keys())} is"
        return reverse(self.name, kwargs={key: known[key] for key in takes})


def row(
    name: str,
    case: str = "",
    *,
    about: dict[str, Any] | None = None,
    sends: dict[str, Any] | None = None,
    methods: tuple[str, ...] = ("GET", "POST"),
    **by_role: Outcomes,
) -> Row:
    if "everyone" in by_role:
        by_role = dict.fromkeys(("visitor", "member"), by_role.pop("everyone")) | by_role
    assert by_role.keys() >= {"visitor", "member"}, f"{name}: say what a visitor gets, and what a member gets"
    assert by_role.keys() <= {*ROLES, *FURTHER}, f"{name}: there is no {by_role.keys() - {*ROLES, *FURTHER}}"
    by_role = dict.fromkeys(ROLES, by_role["member"]) | by_role
    expected = {
        (method, role): got[at] if isinstance(got, tuple) else got
        for at, method in enumerate(methods)
        for role, got in by_role.items()
    }
    return Row(name=name, case=case, about=about or {}, sends=sends or {}, methods=methods, expected=expected)


def page(name: str, case: str = "", *, about: dict[str, Any] | None = None, **by_role: Outcome) -> Row:
    """An address that is only read."""
    pairs = {role: got if got in {IN, 401} else (got, 405) for role, got in by_role.items()}
    return row(name, case, about=about, **pairs)
