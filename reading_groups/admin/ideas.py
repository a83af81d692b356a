from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline, count_of
from reading_groups import actions
from reading_groups.models import Hand, Idea

State = Idea.State
STATE_LABELS = {State.READY: "success", State.ADOPTED: "success", State.OPEN: "info"}


class HandInline(ReadOnly, TabularInline):
    model = Hand
    fields = readonly_fields = ["member", "raised_at"]
    ordering = ("raised_at", "pk")
    verbose_name_plural = _("hands")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hand]:
        return super().get_queryset(request).select_related("member")


@admin.register(Idea)
class IdeaAdmin(ModelAdmin):
    """Ideas of all groups. Their state follows their hands; what can be done by hand is to park one. Nobody's words
    are changed by somebody else, and what became a project stays.
    """

    list_display = ["title", "state_label", "hand_count", "group", "member", "put_up_at"]
    list_select_related = ["group", "member"]
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("group", AutocompleteSelectFilter),
        ("member", AutocompleteSelectFilter),
    ]
    search_fields = ["title", "text", "group__title_key", "member__name_key"]
    date_hierarchy = "put_up_at"
    ordering = ["-put_up_at", "-id"]
    fields = ["group", "member", "title", "text", "paper", "state", "put_up_at", "adopted_at", "adopted_by"]
    autocomplete_fields = ["group", "member", "paper", "adopted_by"]
    inlines = [HandInline]
    actions = ["park", "unpark"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Idea]:
        return super().get_queryset(request).annotate(hands_now=count_of(Hand, "idea"))

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, idea: Idea) -> tuple[str, str]:
        return idea.state, idea.get_state_display()

    @display(description=_("hands"), ordering="hands_now")
    def hand_count(self, idea: Idea) -> int:
        return idea.hands_now

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Idea | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Idea | None = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or obj.state != State.ADOPTED)

    def get_deleted_objects(self, objs: QuerySet[Idea], request: HttpRequest) -> tuple:
        deleted, count, needed, protected = super().get_deleted_objects(objs, request)
        return deleted, count, needed, [*protected, *[str(idea) for idea in objs if idea.state == State.ADOPTED]]

    def has_park_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("reading_groups.change_idea")

    @admin.action(description=_("Park"), permissions=["park"])
    def park(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        count = self._each(actions.park_idea, queryset.exclude(state=State.PARKED))
        text = ngettext("%(n)s idea is parked.", "%(n)s ideas are parked.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)

    @admin.action(description=_("Put up again"), permissions=["park"])
    def unpark(self, request: HttpRequest, queryset: QuerySet[Idea]) -> None:
        count = self._each(actions.unpark_idea, queryset.filter(state=State.PARKED))
        text = ngettext("%(n)s idea is on the board again.", "%(n)s ideas are on the board again.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)

    def _each(self, act: Callable[..., Idea], ideas: QuerySet[Idea]) -> int:
        count = 0
        for pk in ideas.order_by("pk").values_list("pk", flat=True):
            try:
                act(idea_id=pk)
            except (actions.IdeaIsSettled, Idea.DoesNotExist):
                continue
            count += 1
        return count
