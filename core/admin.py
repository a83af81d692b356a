"""What all pages of the admin share: the theme's classes, zones chosen by city, search that ignores accents."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin import ActionLocation
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold import admin as unfold
from unfold.dataclasses import UnfoldAction
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from core.clock import place_zones, validate_zone
from core.forms import ZoneField
from core.text import fold, one_line

# As many rows of an inline as one page shows. Each row's autocomplete asks the database for its label.
INLINE_ROWS = 20
# Further than this, nobody counts or turns pages in a list that is bounded; they filter it.
MOST_COUNTED = 10_000


class ZoneSelect(UnfoldAdminSelect2Widget):
    """Cities to search in. A stored zone that is no city, such as Etc/GMT+5, stays chosen."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list:
        others = [zone for zone in value if zone and zone not in place_zones()]
        self.choices = [*self.choices, *[(zone, zone) for zone in others]]
        return super().optgroups(name, value, attrs)


class DayInput(forms.DateInput):
    """The browser's own calendar. The admin's would compare the viewer's clock with times that are not theirs."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    """The time that clocks show at a place, in the browser's own way."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%H:%M")


class Fields(admin.options.BaseModelAdmin):
    """Fields as this site shows them; pages that need more name them in their form."""

    formfield_overrides: ClassVar[dict] = {
        models.DateField: {"widget": DayInput},
        models.TimeField: {"widget": ClockInput},
        ArrayField: {"widget": UnfoldAdminTextInputWidget},
    }

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        if validate_zone in db_field.validators:
            return ZoneField(
                label=capfirst(str(db_field.verbose_name)),
                required=not db_field.blank,
                help_text=db_field.help_text,
                widget=ZoneSelect,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class ModelAdmin(Fields, unfold.ModelAdmin):
    """Lists cost the same number of queries at any length; `list_select_related` names what their columns need."""

    list_filter_submit = True
    warn_unsaved_form = True
    # Counting every row for “3 results (300 total)”, and every choice of every filter, costs more than it tells.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the admin lists it: not while the part of the site that its app is for is off."""
        is_off = self.opts.app_label in request.namespaces_off  # type: ignore[attr-defined]
        return not is_off and super().has_module_permission(request)

    def get_action_choices(
        self,
        request: HttpRequest,
        default_choices: list | None = None,
        action_location: ActionLocation = ActionLocation.CHANGE_LIST,
    ) -> list[tuple[str, str]]:
        # The theme's own does not know of locations yet, which Django 6.1 asks for.
        blank = [("", _("Select action"))]
        return super(unfold.ModelAdmin, self).get_action_choices(request, blank, action_location)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """Names are searched by their folded keys, so the words are folded as well."""
        return super().get_search_results(request, queryset, fold(search_term))


class BoundedPaginator(Paginator):
    """Counts no further than `MOST_COUNTED`, and leads no further: for lists of a million rows, which are filtered."""

    template_name = "admin/pagination_bounded.html"

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[: self.most + 1].count()  # type: ignore[union-attr]

    @property
    def most(self) -> int:
        return MOST_COUNTED

    @property
    def has_more(self) -> bool:
        """Whether there are more than are counted."""
        return self.count > self.most


class ReadOnly(admin.options.BaseModelAdmin):
    """To be looked at: what changes these rows is an action."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Undoable(admin.options.BaseModelAdmin):
    """Rows that are held for a while: what can be done on their page is offered as long as they can be undone."""

    def get_actions_detail(self, request: HttpRequest, object_id: int | str) -> list[UnfoldAction]:
        row = self.get_object(request, str(object_id))
        may_undo = row is not None and row.can_be_undone_at(timezone.now())
        return super().get_actions_detail(request, object_id) if may_undo else []


class InlineFormSet(PaginationInlineFormSet):
    def get_page_num(self) -> int:
        try:
            return super().get_page_num()
        except ValueError:  # digits that are no number, such as a superscript
            return 1


class TabularInline(Fields, unfold.TabularInline):
    formset = InlineFormSet
    extra = 0
    per_page = INLINE_ROWS
    show_title = False
    tab = True
    # Pages of rows need an order of their own.
    ordering: ClassVar[tuple[str, ...]] = ("pk",)


class LinesField(forms.CharField):
    """A list with one entry per line, for entries that may hold commas themselves."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line for line in (" ".join(row.split()) for row in super().clean(value).splitlines()) if line]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def clean_visible(text: str) -> str:
    """A name or title in one line. Raises ValidationError where nothing of it can be seen."""
    line = one_line(text)
    if not line:
        raise ValidationError(_("Type something that can be seen."), code="no_letters")
    return line


def count_of(model: type[models.Model], key: str) -> Coalesce:
    """How many rows of another model point to each row by this key; as a subquery, which counting pages leaves out."""
    rows = model._default_manager.filter(**{key: OuterRef("pk")}).order_by().values(key)
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def leave_dialog(request: HttpRequest, page: str) -> HttpResponse:
    """Go on to a page after a dialog, which the theme sends by itself where it can."""
    return HttpResponse(headers={"HX-Redirect": page}) if request.headers.get("HX-Request") else redirect(page)


def link_to(instance: models.Model, text: str) -> str:
    """A link to the page of a row in the admin."""
    page = f"admin:{instance._meta.app_label}_{instance._meta.model_name}_change"
    return format_html(
        '<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', reverse(page, args=[instance.pk]), text
    )
