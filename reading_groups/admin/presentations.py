from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter

from core.admin import ModelAdmin, ReadOnly, TabularInline
from reading_groups import actions
from reading_groups.models import Enrolment, Presentation


class PresentationForm(forms.ModelForm):
    """Somebody offers to present a session, as they could by themselves."""

    class Meta:
        model = Presentation
        fields = ("session", "member", "slides_url")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        session, member = data.get("session"), data.get("member")
        if session and member:
            if session.is_cancelled:
                self.add_error("session", _("This session does not take place."))
            elif session.has_started(timezone.now()):
                self.add_error("session", _("This session has started."))
            # Locked until the offer is saved, so that they still have the place then.
            places = Enrolment.objects.enrolled().filter(group=session.group_id, member=member)
            if not places.select_for_update(no_key=True):
                self.add_error("member", _("They have no place in this group."))
        return data


@admin.register(Presentation)
class PresentationAdmin(ModelAdmin):
    """Who presents what. Removing one before the session opens it to others again."""

    form = PresentationForm
    list_display = ["session", "group", "member", "offered_at", "slides_url"]
    list_select_related = ["session__group", "member"]
    list_filter = [("session__group", AutocompleteSelectFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["member__name_key", "member__email", "session__title", "session__group__title_key"]
    date_hierarchy = "session__held_on"
    ordering = ["-session__held_on", "offered_at", "id"]
    autocomplete_fields = ["session", "member"]
    fields = ["session", "member", "slides_url", "offered_at"]
    readonly_fields = ["offered_at"]

    @admin.display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, presentation: Presentation) -> str:
        return str(presentation.session.group)

    def get_readonly_fields(self, request: HttpRequest, obj: Presentation | None = None) -> list[str]:
        return ["session", "member", "offered_at"] if obj else ["offered_at"]

    def save_model(self, request: HttpRequest, obj: Presentation, form: forms.ModelForm, change: bool) -> None:
        url = obj.slides_url
        if not change:
            offered = actions.offer_to_present(actor=obj.member, session_id=obj.session_id, now=timezone.now())
            obj.pk, obj.offered_at = offered.pk, offered.offered_at
        actions.set_slides(actor=obj.member, session_id=obj.session_id, url=url)


class PresentationInline(ReadOnly, TabularInline):
    """Who presents, on the session's page."""

    model = Presentation
    fields = readonly_fields = ["member", "offered_at", "slides_url"]
    ordering = ("offered_at", "pk")
    verbose_name_plural = _("presenters")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("member", "session")
