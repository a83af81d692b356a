from datetime import timedelta

from django.contrib import admin
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AllValuesCheckboxFilter,
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
)
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly
from notifications.models import Delivery

State = Delivery.State
STATE_LABELS = {State.SENT: "success", State.FAILED: "danger", State.SENDING: "info"}
# The clock ticks every ten seconds and a tick sends many; less than this is nobody's wait.
ON_TIME = timedelta(minutes=2)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    """The ledger, to look at. It knows what a message is about and when it went, never what it says."""

    list_display = ["kind", "member", "object_key", "channel", "due_at", "state_label", "late_by", "attempts", "reason"]
    list_select_related = ["member"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("kind", AllValuesCheckboxFilter),
        ("member", AutocompleteSelectFilter),
    ]
    search_fields = ["object_key", "recipient", "message_id", "member__name_key", "member__email"]
    date_hierarchy = "due_at"
    ordering = ["-due_at", "-id"]
    autocomplete_fields = ["member"]
    fields = [
        "kind",
        "channel",
        "member",
        "recipient",
        "object_key",
        "occurrence",
        "due_at",
        "expires_at",
        "state",
        "reason",
        "late_by",
        "attempts",
        "lease_until",
        "sent_at",
        "message_id",
        "created_at",
    ]
    readonly_fields = ["late_by", "created_at"]

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @display(description=_("late by"))
    def late_by(self, delivery: Delivery) -> str:
        """How long after it was due it went, or has been waiting; nothing where it is in time or will not go."""
        if delivery.state in {State.SUPPRESSED, State.FAILED}:
            return ""
        end = delivery.sent_at or timezone.now()
        return timesince(delivery.due_at, end) if end - delivery.due_at >= ON_TIME else ""
