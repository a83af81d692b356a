from django.contrib import admin
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter

from core.admin import ModelAdmin, ReadOnly
from projects.models import Output, Task, Update


@admin.register(Task)
class TaskAdmin(ReadOnly, ModelAdmin):
    """To find them; the team changes them on its board."""

    list_display = ["title", "project", "state", "owner", "due_on"]
    list_select_related = ["project", "owner"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("project", AutocompleteSelectFilter),
        ("owner", AutocompleteSelectFilter),
    ]
    search_fields = ["title", "project__title_key"]
    ordering = ["-made_at", "-id"]
    fields = readonly_fields = [
        "project",
        "title",
        "notes",
        "state",
        "owner",
        "due_on",
        "made_at",
        "moved_at",
        "done_at",
    ]


@admin.register(Update)
class UpdateAdmin(ReadOnly, ModelAdmin):
    """What teams said of their weeks; the team writes it on its page."""

    list_display = ["project", "week_on", "author", "written_at"]
    list_select_related = ["project", "author"]
    list_filter = [("project", AutocompleteSelectFilter)]
    search_fields = ["project__title_key"]
    ordering = ["-week_on", "-id"]
    fields = readonly_fields = ["project", "week_on", "author", "done", "next", "in_the_way", "written_at"]


@admin.register(Output)
class OutputAdmin(ReadOnly, ModelAdmin):
    """What projects left behind; the team adds it on its page."""

    list_display = ["title", "kind", "year", "project"]
    list_select_related = ["project"]
    list_filter = [("kind", ChoicesDropdownFilter), ("project", AutocompleteSelectFilter)]
    search_fields = ["title", "project__title_key"]
    ordering = ["-year", "title", "id"]
    fields = readonly_fields = ["project", "kind", "title", "url", "year"]
