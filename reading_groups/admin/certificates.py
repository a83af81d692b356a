from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly
from reading_groups import actions
from reading_groups.models import Certificate, GroupInvitation


@admin.register(Certificate)
class CertificateAdmin(ReadOnly, ModelAdmin):
    """Certificates as they were issued. Groups issue them on the site; here one is revoked, or gets another name."""

    list_display = ["member", "group", "attended_of", "issued_at", "is_valid"]
    list_select_related = ["group", "member"]
    list_filter = [("group", AutocompleteSelectFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["code", "name", "member__name_key", "member__email", "group__title_key"]
    ordering = ["-issued_at", "-id"]
    fields = readonly_fields = [
        "shown_code",
        "group",
        "member",
        "name",
        "attended_of",
        "first_on",
        "last_on",
        "issued_at",
        "revoked_at",
    ]
    actions = ["revoke", "restore", "rename"]

    @display(description=_("valid"), boolean=True)
    def is_valid(self, certificate: Certificate) -> bool:
        return certificate.revoked_at is None

    @display(description=_("sessions"))
    def attended_of(self, certificate: Certificate) -> str:
        return _("%(n)s of %(all)s") % {"n": certificate.attended, "all": certificate.sessions}

    @display(description=_("code"))
    def shown_code(self, certificate: Certificate) -> str:
        return certificate.shown_code

    def has_change_one_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reading_groups.change_certificate")

    @admin.action(description=_("Revoke: the code says that it is not valid"), permissions=["change_one"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> None:
        now = timezone.now()
        rows = queryset.filter(revoked_at=None)
        self._each(request, rows, lambda pk: actions.revoke_certificate(certificate_id=pk, now=now))

    @admin.action(description=_("Restore what was revoked"), permissions=["change_one"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> None:
        rows = queryset.exclude(revoked_at=None)
        self._each(request, rows, lambda pk: actions.restore_certificate(certificate_id=pk))

    @admin.action(description=_("Put the holder's present name on it"), permissions=["change_one"])
    def rename(self, request: HttpRequest, queryset: QuerySet[Certificate]) -> None:
        rows = queryset.exclude(name="")
        self._each(request, rows, lambda pk: actions.rename_certificate(certificate_id=pk))

    def _each(self, request: HttpRequest, rows: QuerySet[Certificate], act: Callable[[int], Certificate]) -> None:
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for pk in ids:
            act(pk)
        text = ngettext("%(n)s certificate is changed.", "%(n)s certificates are changed.", len(ids))
        self.message_user(request, text % {"n": len(ids)}, messages.SUCCESS if ids else messages.INFO)


@admin.register(GroupInvitation)
class GroupInvitationAdmin(ReadOnly, ModelAdmin):
    """Who was asked into which group by name. Its organizers invite, and take back, on the site."""

    list_display = ["member", "group", "invited_by", "invited_at"]
    list_select_related = ["member", "group", "invited_by"]
    list_filter = [("group", AutocompleteSelectFilter), ("member", AutocompleteSelectFilter)]
    search_fields = ["member__name_key", "member__email", "group__title_key"]
    ordering = ["-invited_at", "-id"]
    fields = readonly_fields = ["group", "member", "invited_by", "invited_at"]
