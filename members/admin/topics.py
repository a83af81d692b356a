from typing import Any

from django import forms
from django.db.models import Max
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from core.admin import ModelAdmin, clean_visible
from members import actions
from members.models import Topic

LONGEST_PATH = Topic._meta.get_field("path").max_length


class TopicForm(forms.ModelForm):
    """A topic and its place in the tree."""

    class Meta:
        model = Topic
        fields = ("parent", "name", "slug", "code")

    def clean_name(self) -> str:
        return clean_visible(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        # The same lock as `save_topic` takes, so that the tree is still the one looked at when the topic is saved.
        paths = dict(Topic.objects.select_for_update().order_by("pk").values_list("pk", "path"))
        parent = data.get("parent")
        old_path = paths.get(self.instance.pk, "")
        parent_path = paths.get(parent.pk, "") if parent else ""
        if old_path and parent_path.startswith(old_path):
            self.add_error("parent", _("A topic cannot be below itself. Choose one that is not under it."))
        below = Topic.objects.filter(path__startswith=old_path) if old_path else Topic.objects.none()
        longest = below.aggregate(longest=Max(Length("path")))["longest"] or 0
        if len(parent_path) + len(data.get("slug", "")) + 1 + max(longest - len(old_path), 0) > LONGEST_PATH:
            self.add_error("parent", _("The tree would be too deep here. Choose a topic further up, or shorter names."))
        return data


class TopicAdmin(ModelAdmin):
    """Topics in the order of their tree. Registered above, where the search that knows their names is renewed."""

    form = TopicForm
    list_display = ["indented_name", "code", "slug"]
    list_filter = [("parent", AutocompleteSelectFilter)]
    # Sorted by anything else, the tree would fall apart.
    sortable_by = ()
    search_fields = ["name", "slug", "code"]
    ordering = ["path"]
    autocomplete_fields = ["parent"]
    prepopulated_fields = {"slug": ["name"]}
    list_per_page = 200

    @display(description=_("name"))
    def indented_name(self, topic: Topic) -> str:
        return "\u2003" * topic.depth + topic.name

    def save_model(self, request: HttpRequest, obj: Topic, form: forms.ModelForm, change: bool) -> None:
        actions.save_topic(topic=obj)
