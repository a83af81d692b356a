from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline
from reading_groups import actions
from reading_groups.models import InvitationLink, InvitationUse, SitIn


class InvitationUseInline(ReadOnly, TabularInline):
    """Who came by a link."""

    model = InvitationUse
    fields = readonly_fields = ["member", "used_at"]
    ordering = ("used_at", "pk")
    verbose_name_plural = _("came by it")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[InvitationUse]:
        return super().get_queryset(request).select_related("member")


@admin.register(InvitationLink)
class InvitationLinkAdmin(ReadOnly, ModelAdmin):
    """Links into groups. Their organizers make them and change their caps on the site."""

    list_display = ["__str__", "group", "created_by", "created_at", "used", "most_uses", "is_open"]
    list_select_related = ["group", "created_by"]
    list_filter = [("group", AutocompleteSelectFilter), ("created_by", AutocompleteSelectFilter)]
    search_fields = ["note", "group__title_key"]
    ordering = ["-created_at", "-id"]
    fields = readonly_fields = ["group", "note", "created_by", "created_at", "used", "most_uses", "revoked_at"]
    inlines = [InvitationUseInline]
    actions = ["revoke"]

    @display(description=_("open"), boolean=True)
    def is_open(self, link: InvitationLink) -> bool:
        return link.is_open

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reading_groups.change_invitationlink")

    @admin.action(description=_("Revoke: nobody comes in by it any more, for good"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[InvitationLink]) -> None:
        now = timezone.now()
        ids = list(queryset.filter(revoked_at=None).order_by("pk").values_list("pk", flat=True))
        for pk in ids:
            actions.revoke_link(link_id=pk, now=now)
        text = ngettext("%(n)s link is revoked.", "%(n)s links are revoked.", len(ids))
        self.message_user(request, text % {"n": len(ids)}, messages.SUCCESS if ids else messages.INFO)


@admin.register(SitIn)
class SitInAdmin(ReadOnly, ModelAdmin):
    """Who sat in where, and what they answered afterwards."""

    list_display = ["member", "group", "session_on", "answer", "answered_at"]
    list_select_related = ["member", "group", "session"]
    list_filter = [
        ("group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
        ("answer", ChoicesDropdownFilter),
    ]
    search_fields = ["member__name_key", "member__email", "group__title_key"]
    ordering = ["-asked_at", "-id"]
    fields = readonly_fields = ["group", "member", "session_on", "asked_at", "answer", "answered_at"]

    @display(description=_("session"), ordering="session__held_on")
    def session_on(self, sit_in: SitIn) -> str:
        return str(sit_in.session.held_on)
