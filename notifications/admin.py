"""The ledger in the admin. `collaborative/home` registers it, as it knows the kinds and what runs the site."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
)
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm

from core.admin import BoundedPaginator, ModelAdmin, ReadOnly, leave_dialog
from notifications import figures, operating
from notifications.kinds import Kind
from notifications.models import Delivery

State = Delivery.State
# Every state has one: the theme shows the bare key of a state that has none.
STATE_LABELS = {
    State.DUE: "",
    State.SENDING: "info",
    State.SENT: "success",
    State.FAILED: "danger",
    State.SUPPRESSED: "",
}
# The clock ticks every ten seconds and a tick sends many; less than this is nobody's wait.
ON_TIME = timedelta(minutes=2)
# How many messages a page of consequences names.
SHOWN = 20
# What a Message-ID begins with (`notifications.mail.message_id`), and a key such as `members.member:12`.
OF_DELIVERY = re.compile(r"<?delivery-(\d{1,18})-")
KEY = re.compile(r"[a-z_]+\.[a-z_]+:\d+")
MEMBER_KEY = re.compile(r"members\.member:(\d{1,18})")


class Operation(NamedTuple):
    """What is done to one message or to many: what it is called, to which, by what, and what is said of it then."""

    title: Promise
    eligible: Callable[[datetime], QuerySet[Delivery]]
    write: Callable[..., int]
    done: Promise
    nothing: Promise


# By the names of their actions.
OPERATIONS = {
    "retry": Operation(
        title=_("Try again"),
        eligible=operating.retryable,
        write=operating.retry_deliveries,
        done=ngettext_lazy("%(n)s message goes again.", "%(n)s messages go again.", "n"),
        nothing=_("Nothing was done: only what has failed, and would not come too late by now, is tried again."),
    ),
    "cancel": Operation(
        title=_("Cancel"),
        eligible=lambda _now: operating.cancellable(),
        write=operating.cancel_deliveries,
        done=ngettext_lazy("%(n)s message is cancelled.", "%(n)s messages are cancelled.", "n"),
        nothing=_("Nothing was done: only what waits is cancelled, not what is sent or being sent."),
    ),
}


class KindFilter(DropdownFilter):
    """By the kinds that there are, so that the list does not look through the ledger for them."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.key, str(kind.title)) for kind in model_admin.kinds.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class DueFilter(DropdownFilter):
    """By when messages were due, in steps that an index serves."""

    title = _("due")
    parameter_name = "due"
    STEPS: ClassVar[dict[str, timedelta]] = {
        "day": timedelta(days=1),
        "week": timedelta(days=7),
        "month": timedelta(days=30),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("later", _("Not yet")),
            ("day", _("In the last 24 hours")),
            ("week", _("In the last 7 days")),
            ("month", _("In the last 30 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now, step = timezone.now(), self.STEPS.get(str(self.value()))
        if self.value() == "later":
            return queryset.filter(due_at__gt=now)
        return queryset.filter(due_at__gt=now - step, due_at__lte=now) if step else queryset


class ConfirmedForm(forms.Form):
    """What the page of consequences sends back: those that were shown, in one field, as a form holds no more than a
    thousand."""

    ids = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", max_length=20 * operating.MOST_AT_ONCE)

    def clean_ids(self) -> list[int]:
        return [int(part) for part in self.cleaned_data["ids"].split(",")]


class DeliveryAdmin(ReadOnly, ModelAdmin):
    """The ledger. It knows what a message is about and when it went, never what it says.

    Made for a million rows: nothing counts or looks through all of them, and it is searched by what an index holds.
    """

    # What the ledger's kinds are, by key; given where it is registered.
    kinds: ClassVar[Mapping[str, Kind]] = {}

    list_display = [
        "kind_title",
        "member",
        "object_key",
        "channel",
        "due_at",
        "state_label",
        "late_by",
        "attempts",
        "reason",
    ]
    list_display_links = ["kind_title"]
    list_select_related = ["member"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        KindFilter,
        ("member", AutocompleteSelectFilter),
        DueFilter,
    ]
    list_before_template = "admin/notifications/delivery/present.html"
    # In any other order the whole ledger would be sorted.
    sortable_by: Sequence[str] = ("due_at",)
    paginator = BoundedPaginator
    list_per_page = 50
    search_fields = ["object_key"]
    search_help_text = _("A member's name or address, a Message-ID, or a key such as members.member:12.")
    ordering = ["-due_at", "-id"]
    autocomplete_fields = ["member"]
    actions = ["retry", "cancel"]
    actions_detail = ["retry_this", "cancel_this"]
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

    @display(description=_("kind"))
    def kind_title(self, delivery: Delivery) -> str:
        kind = self.kinds.get(delivery.kind)
        return str(kind.title) if kind else delivery.kind

    @display(description=_("state"), label=STATE_LABELS)
    def state_label(self, delivery: Delivery) -> tuple[str, str]:
        return delivery.state, delivery.get_state_display()

    @display(description=_("late by"))
    def late_by(self, delivery: Delivery) -> str:
        """How long after it was due it went, or has been waiting; nothing where it is in time or will not go."""
        if delivery.state in {State.SUPPRESSED, State.FAILED}:
            return ""
        end = delivery.sent_at or timezone.now()
        return timesince(delivery.due_at, end) if end - delivery.due_at >= ON_TIME else ""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By what an index of the ledger holds; members are found first, and by the ways in which their list is."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if found := OF_DELIVERY.match(term):
            return queryset.filter(pk=int(found[1])), False
        if KEY.fullmatch(term):
            about = Q(object_key=term)
            member = MEMBER_KEY.fullmatch(term)
            return queryset.filter(about | Q(member=int(member[1])) if member else about), False
        return queryset.filter(member__in=self._members_like(request, term)), False

    def _members_like(self, request: HttpRequest, term: str) -> list[int]:
        member_model = Delivery._meta.get_field("member").related_model
        member_admin = self.admin_site.get_model_admin(member_model)
        members, _may_have_duplicates = member_admin.get_search_results(
            request, member_model._default_manager.all(), term
        )
        return list(members.order_by("pk").values_list("pk", flat=True)[: operating.MOST_AT_ONCE])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "present": figures.present(timezone.now())})

    # Retrying and cancelling ------------------------------------------------------------------------------------------

    def has_operate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("notifications.change_delivery")

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        """Only what can be done to it."""
        delivery = self.get_object(request, str(object_id))
        useful = {State.FAILED: "retry_this", State.DUE: "cancel_this"}.get(delivery.state) if delivery else None
        return [one for one in super().get_actions_detail(request, object_id) if one.action_name.endswith(str(useful))]

    @admin.action(description=_("Try again what has failed"), permissions=["operate"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        return self._for_many(request, queryset, "retry")

    @admin.action(description=_("Cancel what has not been sent"), permissions=["operate"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> HttpResponse | None:
        return self._for_many(request, queryset, "cancel")

    @action(
        description=_("Try again"),
        url_path="retry",
        permissions=["operate"],
        icon="refresh",
        dialog={
            "title": _("Try this message again"),
            "description": _("It goes with the next tick, if it is still wanted."),
            "form_submit_text": _("Try again"),
        },
    )
    def retry_this(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return self._for_one(request, object_id, "retry")

    @action(
        description=_("Cancel"),
        url_path="cancel",
        permissions=["operate"],
        icon="cancel",
        dialog={
            "title": _("Cancel this message"),
            "description": _("It is not sent, now or later. Whoever it was for is not told."),
            "form_submit_text": _("Cancel it"),
        },
    )
    def cancel_this(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        return self._for_one(request, object_id, "cancel")

    def _for_one(self, request: HttpRequest, object_id: str, what: str) -> HttpResponse:
        delivery = self.get_object(request, object_id)
        if delivery is None:
            raise Http404
        self._do(request, [delivery.pk], what)
        return leave_dialog(request, reverse("admin:notifications_delivery_change", args=[object_id]))

    def _for_many(self, request: HttpRequest, chosen: QuerySet[Delivery], what: str) -> HttpResponse | None:
        """First a page with the consequences, then what it showed, once."""
        if "confirmed" in request.POST:
            form = ConfirmedForm(request.POST)
            if form.is_valid():
                self._do(request, form.cleaned_data["ids"], what)
            else:
                self.message_user(request, _("Nothing was done. Choose the messages again."), messages.ERROR)
            return None
        operation = OPERATIONS[what]
        rows = list((chosen & operation.eligible(timezone.now())).order_by("-due_at", "-id")[: operating.MOST_AT_ONCE])
        if not rows:
            self.message_user(request, operation.nothing, messages.INFO)
            return None
        context = self.admin_site.each_context(request) | {
            "title": operation.title,
            "opts": self.opts,
            "what": what,
            "rows": [(row, self.kind_title(row)) for row in rows[:SHOWN]],
            "more": max(len(rows) - SHOWN, 0),
            "count": len(rows),
            "is_cut": len(rows) == operating.MOST_AT_ONCE,
            "ids": ",".join(str(row.pk) for row in rows),
            "first_id": rows[0].pk,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/notifications/delivery/confirm.html", context)

    def _do(self, request: HttpRequest, ids: list[int], what: str) -> None:
        operation, actor = OPERATIONS[what], request.user
        assert isinstance(actor, Model)  # as the permission says
        try:
            count = operation.write(actor=actor, delivery_ids=ids, now=timezone.now())
        except (operating.NothingToRetry, operating.NothingToCancel):
            self.message_user(request, operation.nothing, messages.WARNING)
        except operating.TooManyAtOnce:
            self.message_user(request, _("Nothing was done: these are too many at once."), messages.ERROR)
        else:
            self.message_user(request, operation.done % {"n": count}, messages.SUCCESS)
