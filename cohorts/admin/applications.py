from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from cohorts import actions, countries
from cohorts.importer import export_text
from cohorts.models import Application, Cohort, DecisionBatch
from cohorts.reminders import APPLICATION_DECIDED
from core.admin import ModelAdmin, ReadOnly, TabularInline
from notifications.kinds import Guest
from notifications.mail import Words, compose

State = Application.State
Outcome = DecisionBatch.Outcome
STATE_LABELS = {State.ACCEPTED: "success", State.WAITLISTED: "info", State.SUBMITTED: "warning"}
SHOWN_MAILS = 3


class CountryFilter(admin.SimpleListFilter):
    """Every country, so that the list asks nothing to offer them."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(countries.names().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(country=self.value()) if self.value() else queryset


class ConfirmedForm(forms.Form):
    """What the page of a preview sends back."""

    cohort = forms.ModelChoiceField(Cohort.objects.all())
    outcome = forms.ChoiceField(choices=Outcome)
    key = forms.UUIDField()
    # One field, since a form may hold no more than a thousand.
    ids = forms.CharField()

    def clean_ids(self) -> list[int]:
        text = self.cleaned_data["ids"].split(",")
        if not all(part.isdecimal() and len(part) < 19 for part in text):
            raise forms.ValidationError(_("These are no applications."), code="invalid")
        return [int(part) for part in text]


class EventInline(ReadOnly, TabularInline):
    """What became of an application, step by step, as the database itself has written it down."""

    model = Application.pgh_event_model
    fk_name = "pgh_obj"
    fields = readonly_fields = ["at", "state", "changed_at", "claimed_at"]
    ordering = ("pgh_id",)
    verbose_name_plural = _("history")
    tab = False

    @display(description=_("when"))
    def at(self, event: Model) -> str:
        return date_format(timezone.localtime(event.pgh_created_at), "DATETIME_FORMAT")


@admin.register(Application)
class ApplicationAdmin(ReadOnly, ModelAdmin):
    """Applications, to read and to decide upon. What people wrote is theirs, and nobody else changes it."""

    list_display = [
        "name",
        "email",
        "country_name",
        "institution",
        "state_label",
        "cohort",
        "submitted_at",
        "claimed_at",
    ]
    list_select_related = ["cohort"]
    list_filter = [
        ("cohort", AutocompleteSelectFilter),
        ("state", ChoicesDropdownFilter),
        CountryFilter,
    ]
    search_fields = ["name_key", "email"]
    ordering = ["-submitted_at", "-id"]
    list_per_page = 50
    autocomplete_fields = ["cohort", "member"]
    fields = [
        "cohort",
        "name",
        "email",
        "country_name",
        "zone",
        "institution",
        "motivation",
        "topics",
        "state",
        "submitted_at",
        "changed_at",
        "decided_at",
        "member",
        "claimed_at",
    ]
    readonly_fields = ["country_name"]
    inlines = [EventInline]
    actions = ["accept", "waitlist", "decline", "export"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "cohorts_application_changelist":
            # A list of a page need not carry what everybody wrote; the export does.
            return rows if request.method == "POST" else rows.defer("motivation", "topics")
        return rows

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, application: Application) -> tuple[str, str]:
        return application.state, application.get_state_display()

    @display(description=_("country"), ordering="country")
    def country_name(self, application: Application) -> str:
        return countries.name_of(application.country)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cohorts.change_application")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", view, name="cohorts_application_decide"), *super().get_urls()]

    @admin.action(description=_("Accept"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._preview(request, queryset, Outcome.ACCEPTED)

    @admin.action(description=_("Put on the waitlist"), permissions=["decide"])
    def waitlist(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._preview(request, queryset, Outcome.WAITLISTED)

    @admin.action(description=_("Decline"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        return self._preview(request, queryset, Outcome.DECLINED)

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        text = export_text(queryset.iterator())
        headers = {"Content-Disposition": 'attachment; filename="applications.csv"'}
        # With a byte order mark, without which spreadsheets guess the encoding.
        return HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8", headers=headers)

    def _preview(self, request: HttpRequest, chosen: QuerySet, outcome: Outcome) -> HttpResponse | None:
        """How many would get which mail, and the first of these mails. Changes nothing."""
        cohorts = list(Cohort.objects.filter(applications__in=chosen.order_by()).with_numbers().distinct()[:2])
        if len(cohorts) != 1:
            self.message_user(request, _("Choose applications of one cohort at a time."), messages.ERROR)
            return None
        cohort = cohorts[0]
        rows = list(chosen.decidable(outcome).order_by("name_key", "id"))
        if not rows:
            text = _("None of these would change: decided so already, withdrawn, taken up, or waiting in a decision.")
            self.message_user(request, text, messages.INFO)
            return None
        for row in rows:
            row.cohort = cohort
        site_context = self.admin_site.each_context(request)
        after = cohort.accepted + sum(row.state != State.ACCEPTED for row in rows)
        context = site_context | {
            "title": outcome.label,
            "opts": self.opts,
            "cohort": cohort,
            "outcome": outcome.value,
            "count": len(rows),
            "left_out": chosen.count() - len(rows),
            "over": max(after - cohort.capacity, 0) if outcome == Outcome.ACCEPTED else 0,
            "key": uuid4(),
            "ids": ",".join(str(row.pk) for row in rows),
            "mails": [(row, _mail(row, outcome, site_context["site_header"])) for row in rows[:SHOWN_MAILS]],
            "minutes": int(actions.HELD_FOR.total_seconds() // 60),
        }
        return TemplateResponse(request, "admin/cohorts/application/decide.html", context)

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """The confirmed preview. A second click comes to the same decision."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        form = ConfirmedForm(request.POST if request.method == "POST" else None)
        back = redirect("admin:cohorts_application_changelist")
        if not form.is_valid():
            self.message_user(request, _("Nothing was decided. Choose the applications again."), messages.ERROR)
            return back
        data = form.cleaned_data
        try:
            batch = actions.decide(
                actor=request.user,
                cohort_id=data["cohort"].pk,
                application_ids=data["ids"],
                outcome=data["outcome"],
                key=data["key"],
                now=timezone.now(),
            )
        except actions.NothingToDecide:
            text = _("Nothing was decided: somebody else was faster, or these applications were withdrawn.")
            self.message_user(request, text, messages.WARNING)
            return back
        self._tell(request, batch)
        return redirect(reverse("admin:cohorts_decisionbatch_change", args=[batch.pk]))

    def _tell(self, request: HttpRequest, batch: DecisionBatch) -> None:
        if not batch.can_be_undone_at(timezone.now()):
            return  # its page says what became of it
        count = batch.decisions.count()
        text = ngettext(
            "%(n)s person hears of it at %(time)s. Until then you can undo it.",
            "%(n)s people hear of it at %(time)s. Until then you can undo it.",
            count,
        )
        at = date_format(timezone.localtime(batch.held_until), "H:i")
        self.message_user(request, text % {"n": count, "time": at}, messages.SUCCESS)


def _mail(application: Application, outcome: str, site_name: str) -> Words:
    """The mail as it would be sent, but for the link that takes up the place: that is the applicant's alone."""
    words = APPLICATION_DECIDED.words(application, outcome)
    if outcome == Outcome.ACCEPTED:
        words["path"] = reverse("cohorts:place-claim", args=["their-own-link"])
    reader = Guest(email=application.email, time_zone=application.zone)
    frame = {"site_name": site_name, "contact_email": ""}
    return compose(key=APPLICATION_DECIDED.key, reader=reader, context=lambda: frame | words)
