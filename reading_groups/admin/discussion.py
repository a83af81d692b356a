"""What members say is read here, and removed where it has to be; nobody's words are changed by somebody else."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline, count_of
from reading_groups.models import Answer, Note, Question, QuestionVote


class Said(ModelAdmin):
    """To be looked at, and to be removed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @display(description=_("text"))
    def beginning(self, said: Question | Answer | Note) -> str:
        return Truncator(said.text).chars(80)


class AnswerInline(ReadOnly, TabularInline):
    model = Answer
    fields = readonly_fields = ["member", "text", "answered_at"]
    ordering = ("answered_at", "pk")
    verbose_name_plural = _("answers")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        return super().get_queryset(request).select_related("member")


@admin.register(Question)
class QuestionAdmin(Said):
    list_display = ["beginning", "session", "group", "member", "votes", "answer_count", "is_answered", "asked_at"]
    list_select_related = ["session__group", "member"]
    list_filter = [("session__group", AutocompleteSelectFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["text", "member__name_key", "session__group__title_key"]
    date_hierarchy = "asked_at"
    ordering = ["-asked_at", "-id"]
    fields = ["session", "member", "text", "asked_at", "answered_at", "answered_by"]
    autocomplete_fields = ["session", "member", "answered_by"]
    inlines = [AnswerInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        rows = super().get_queryset(request)
        return rows.annotate(votes_now=count_of(QuestionVote, "question"), answers_now=count_of(Answer, "question"))

    @display(description=_("reading group"), ordering="session__group__title_key")
    def group(self, question: Question) -> str:
        return str(question.session.group)

    @display(description=_("votes"), ordering="votes_now")
    def votes(self, question: Question) -> int:
        return question.votes_now

    @display(description=_("answers"), ordering="answers_now")
    def answer_count(self, question: Question) -> int:
        return question.answers_now

    @display(description=_("answered"), boolean=True, ordering="answered_at")
    def is_answered(self, question: Question) -> bool:
        return question.answered_at is not None


@admin.register(Answer)
class AnswerAdmin(Said):
    list_display = ["beginning", "question", "member", "answered_at"]
    list_select_related = ["question", "member"]
    list_filter = [("question__session__group", AutocompleteSelectFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["text", "question__text", "member__name_key"]
    date_hierarchy = "answered_at"
    ordering = ["-answered_at", "-id"]
    fields = ["question", "member", "text", "answered_at"]
    autocomplete_fields = ["question", "member"]


@admin.register(Note)
class NoteAdmin(Said):
    list_display = ["beginning", "kind", "paper", "group", "member", "written_at"]
    list_select_related = ["reading__paper", "reading__group", "member"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("reading__group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
    ]
    search_fields = ["text", "reading__paper__title_key", "member__name_key"]
    date_hierarchy = "written_at"
    ordering = ["-written_at", "-id"]
    fields = ["paper", "kind", "member", "text", "written_at"]
    readonly_fields = ["paper"]
    autocomplete_fields = ["member"]

    @display(description=_("paper"), ordering="reading__paper__title_key")
    def paper(self, note: Note) -> str:
        return note.reading.name

    @display(description=_("reading group"), ordering="reading__group__title_key")
    def group(self, note: Note) -> str:
        return str(note.reading.group)
