from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly
from members.availability.polls import actions
from members.availability.polls.models import Poll


@admin.register(Poll)
class PollAdmin(ReadOnly, ModelAdmin):
    """Polls as they stand: of how many people who are asked how many have answered, and never who, or what."""

    list_display = ["title", "opened_at", "closes_at", "turnout", "shows_names", "is_weekly", "is_free", "came_of_it"]
    list_filter = [
        ("organizers", AutocompleteSelectFilter),
        ("is_weekly", BooleanRadioFilter),
        ("is_free", BooleanRadioFilter),
        ("shows_names", BooleanRadioFilter),
    ]
    search_fields = ["title", "about"]
    date_hierarchy = "opened_at"
    ordering = ["-opened_at", "-id"]
    autocomplete_fields = ["organizers"]
    fields = [
        "title",
        "note",
        "about",
        "organizers",
        ("zone", "minutes"),
        ("is_weekly", "is_free", "shows_names"),
        ("opened_at", "closes_at", "closed_at"),
        ("guests_limit", "guests_taken"),
        "outcome_path",
    ]
    actions = ["close_polls"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Poll]:
        return super().get_queryset(request).with_turnout()

    def has_act_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("availability.change_poll")

    @display(description=_("answered"))
    def turnout(self, poll: Poll) -> str:
        return _("%(answered)s of %(asked)s") % {"answered": poll.answered, "asked": poll.asked}  # type: ignore[attr-defined]

    @display(description=_("came of it"), boolean=True)
    def came_of_it(self, poll: Poll) -> bool:
        return poll.is_settled

    @admin.action(description=_("Close, and mail the result to those who were asked"), permissions=["act"])
    def close_polls(self, request: HttpRequest, queryset: QuerySet[Poll]) -> None:
        now = timezone.now()
        open_ones = list(queryset.filter(closed_at=None, closes_at__gt=now).values_list("pk", flat=True))
        for pk in open_ones:
            actions.close_poll(actor=request.user, poll_id=pk, now=now)
        text = ngettext("%(n)s poll is closed.", "%(n)s polls are closed.", len(open_ones))
        self.message_user(request, text % {"n": len(open_ones)}, messages.SUCCESS if open_ones else messages.INFO)
