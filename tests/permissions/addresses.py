"""Every address of the site, as the URLconf has it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

BY_PROGRAMS = ("PUT", "PATCH", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address without a name goes by its route; `takes` is what the route asks for, such as a slug."""

    name: str
    route: str
    takes: frozenset[str]
    view: Callable

    @property
    def is_of_admin(self) -> bool:
        """Whether it is one of Django admin's own pages; its sign-in is the site's."""
        return self.name != "admin/login/" and self.name.startswith("admin")

    @property
    def methods(self) -> set[str]:
        """What has a row: GET and POST, and whatever else an endpoint of the API is made for."""
        of_view_set = {method.upper() for method in getattr(self.view, "actions", None) or {}}
        endpoint = getattr(self.view, "cls", None)
        return {"GET", "POST"} | {
            method for method in BY_PROGRAMS if method in of_view_set or hasattr(endpoint, method.lower())
        }


@cache
def addresses() -> tuple[Address, ...]:
    return tuple(_walk(get_resolver().url_patterns))


def _walk(
    patterns: Sequence[URLPattern | URLResolver],
    namespaces: tuple[str, ...] = (),
    route: str = "",
    takes: frozenset[str] = frozenset(),
) -> Iterator[Address]:
    for pattern in patterns:
        here, taken = route + str(pattern.pattern), takes | frozenset(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, inside, here, taken)
        else:
            name = ":".join((*namespaces, pattern.name)) if pattern.name else here
            yield Address(name=name, route=here, takes=taken, view=pattern.callback)
