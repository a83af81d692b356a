from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline
from reading_groups import actions
from reading_groups.models import (
    Enrolment,
    Presentation,
    PresentationFile,
    PresentingInvitation,
    PresentingSwap,
)


class PresentationForm(forms.ModelForm):
    """Somebody offers to present a session, as they could by themselves."""

    class Meta:
        model = Presentation
        fields = ("session", "member", "part", "slides_url")

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


class PresentationFileInline(ReadOnly, TabularInline):
    """What a presenter attached, on the presentation's page."""

    model = PresentationFile
    fields = readonly_fields = ["name", "kind", "size", "added_at"]
    ordering = ("number",)
    verbose_name_plural = _("files")


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
    fields = ["session", "member", "part", "slides_url", "offered_at"]
    readonly_fields = ["offered_at"]
    inlines = [PresentationFileInline]

    @admin.display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, presentation: Presentation) -> str:
        return str(presentation.session.group)

    def get_readonly_fields(self, request: HttpRequest, obj: Presentation | None = None) -> list[str]:
        return ["session", "member", "offered_at"] if obj else ["offered_at"]

    def save_model(self, request: HttpRequest, obj: Presentation, form: forms.ModelForm, change: bool) -> None:
        part, url = obj.part, obj.slides_url
        if not change:
            offered = actions.offer_to_present(actor=obj.member, session_id=obj.session_id, now=timezone.now())
            obj.pk, obj.offered_at = offered.pk, offered.offered_at
        actions.save_part(actor=obj.member, session_id=obj.session_id, part=part, slides_url=url)


@admin.register(PresentationFile)
class PresentationFileAdmin(ReadOnly, ModelAdmin):
    """What presenters attached. Here one can be taken away for good; it is opened on the page of its session."""

    list_display = ["name", "kind", "size", "presentation_of", "added_at"]
    list_select_related = ["presentation__member"]
    list_filter = [("kind", ChoicesDropdownFilter)]
    search_fields = ["name", "presentation__member__name_key", "presentation__session__group__title_key"]
    ordering = ["-added_at", "-id"]
    fields = readonly_fields = ["name", "kind", "size", "digest", "presentation_of", "added_at"]

    @display(description=_("presenter"), ordering="presentation__member__name_key")
    def presentation_of(self, file: PresentationFile) -> str:
        return str(file.presentation.member)

    def has_delete_permission(self, request: HttpRequest, obj: PresentationFile | None = None) -> bool:
        return request.user.has_perm("reading_groups.delete_presentationfile")

    def delete_model(self, request: HttpRequest, obj: PresentationFile) -> None:
        actions.remove_file(file_id=obj.pk)


@admin.register(PresentingInvitation)
class PresentingInvitationAdmin(ReadOnly, ModelAdmin):
    """Who asked whom to present what, and the answer."""

    list_display = ["session", "member", "invited_by", "state", "asked_at", "answered_at"]
    list_select_related = ["session", "member", "invited_by"]
    list_filter = [
        ("session__group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
        ("state", ChoicesDropdownFilter),
    ]
    search_fields = ["member__name_key", "invited_by__name_key", "session__group__title_key"]
    ordering = ["-asked_at", "-id"]
    fields = readonly_fields = ["session", "member", "invited_by", "state", "asked_at", "answered_at"]


@admin.register(PresentingSwap)
class PresentingSwapAdmin(ReadOnly, ModelAdmin):
    """Who asked whom to swap, and the answer."""

    list_display = ["asker", "asked", "state", "asked_at", "answered_at"]
    list_select_related = ["offered__member", "wanted__member"]
    list_filter = [("wanted__session__group", AutocompleteSelectFilter), ("state", ChoicesDropdownFilter)]
    search_fields = ["offered__member__name_key", "wanted__member__name_key", "wanted__session__group__title_key"]
    ordering = ["-asked_at", "-id"]
    fields = readonly_fields = ["asker", "asked", "state", "asked_at", "answered_at"]

    @display(description=_("asked by"), ordering="offered__member__name_key")
    def asker(self, swap: PresentingSwap) -> str:
        return str(swap.offered.member)

    @display(description=_("asked"), ordering="wanted__member__name_key")
    def asked(self, swap: PresentingSwap) -> str:
        return str(swap.wanted.member)


class PresentationInline(ReadOnly, TabularInline):
    """Who presents, on the session's page."""

    model = Presentation
    fields = readonly_fields = ["member", "part", "offered_at", "slides_url"]
    ordering = ("offered_at", "pk")
    verbose_name_plural = _("presenters")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("member", "session")
