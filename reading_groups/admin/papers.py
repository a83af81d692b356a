from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from core.admin import (
    InlineFormSet,
    LinesField,
    ModelAdmin,
    ReadOnly,
    TabularInline,
    clean_visible,
    count_of,
    leave_dialog,
)
from reading_groups import actions
from reading_groups.admin.indexing import Indexed
from reading_groups.forms.papers import IdentifierFields
from reading_groups.models import Paper, Reading, ReadingVote


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


class ReadingVoteInline(ReadOnly, TabularInline):
    model = ReadingVote
    fields = readonly_fields = ["member", "voted_at"]
    ordering = ("voted_at", "pk")
    verbose_name_plural = _("votes")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReadingVote]:
        return super().get_queryset(request).select_related("member")


@admin.register(Reading)
class ReadingAdmin(Indexed, ModelAdmin):
    found_by = "group_id"
    form = ReadingForm
    list_display = ["paper", "part", "group", "session", "votes", "position"]
    list_select_related = ["paper", "group", "session"]
    list_filter = [("group", AutocompleteSelectFilter)]
    search_fields = ["paper__title_key", "paper__title", "part", "group__title_key"]
    ordering = ["group__title_key", "group_id", "position", "id"]
    autocomplete_fields = ["group", "session", "paper"]
    fields = ["group", "session", "paper", "part", "position", "proposed_by", "proposed_at"]
    inlines = [ReadingVoteInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reading]:
        return super().get_queryset(request).annotate(votes_now=count_of(ReadingVote, "reading"))

    def get_readonly_fields(self, request: HttpRequest, obj: Reading | None = None) -> list[str]:
        return ["group", "proposed_by", "proposed_at"] if obj else ["proposed_by", "proposed_at"]

    def get_inlines(self, request: HttpRequest, obj: Reading | None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    @display(description=_("votes"), ordering="votes_now")
    def votes(self, reading: Reading) -> int:
        return reading.votes_now


class PaperForm(IdentifierFields, forms.ModelForm):
    authors = LinesField(
        label=_("Authors"),
        required=False,
        help_text=_("One per line, in their order."),
        widget=UnfoldAdminTextareaWidget,
    )

    title_number = forms.IntegerField(
        label=_("Number among papers of that title"),
        required=False,
        min_value=0,
        max_value=32_767,
        help_text=Paper._meta.get_field("title_number").help_text,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Paper
        fields = ("title", "title_number", "authors", "authors_are_cut", "year", "venue", "arxiv_id", "doi", "url")

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean_title_number(self) -> int:
        return self.cleaned_data["title_number"] or 0

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("title") and data.get("title_number") is not None:
            others = Paper.objects.titled(data["title"]).exclude(pk=self.instance.pk)
            if others.filter(title_number=data["title_number"]).exists():
                free = others.values_list("title_number", flat=True).last() + 1
                message = _("A paper of that title is here. If this is another one, give it the number %(free)s.")
                self.add_error("title_number", ValidationError(message % {"free": free}, code="title_is_taken"))
        return data


class MergeForm(BaseDialogForm):
    duplicate = forms.IntegerField(
        label=_("Number of the other one"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("It stands in the address of its page, here and on the site."),
        widget=UnfoldAdminIntegerFieldWidget,
    )


@admin.register(Paper)
class PaperAdmin(Indexed, ModelAdmin):
    found_by = "readings__group_id"
    form = PaperForm
    list_display = ["title", "author_line", "year", "venue", "reading_count"]
    search_fields = ["title_key", "title", "authors", "arxiv_id", "doi"]
    ordering = ["title_key", "id"]
    actions_detail = ["merge_duplicate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        return super().get_queryset(request).annotate(reading_count=count_of(Reading, "paper"))

    @display(description=_("authors"))
    def author_line(self, paper: Paper) -> str:
        return paper.author_line

    @display(description=_("readings"), ordering="reading_count")
    def reading_count(self, paper: Paper) -> int:
        return paper.reading_count

    def has_act_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("reading_groups.change_paper")

    @action(
        description=_("It is here twice"),
        url_path="merge-duplicate",
        permissions=["act"],
        icon="merge",
        dialog={
            "title": _("Make another paper a part of this one"),
            "description": _(
                "What groups read, voted, noted and thought of for the other one is then of this one. The other "
                "one goes, and this cannot be undone."
            ),
            "form_class": MergeForm,
            "form_submit_text": _("Make the two one"),
        },
    )
    def merge_duplicate(self, request: HttpRequest, form: MergeForm, object_id: str) -> HttpResponse:
        try:
            actions.merge_papers(keep_id=int(object_id), drop_id=form.cleaned_data["duplicate"])
        except actions.CannotMerge:
            self.message_user(request, _("This is the number of this paper itself."), messages.ERROR)
        except Paper.DoesNotExist:
            self.message_user(request, _("There is no paper of that number."), messages.ERROR)
        else:
            self.message_user(request, _("The two are one now, with the votes of both."), messages.SUCCESS)
        return leave_dialog(request, reverse("admin:reading_groups_paper_change", args=[object_id]))
