"""The kinds of message that the handbook sends."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from members.handbook.models import Suggestion
from notifications.kinds import Kind, Obligation, id_from
from notifications.models import Delivery


class SuggestionAnswered(Kind):
    """To whoever suggested a change, when an organizer has accepted or declined it."""

    key = "suggestion_answered"
    title = _("An answer to what you suggested for the handbook")
    when = _("When it is accepted or declined")
    to_whom = _("Whoever suggested it")
    is_optional = True

    def record(self, suggestion: Suggestion, *, now: datetime) -> None:
        """Write the delivery inside the action's transaction. Nobody is told of their own answer."""
        if suggestion.author_id is None or suggestion.author_id == suggestion.decided_by_id:
            return
        self.write(
            [
                Obligation(
                    member_id=suggestion.author_id,
                    object_key=suggestion.key,
                    occurrence="answered",
                    due_at=now,
                )
            ]
        )

    def still_wanted(self, delivery: Delivery, now: datetime) -> bool:
        answered = Suggestion.objects.exclude(state=Suggestion.State.OPEN)
        return answered.filter(pk=id_from(delivery.object_key), author=delivery.member_id).exists()

    def context(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        rows = Suggestion.objects.select_related("page", "decided_by").defer("text", "page__text", "page__search")
        suggestion = rows.get(pk=id_from(delivery.object_key))
        return {"suggestion": suggestion, "page": suggestion.page, "path": suggestion.get_absolute_url()}


SUGGESTION_ANSWERED = SuggestionAnswered()
KINDS: list[Kind] = [SUGGESTION_ANSWERED]
