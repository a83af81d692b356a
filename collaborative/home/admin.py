"""The ledger of deliveries, where operators see how sending goes: composed here, where kinds, parts and ticks meet."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaborative.home import beats
from collaborative.home.kinds import BY_KEY, frame, kinds_on
from collaborative.home.kinds_table import TITLES
from core.plots import Plot, Series, bars, histogram
from notifications import figures, operating
from notifications.admin import DeliveryAdmin
from notifications.kinds import Kind
from notifications.mail import NotNow, Refused
from notifications.models import Delivery
from notifications.previews import Preview, preview

State = Delivery.State
# Whoever may read in the admin what a kind is about may read its mails to others as well: they say nothing more. The
# words of every other kind are its reader's alone, and an operator is shown only those that came to themselves.
READ_WITH = {
    "session_tomorrow": "reading_groups.view_session",
    "session_changed": "reading_groups.view_session",
    "place_offered": "reading_groups.view_enrolment",
    "presenting_soon": "reading_groups.view_presentation",
    "presenter_wanted": "reading_groups.view_presentation",
    "presenter_withdrew": "reading_groups.view_presentation",
    "presenting_invited": "reading_groups.view_presentinginvitation",
    "presenting_answered": "reading_groups.view_presentinginvitation",
    "swap_asked": "reading_groups.view_presentingswap",
    "question_asked": "reading_groups.view_question",
    "group_message": "reading_groups.view_groupmessage",
    "group_proposed": "reading_groups.view_readinggroup",
    "group_paused": "reading_groups.view_readinggroup",
    "next_term": "reading_groups.view_readinggroup",
    "group_invited": "reading_groups.view_groupinvitation",
    "certificate_issued": "reading_groups.view_certificate",
    "sit_in": "reading_groups.view_sitin",
    "sat_in": "reading_groups.view_sitin",
    "suggestion_answered": "handbook.view_suggestion",
    "application_received": "cohorts.view_application",
    "application_decided": "cohorts.view_application",
    "round_closes_soon": "mentorship.view_round",
    "task_due": "projects.view_task",
    "project_proposed": "projects.view_proposal",
    "proposal_decided": "projects.view_proposal",
}
LATENESS = [
    gettext_lazy("under 2 min"),
    gettext_lazy("2 to 10 min"),
    gettext_lazy("10 to 60 min"),
    gettext_lazy("1 to 6 h"),
    gettext_lazy("6 to 24 h"),
    gettext_lazy("over 24 h"),
]


@admin.register(Delivery)
class LedgerAdmin(DeliveryAdmin):
    kinds = BY_KEY

    class Media:
        css = {"all": ["css/admin.css", "css/plots.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("sending/", view(self.sending_view), name="notifications_delivery_sending"),
            path("kinds/", view(self.kinds_view), name="notifications_delivery_kinds"),
            path("kinds/<slug:kind>/", view(self.kind_view), name="notifications_delivery_kind"),
            *super().get_urls(),
        ]

    def sending_view(self, request: HttpRequest) -> HttpResponse:
        """How sending goes now, and went over the last week. Five queries, however long the ledger is."""
        self._check_may_look(request)
        now, zone = timezone.now(), timezone.get_current_timezone_name()
        week = figures.week(now, zone)
        context = self._context(request, title=_("How sending goes")) | {
            "present": figures.present(now),
            "beats": _beats(),
            "plots": [_by_day(week), _by_lateness(week)],
            "reasons": week.reasons,
        }
        return TemplateResponse(request, "admin/notifications/delivery/sending.html", context)

    def kinds_view(self, request: HttpRequest) -> HttpResponse:
        """Every kind whose part of the site is on."""
        self._check_may_look(request)
        sent = figures.sent_by_kind(timezone.now())
        sections = [
            {"title": TITLES[part], "kinds": [(kind, sent.get(kind.key, 0)) for kind in kinds]}
            for part, kinds in kinds_on(request.parts).items()  # type: ignore[attr-defined]
            if kinds
        ]
        context = self._context(request, title=_("What each kind says")) | {"sections": sections}
        return TemplateResponse(request, "admin/notifications/delivery/kinds.html", context)

    def kind_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """What a kind says; by POST, sent to the operator's own address."""
        self._check_may_look(request)
        on = kinds_on(request.parts)  # type: ignore[attr-defined]
        shown = next((one for kinds in on.values() for one in kinds if one.key == kind), None)
        if shown is None:
            raise Http404
        if request.method == "POST" and not self.has_operate_permission(request):
            raise PermissionDenied
        found = self._preview(request, shown, timezone.now())
        if request.method == "POST":
            self._send_test(request, found)
            return redirect("admin:notifications_delivery_kind", kind)
        context = self._context(request, title=shown.title) | {
            "kind": shown,
            "preview": found,
            "may_send": self.has_operate_permission(request),
        }
        return TemplateResponse(request, "admin/notifications/delivery/kind.html", context)

    def _check_may_look(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _context(self, request: HttpRequest, *, title: Any) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "media": self.media}

    def _preview(self, request: HttpRequest, kind: Kind, now: datetime) -> Preview:
        operator = request.user
        needed = READ_WITH.get(kind.key)
        return preview(
            kind=kind,
            member_id=operator.pk,
            reader=operator,  # type: ignore[arg-type]
            may_read_others=needed is not None and operator.has_perm(needed),
            frame=frame(),
            now=now,
        )

    def _send_test(self, request: HttpRequest, found: Preview) -> None:
        if found.words is None:
            self.message_user(request, _("Nothing was sent: there is nothing to show yet."), messages.WARNING)
            return
        operator = request.user
        try:
            operating.send_test(reader=operator, words=found.words, frame=frame())  # type: ignore[arg-type]
        except (Refused, NotNow) as error:
            text = _("Nothing was sent. The mail server: %(reason)s.")
            self.message_user(request, text % {"reason": error}, messages.ERROR)
        else:
            text = _("Sent to %(address)s, marked as a test.")
            self.message_user(request, text % {"address": operator.email}, messages.SUCCESS)  # type: ignore[union-attr]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page of the admin says of sending, to those who may look at the ledger."""
    if request.user.has_perm("notifications.view_delivery"):
        context |= {"present": figures.present(timezone.now()), "beats": _beats()}
    return context


def _beats() -> list[tuple[beats.Beat, datetime | None]]:
    return list((beats.heard() or dict.fromkeys(beats.BEATS)).items())


def _by_day(week: figures.Week) -> Plot:
    names = {State.SENT: _("Sent"), State.FAILED: _("Failed"), State.SUPPRESSED: _("Not sent, for a reason")}
    styles = {State.SENT: "accent", State.FAILED: "alert", State.SUPPRESSED: "quiet"}
    return bars(
        title=_("What became of the messages that were due on each of the last seven days"),
        first_column=_("Day"),
        labels=[date_format(day, "D j M") for day in week.days],
        series=[
            Series(name=names[state], values=values, style=styles[State(state)])  # type: ignore[arg-type]
            for state, values in week.by_state.items()
        ],
    )


def _by_lateness(week: figures.Week) -> Plot:
    return histogram(
        title=_("How long after they were due the messages of these days went"),
        first_column=_("Later by"),
        labels=[str(label) for label in LATENESS],
        counts=Series(name=_("Messages"), values=week.lateness),
    )
