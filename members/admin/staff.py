"""What those who may use the admin, and are not superusers, may do in it."""

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import ModelAdmin, ReadOnly

admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(ModelAdmin):
    list_display = ["name"]
    search_fields = ["name"]
    ordering = ["name"]
    autocomplete_fields = ["permissions"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        # Beside reading groups, “Groups” on the first page would mislead; the sidebar calls them by what they are.
        return False


@admin.register(Permission)
class StaffPermissionAdmin(ReadOnly, ModelAdmin):
    """Only so that permissions can be searched for; the list itself is Django's."""

    list_display = ["name", "content_type", "codename"]
    list_select_related = ["content_type"]
    fields = readonly_fields = ["name", "content_type", "codename"]
    search_fields = ["name", "codename", "content_type__app_label"]
    ordering = ["content_type__app_label", "content_type__model", "codename"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Permission]:
        # Their names contain that of the content type.
        return super().get_queryset(request).select_related("content_type")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
