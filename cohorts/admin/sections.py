from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from cohorts import actions
from cohorts.models import Cohort, Place, Section
from core.admin import ModelAdmin, clean_visible


class SectionForm(forms.ModelForm):
    class Meta:
        model = Section
        fields = ("cohort", "name", "capacity", "leaders")

    def clean_name(self) -> str:
        return clean_visible(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        section, cohort = self.instance, data.get("cohort")
        if section.pk and cohort and cohort.pk != section.cohort_id and section.places.exists():
            self.add_error("cohort", _("There are people in this section. Move them out of it first."))
        return data


@admin.register(Section)
class SectionAdmin(ModelAdmin):
    """Sections. Deleting one leaves its people in the cohort, without a section."""

    form = SectionForm
    list_display = ["name", "cohort", "taken", "capacity"]
    list_select_related = ["cohort"]
    list_filter = [("cohort", AutocompleteSelectFilter)]
    search_fields = ["name_key", "cohort__name_key"]
    ordering = ["-cohort__starts_on", "cohort_id", "name_key", "id"]
    autocomplete_fields = ["cohort", "leaders"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).select_related("cohort").with_taken()

    @display(description=_("people"), ordering="taken")
    def taken(self, section: Section) -> int:
        return section.taken


class PlaceForm(forms.ModelForm):
    class Meta:
        model = Place
        fields = ("section",)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        section = data.get("section")
        if section is None or section.pk == self.instance.section_id:
            return data
        # Locked until the place is saved, so that what is true here still is then.
        Cohort.objects.select_for_update().get(pk=self.instance.cohort_id)
        if section.cohort_id != self.instance.cohort_id:
            self.add_error("section", _("This section belongs to another cohort."))
        elif section.places.count() >= section.capacity:
            self.add_error("section", _("This section is full. Give it more places first, or choose another."))
        return data


@admin.register(Place)
class PlaceAdmin(ModelAdmin):
    """Places given by acceptances. Only the section is changed here; deciding anew takes a place back."""

    form = PlaceForm
    list_display = ["who", "cohort", "section_name", "is_taken_up"]
    list_select_related = ["member", "application", "cohort", "section"]
    list_filter = [("cohort", AutocompleteSelectFilter), ("section", AutocompleteSelectFilter)]
    search_fields = ["application__name_key", "application__email", "member__name_key"]
    ordering = ["-cohort__starts_on", "id"]
    autocomplete_fields = ["section"]
    fields = ["who", "cohort", "is_taken_up", "section"]
    readonly_fields = ["who", "cohort", "is_taken_up"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return False

    @display(description=_("person"))
    def who(self, place: Place) -> str:
        return str(place.member or place.application or _("Somebody who has left"))

    @display(description=_("section"), ordering="section__name_key")
    def section_name(self, place: Place) -> str:
        return place.section.name if place.section else ""

    @display(description=_("taken up"), boolean=True)
    def is_taken_up(self, place: Place) -> bool:
        return place.member_id is not None

    def save_model(self, request: HttpRequest, obj: Place, form: forms.ModelForm, change: bool) -> None:
        actions.move_to_section(place_id=obj.pk, section_id=obj.section_id)
