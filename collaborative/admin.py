from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from collaborative.models import Site
from core.admin import ModelAdmin


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """The admin's sign-in: the site's own, with codes and rate limits, for everybody.

    The admin also sends here those who are signed in and may not use it. They are told so; the sign-in page would send
    them straight back.
    """
    if request.user.is_authenticated and not admin.site.has_permission(request):
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"), resolve_url("account_login"))


def favicon(request: HttpRequest) -> str:
    return static("img/favicon.svg")


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The admin's sidebar: what runs the collaborative, in the order in which people ask for it."""
    sections = [
        (
            _("People"),
            [
                (_("Members"), "group", "members.member"),
                (_("Collectives"), "hub", "members.collective"),
                (_("Institutions"), "school", "members.institution"),
                (_("Topics"), "account_tree", "members.topic"),
                (_("Meetings"), "groups", "availability.meeting"),
                (_("Times away"), "beach_access", "availability.away"),
                (_("Typical weeks"), "date_range", "availability.typicalweek"),
            ],
        ),
        (
            _("Reading groups"),
            [
                (_("Groups"), "menu_book", "reading_groups.readinggroup"),
                (_("Enrolments"), "how_to_reg", "reading_groups.enrolment"),
                (_("Sessions"), "event", "reading_groups.session"),
                (_("Readings"), "list_alt", "reading_groups.reading"),
                (_("Papers"), "article", "reading_groups.paper"),
            ],
        ),
        (
            _("Mentoring"),
            [
                (_("Rounds"), "diversity_3", "mentorship.round"),
                (_("Offers"), "volunteer_activism", "mentorship.offer"),
                (_("Requests"), "contact_support", "mentorship.request"),
                (_("Mentorships"), "handshake", "mentorship.mentorship"),
            ],
        ),
        (
            _("Cohorts"),
            [
                (_("Cohorts"), "groups", "cohorts.cohort"),
                (_("Applications"), "inbox", "cohorts.application"),
                (_("Decisions"), "rule", "cohorts.decisionbatch"),
                (_("Sections"), "group_work", "cohorts.section"),
                (_("Places"), "event_seat", "cohorts.place"),
            ],
        ),
        (
            _("Running the site"),
            [
                (_("This site"), "tune", "collaborative.site"),
                (_("Deliveries"), "outgoing_mail", "notifications.delivery"),
                (_("Rights of staff"), "admin_panel_settings", "auth.group"),
            ],
        ),
    ]
    return [
        {"title": title, "separator": True, "items": [_link(request, *entry) for entry in entries]}
        for title, entries in sections
    ]


def _link(request: HttpRequest, title: str, icon: str, label: str) -> dict[str, Any]:
    app, model = label.split(".")
    may_see = any(request.user.has_perm(f"{app}.{verb}_{model}") for verb in ("view", "change"))
    return {
        "title": title,
        "icon": icon,
        "link": reverse(f"admin:{app}_{model}_changelist"),
        "permission": lambda request: may_see,
    }


@admin.register(Site)
class SiteAdmin(ModelAdmin):
    """One row, so its list is its page."""

    fields = ["name", "lead", "zone", "contact_email"]
    search_fields = ["name"]
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Site | None:
        """The row, or its defaults, which the first save writes."""
        return Site.current() if object_id == "1" else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("admin:collaborative_site_change", 1)
