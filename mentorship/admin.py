"""Rounds are set up here; offers, requests and pairs are looked at. Whom people would rather avoid is on no page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline, clean_visible, count_of
from mentorship import actions
from mentorship.models import Mentorship, Offer, Request, Round

STATE_LABELS = {Round.State.OPEN: "success", Round.State.SOLVED: "warning", Round.State.PUBLISHED: "info"}


class RoundForm(forms.ModelForm):
    class Meta:
        model = Round
        fields = (
            "title",
            "slug",
            "opens_on",
            "closes_at",
            "starts_on",
            "weeks",
            "minimum_shared_minutes",
            "floor",
            "weights",
            "below_position",
            "max_citations",
        )

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug == Round.NOT_A_SLUG:
            raise forms.ValidationError(_("This address is taken by a page of the site."))
        return slug

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and self.instance.state == Round.State.PUBLISHED:
            raise forms.ValidationError(_("This round is published; nothing in it changes any more."))
        return data


@admin.register(Round)
class RoundAdmin(ModelAdmin):
    """A new round is a draft. It is opened, matched and published on its board."""

    form = RoundForm
    list_display = ["title", "state_label", "closes_at", "starts_on", "offers_count", "requests_count"]
    list_filter = [("state", ChoicesDropdownFilter)]
    search_fields = ["title"]
    date_hierarchy = "closes_at"
    ordering = ["-closes_at", "-id"]
    prepopulated_fields = {"slug": ["title"]}

    def get_queryset(self, request: HttpRequest):
        rows = super().get_queryset(request)
        return rows.annotate(offers_n=count_of(Offer, "round"), requests_n=count_of(Request, "round"))

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, mentoring_round: Round) -> tuple[str, str]:
        return mentoring_round.state, mentoring_round.get_state_display()

    @display(description=_("offers"))
    def offers_count(self, mentoring_round: Round) -> int:
        return mentoring_round.offers_n  # type: ignore[attr-defined]

    @display(description=_("requests"))
    def requests_count(self, mentoring_round: Round) -> int:
        return mentoring_round.requests_n  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: Round | None = None) -> bool:
        is_draft = obj is None or obj.state == Round.State.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Round, form: forms.ModelForm, change: bool) -> None:
        try:
            actions.save_round(mentoring_round=obj)
        except actions.RoundIsPublished:
            self.message_user(request, _("This round has been published meanwhile. Nothing was saved."), messages.ERROR)


@admin.register(Offer)
class OfferAdmin(ReadOnly, ModelAdmin):
    list_display = ["member", "round", "capacity", "minutes", "saved_at"]
    list_select_related = ["member", "round"]
    list_filter = [("round", AutocompleteSelectFilter)]
    search_fields = ["member__name_key"]
    ordering = ["-saved_at", "-id"]
    fields = ["round", "member", "capacity", "minutes", "note", "saved_at"]


@admin.register(Request)
class RequestAdmin(ReadOnly, ModelAdmin):
    list_display = ["member", "round", "level", "minutes", "saved_at"]
    list_select_related = ["member", "round"]
    list_filter = [("round", AutocompleteSelectFilter)]
    search_fields = ["member__name_key"]
    ordering = ["-saved_at", "-id"]
    fields = ["round", "member", "goal_topics", "goals", "level", "minutes", "saved_at"]


class EventInline(ReadOnly, TabularInline):
    """What became of a pair, as the database itself has written it down."""

    model = Mentorship.pgh_event_model
    fk_name = "pgh_obj"
    fields = readonly_fields = ["at", "state", "ends_on"]
    ordering = ("pgh_id",)
    verbose_name_plural = _("history")
    tab = False

    @display(description=_("when"))
    def at(self, event: Any) -> str:
        return date_format(timezone.localtime(event.pgh_created_at), "DATETIME_FORMAT")


@admin.register(Mentorship)
class MentorshipAdmin(ReadOnly, ModelAdmin):
    list_display = ["mentee", "mentor", "round", "state", "starts_on", "ends_on"]
    list_select_related = ["mentor", "mentee", "round"]
    list_filter = [("state", ChoicesDropdownFilter), ("round", AutocompleteSelectFilter)]
    search_fields = ["mentee__name_key", "mentor__name_key"]
    ordering = ["-starts_on", "-id"]
    fields = ["round", "mentor", "mentee", "state", "starts_on", "ends_on", "goals"]
    inlines = [EventInline]
