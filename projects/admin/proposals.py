from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly
from projects import actions
from projects.models import Proposal
from reading_groups.actions import IdeaIsSettled

State = Proposal.State
STATE_LABELS = {State.SUBMITTED: "warning", State.ACCEPTED: "success"}


@admin.register(Proposal)
class ProposalAdmin(ReadOnly, ModelAdmin):
    """Proposals and their answers. Returning one needs reasons, so that is done on its page on the site."""

    list_display = ["title", "state_label", "author", "collective", "submitted_at"]
    list_select_related = ["author", "collective"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("collective", AutocompleteSelectFilter),
        ("author", AutocompleteSelectFilter),
    ]
    search_fields = ["title_key", "author__name_key"]
    ordering = ["-submitted_at", "-id"]
    fields = readonly_fields = [
        "title",
        "question",
        "why",
        "first_experiment",
        "team_size",
        "author",
        "collective",
        "idea",
        "state",
        "submitted_at",
        "decided_at",
        "decided_by",
        "reasons",
    ]
    actions = ["accept", "park"]

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, proposal: Proposal) -> tuple[str, str]:
        return proposal.state, proposal.get_state_display()

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("projects.change_proposal")

    @admin.action(description=_("Accept: each becomes a project, and its author is told"), permissions=["decide"])
    def accept(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        self._decide(request, queryset, actions.accept_proposal)

    @admin.action(description=_("Park for later; the author is told"), permissions=["decide"])
    def park(self, request: HttpRequest, queryset: QuerySet[Proposal]) -> None:
        self._decide(request, queryset, actions.park_proposal)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Proposal], decide) -> None:
        count, now = 0, timezone.now()
        for pk in queryset.order_by("pk").values_list("pk", flat=True):
            try:
                decide(actor=request.user, proposal_id=pk, now=now)
            except (actions.AlreadyDecided, actions.AuthorHasLeft, IdeaIsSettled):
                continue
            count += 1
        text = ngettext("%(n)s proposal has its answer.", "%(n)s proposals have their answer.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)
