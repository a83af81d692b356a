from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from core.admin import InlineFormSet, LinesField, ModelAdmin, TabularInline, clean_visible, count_of
from reading_groups.admin.indexing import Indexed
from reading_groups.models import Paper, Reading


class ReadingForm(forms.ModelForm):
    """A paper for a group, and for one of its own sessions or for none yet. The same on three pages."""

    class Meta:
        model = Reading
        fields = ("group", "session", "paper", "part", "position")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        # What is not a field is given by the page that the form stands on.
        session = data.get("session") if "session" in self.fields else self.instance.session
        group_id = self.instance.group_id or (session.group_id if session else None)
        if "group" in self.fields:
            group_id = data["group"].pk if data.get("group") else None
        if group_id and session and session.group_id != group_id:
            self.add_error("session", _("This session belongs to another group."))
        elif group_id and data.get("paper"):
            same = Reading.objects.filter(group=group_id, session=session, paper=data["paper"])
            if same.filter(part=data.get("part", "")).exclude(pk=self.instance.pk).exists():
                self.add_error("paper", _("This is on the list already."))
        return data


class ReadingFormSet(InlineFormSet):
    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms]
        kept = [row for row in rows if row.get("paper") and not row.get("DELETE")]
        keys = [(row.get("session"), row["paper"], row.get("part", "")) for row in kept]
        if len(set(keys)) < len(keys):
            raise ValidationError(_("The same paper is there twice. Keep one line, or say which part of it."))


class ReadingInline(TabularInline):
    model = Reading
    form = ReadingForm
    formset = ReadingFormSet
    fields = ["paper", "part", "position"]
    autocomplete_fields = ["paper"]
    ordering = ("position", "pk")


@admin.register(Reading)
class ReadingAdmin(Indexed, ModelAdmin):
    found_by = "group_id"
    form = ReadingForm
    list_display = ["paper", "part", "group", "session", "position"]
    list_select_related = ["paper", "group", "session"]
    list_filter = [("group", AutocompleteSelectFilter)]
    search_fields = ["paper__title_key", "paper__title", "part", "group__title_key"]
    ordering = ["group__title_key", "group_id", "position", "id"]
    autocomplete_fields = ["group", "session", "paper"]
    fields = ["group", "session", "paper", "part", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Reading | None = None) -> list[str]:
        return ["group"] if obj else []


class PaperForm(forms.ModelForm):
    authors = LinesField(
        label=_("Authors"),
        required=False,
        help_text=_("One per line, in their order."),
        widget=UnfoldAdminTextareaWidget,
    )

    class Meta:
        model = Paper
        fields = ("title", "authors", "authors_are_cut", "year", "venue", "arxiv_id", "doi", "url")

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])


@admin.register(Paper)
class PaperAdmin(Indexed, ModelAdmin):
    found_by = "readings__group_id"
    form = PaperForm
    list_display = ["title", "author_line", "year", "venue", "reading_count"]
    search_fields = ["title_key", "title", "authors", "arxiv_id", "doi"]
    ordering = ["title_key", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        return super().get_queryset(request).annotate(reading_count=count_of(Reading, "paper"))

    @display(description=_("authors"))
    def author_line(self, paper: Paper) -> str:
        return paper.author_line

    @display(description=_("readings"), ordering="reading_count")
    def reading_count(self, paper: Paper) -> int:
        return paper.reading_count
