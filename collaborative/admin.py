from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import TokenProxy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from collaborative.models import Site
from collaborative.parts import PARTS
from core.admin import ModelAdmin, clean_visible
from members.handbook.admin import ChecklistItemAdmin
from members.handbook.models import ChecklistItem

# Whose programs may do what is nobody's to see or to change but the member's own.
admin.site.unregister(TokenProxy)


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
    # Each with the part of the site that it belongs to, if any.
    sections = [
        (
            _("People"),
            "",
            [
                (_("Members"), "group", "members.member"),
                (_("Collectives"), "hub", "members.collective"),
                (_("Roles"), "badge", "members.role"),
                (_("Institutions"), "school", "members.institution"),
                (_("Topics"), "account_tree", "members.topic"),
                (_("Meetings"), "groups", "availability.meeting"),
                (_("Polls"), "how_to_vote", "availability.poll"),
                (_("Times away"), "beach_access", "availability.away"),
                (_("Typical weeks"), "date_range", "availability.typicalweek"),
            ],
        ),
        (
            _("Reading groups"),
            "groups",
            [
                (_("Groups"), "menu_book", "reading_groups.readinggroup"),
                (_("Enrolments"), "how_to_reg", "reading_groups.enrolment"),
                (_("Invitation links"), "link", "reading_groups.invitationlink"),
                (_("Invited members"), "mail", "reading_groups.groupinvitation"),
                (_("Sitting in"), "chair_alt", "reading_groups.sitin"),
                (_("Who is coming"), "event_upcoming", "reading_groups.rsvp"),
                (_("Who came"), "how_to_reg", "reading_groups.attendance"),
                (_("Sessions"), "event", "reading_groups.session"),
                (_("Readings"), "list_alt", "reading_groups.reading"),
                (_("Papers"), "article", "reading_groups.paper"),
                (_("Presentations"), "co_present", "reading_groups.presentation"),
                (_("Files of presenters"), "attach_file", "reading_groups.presentationfile"),
                (_("Invitations to present"), "person_add", "reading_groups.presentinginvitation"),
                (_("Swaps"), "swap_horiz", "reading_groups.presentingswap"),
                (_("Questions"), "help", "reading_groups.question"),
                (_("Answers"), "forum", "reading_groups.answer"),
                (_("Notes"), "rate_review", "reading_groups.note"),
                (_("Ideas"), "lightbulb", "reading_groups.idea"),
                (_("Messages"), "campaign", "reading_groups.groupmessage"),
                (_("Small groups"), "diversity_2", "reading_groups.split"),
                (_("Summaries"), "summarize", "reading_groups.summary"),
                (_("Certificates"), "workspace_premium", "reading_groups.certificate"),
            ],
        ),
        (
            _("Handbook"),
            "handbook",
            [
                (_("Pages"), "auto_stories", "handbook.page"),
                (_("Suggestions"), "rate_review", "handbook.suggestion"),
                (_("Checklist"), "checklist", "handbook.checklistitem"),
            ],
        ),
        (
            _("Mentoring"),
            "mentoring",
            [
                (_("Rounds"), "diversity_3", "mentorship.round"),
                (_("Offers"), "volunteer_activism", "mentorship.offer"),
                (_("Requests"), "contact_support", "mentorship.request"),
                (_("Mentorships"), "handshake", "mentorship.mentorship"),
            ],
        ),
        (
            _("Cohorts"),
            "cohorts",
            [
                (_("Cohorts"), "groups", "cohorts.cohort"),
                (_("Applications"), "inbox", "cohorts.application"),
                (_("Decisions"), "rule", "cohorts.decisionbatch"),
                (_("Sections"), "group_work", "cohorts.section"),
                (_("Places"), "event_seat", "cohorts.place"),
            ],
        ),
        (
            _("Projects"),
            "projects",
            [
                (_("Projects"), "science", "projects.project"),
                (_("Proposals"), "lightbulb", "projects.proposal"),
                (_("Tasks"), "task_alt", "projects.task"),
                (_("Updates"), "campaign", "projects.update"),
                (_("Outputs"), "inventory_2", "projects.output"),
            ],
        ),
        (
            _("Running the site"),
            "",
            [
                (_("This site"), "tune", "collaborative.site"),
                (_("Deliveries"), "outgoing_mail", "notifications.delivery"),
                (_("Rights of staff"), "admin_panel_settings", "auth.group"),
            ],
        ),
    ]
    return [
        {"title": title, "separator": True, "items": [_link(request, *entry) for entry in entries]}
        for title, part, entries in sections
        if not part or part in request.parts  # type: ignore[attr-defined]
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


class SiteForm(forms.ModelForm):
    parts = forms.MultipleChoiceField(
        label=_("Parts"),
        choices=[(part.key, part.title) for part in PARTS],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_(
            "What is switched off is nowhere on the site. What was written in it stays, and comes back with it."
        ),
    )

    class Meta:
        model = Site
        fields = ("name", "lead", "zone", "contact_email", "parts")

    def clean_name(self) -> str:
        return clean_visible(self.cleaned_data["name"])


@admin.register(Site)
class SiteAdmin(ModelAdmin):
    """One row, so its list is its page."""

    form = SiteForm
    fields = ["name", "lead", "zone", "contact_email", "parts"]
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


@admin.register(ChecklistItem)
class SiteChecklistItemAdmin(ChecklistItemAdmin):
    """Items are kept two floors below, which does not know the parts of the site."""

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is None or db_field.name != "part":
            return field
        choices = [("", _("None: always shown")), *((part.key, part.title) for part in PARTS)]
        return forms.ChoiceField(
            label=field.label,
            choices=choices,
            required=False,
            help_text=field.help_text,
            widget=UnfoldAdminSelectWidget,
        )
