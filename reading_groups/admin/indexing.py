"""What the search finds groups by is renewed with every change to it."""

from django.contrib.admin.options import ModelAdmin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from reading_groups import actions


class Indexed(ModelAdmin):
    """A model whose texts groups are found by. `found_by` names the lookup from it to the ids of those groups."""

    found_by: str

    def group_ids(self, rows: QuerySet) -> list[int]:
        return [pk for pk in rows.order_by().values_list(self.found_by, flat=True).distinct() if pk is not None]

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actions.index_groups(group_ids=self.group_ids(self.model.objects.filter(pk=form.instance.pk)))

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        group_ids = self.group_ids(self.model.objects.filter(pk=obj.pk))
        super().delete_model(request, obj)
        actions.index_groups(group_ids=group_ids)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        group_ids = self.group_ids(self.model.objects.filter(pk__in=queryset.values("pk")))
        super().delete_queryset(request, queryset)
        actions.index_groups(group_ids=group_ids)
