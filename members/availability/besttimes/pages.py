"""What pages of best times show of what somebody looks for. Nothing of it is kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from core.clock import city_of
from members.availability.besttimes.forms import WishForm
from members.availability.besttimes.loading import FewWeeks, best_times
from members.availability.besttimes.words import cards_of
from members.models import Member


def shown_of(
    form: WishForm, people: Sequence[Member], *, past: Iterable[tuple[datetime, datetime]], zone: str
) -> dict[str, Any]:
    """The form, and what is found for these people: `found`, the `wish`, and `cards` for clocks of the zone.

    `with_week` alone where fewer than three have marked their week; nothing where the form is wrong. `past` is asked
    for once, if at all; three queries beside it.
    """
    context: dict[str, Any] = {"form": form, "city": city_of(form.zone), "people": len(people)}
    if form.is_bound and not form.is_valid():
        return context
    wish = form.wish
    try:
        found = best_times([person.pk for person in people], wish, required_ids=form.required_ids, past=past)
    except FewWeeks as error:
        return context | {"with_week": error.with_week}
    return context | {"found": found, "wish": wish, "cards": cards_of(found, wish, zone=zone)}
