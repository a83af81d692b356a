from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, ExpressionWrapper, F, FloatField, OuterRef, QuerySet
from django.db.models.functions import NullIf
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from members.models import Topic
from reading_groups.models import ReadingGroup
from reading_groups.times import OwnWeek

ORDERS = {
    "next": [F("next_starts_at").asc(nulls_last=True), "id"],
    "title": ["title_key", "id"],
    "newest": ["-created_at", "id"],
    "places": [F("places_left_now").desc(), "title_key", "id"],
    "fits": [F("fit_share").desc(nulls_last=True), F("next_starts_at").asc(nulls_last=True), "id"],
}


class TopicChoiceField(ModelChoiceField):
    def label_from_instance(self, topic: Topic) -> str:
        """Indented by its depth in the tree."""
        return "\u2003" * topic.depth + topic.name


class TopicFilter(django_filters.ModelChoiceFilter):
    field_class = TopicChoiceField


class OneBox(forms.CheckboxInput):
    """A tick in a URL query: keeps what stands there, so that nonsense can be told."""

    def value_from_datadict(self, data, files, name):
        return data.get(name, "")


def topics_with_groups(request: HttpRequest | None) -> QuerySet[Topic]:
    """Topics on which there is a group, or below which there is one, so that no choice comes up empty."""
    below = Topic.objects.filter(reading_groups__state__in=ReadingGroup.LISTED, path__startswith=OuterRef("path"))
    return Topic.objects.filter(Exists(below)).in_tree_order()


class GroupFilter(django_filters.FilterSet):
    """Browsing groups by URL query. A value that means nothing is told on its field; the others still apply."""

    q = django_filters.CharFilter(label=_("Search groups and papers"), method="search")
    topic = TopicFilter(
        label=_("Topic"),
        queryset=topics_with_groups,
        to_field_name="slug",
        empty_label=_("Any topic"),
        method="about",
    )
    format = django_filters.ChoiceFilter(
        label=_("Format"), choices=ReadingGroup.Format.choices, empty_label=_("Any format")
    )
    order = django_filters.ChoiceFilter(
        label=_("Order"),
        choices=[
            ("next", _("Next session first")),
            ("title", _("By title")),
            ("newest", _("Newest first")),
            ("places", _("Most places first")),
            ("fits", _("What fits your week first")),
        ],
        empty_label=None,
        method="sort",
    )
    open = django_filters.ChoiceFilter(
        label=_("Has places"),
        choices=[("1", _("Yes"))],
        method="has_places",
        widget=OneBox(attrs={"value": "1"}, check_test=bool),
    )

    fits = django_filters.ChoiceFilter(
        label=_("Fits your week"),
        choices=[("1", _("Yes"))],
        method="fits_week",
        widget=OneBox(attrs={"value": "1"}, check_test=bool),
    )

    class Meta:
        model = ReadingGroup
        fields = ["q", "topic", "format", "order", "open", "fits"]

    def __init__(self, *args: Any, own_week: OwnWeek | None, **kwargs: Any) -> None:
        """Groups are held against the viewer's week where they have marked one."""
        super().__init__(*args, **kwargs)
        self.own_week = own_week
        if own_week is not None:
            self.queryset = self.queryset.with_fit(own_week)
        else:
            for name in ("fits", "order"):
                field = self.form.fields[name]
                field.choices = [choice for choice in field.choices if name == "order" and choice[0] != "fits"]
            told = _("Mark your typical week first; then groups can be held against it.")
            self.form.fields["fits"].error_messages["invalid_choice"] = told

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset if self.form.cleaned_data.get("order") else queryset.order_by(*ORDERS["next"])

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def about(self, queryset, name, value):
        return queryset.about(value)

    def has_places(self, queryset, name, value):
        return queryset.with_places() if value else queryset

    def fits_week(self, queryset, name, value):
        return queryset.fitting(self.own_week) if value else queryset

    def sort(self, queryset, name, value):
        if value == "fits":
            # Of what nobody knows the time, no share fits.
            share = F("fit_count") * 1.0 / NullIf(F("fit_ahead"), 0)
            queryset = queryset.annotate(fit_share=ExpressionWrapper(share, output_field=FloatField()))
        if value == "places":
            queryset = queryset.annotate(places_left_now=F("capacity") - F("places_taken"))
        return queryset.order_by(*ORDERS[value])
