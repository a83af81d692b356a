from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display

from core.admin import ModelAdmin, ReadOnly, TabularInline, clean_visible, count_of
from members.handbook import actions
from members.handbook.models import ChecklistItem, Page, PageVersion, Suggestion, Tick

STATE_LABELS = {Suggestion.State.ACCEPTED: "success", Suggestion.State.OPEN: "warning"}


def on_site(path: str, text: str) -> str:
    return format_html('<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', path, text)


class PageForm(forms.ModelForm):
    class Meta:
        model = Page
        fields = ("title", "summary", "section", "order", "slug", "text")

    def clean_title(self) -> str:
        return clean_visible(self.cleaned_data["title"])

    def clean_section(self) -> str:
        return clean_visible(self.cleaned_data["section"])


class PageVersionInline(ReadOnly, TabularInline):
    model = PageVersion
    fields = readonly_fields = ["which", "saved_at", "author", "accepted_by", "note"]
    ordering = ("-number",)
    verbose_name_plural = _("versions")
    tab = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PageVersion]:
        versions = super().get_queryset(request).select_related("page", "author", "accepted_by")
        return versions.defer("text", "summary", "page__text", "page__search")

    @display(description=_("version"))
    def which(self, version: PageVersion) -> str:
        return on_site(reverse("handbook:version-detail", args=[version.page.slug, version.number]), version.number)


@admin.register(Page)
class PageAdmin(ModelAdmin):
    """Pages and their places. Words are changed on the site, where two people at once see both texts."""

    form = PageForm
    list_display = ["title", "section", "order", "revision", "changed_at", "changed_by", "is_removed"]
    list_select_related = ["changed_by"]
    list_filter = [("is_removed", BooleanRadioFilter)]
    search_fields = ["title", "section", "summary"]
    ordering = ["order", "id"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PageVersionInline]
    actions = ["take_out", "put_back"]
    fields = ["title", "summary", "words", "section", "order", "slug", "is_removed"]
    readonly_fields = ["title", "summary", "words", "is_removed"]
    add_fieldsets = [(None, {"fields": ["title", "summary", "section", "order", "slug", "text"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        return super().get_queryset(request).defer("text", "search")

    @display(description=_("text"))
    def words(self, page: Page) -> str:
        return on_site(reverse("handbook:page-edit", args=[page.slug]), _("Edit it on the site"))

    def get_fieldsets(self, request: HttpRequest, obj: Page | None = None) -> list:
        return super().get_fieldsets(request, obj) if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Page | None = None) -> list[str]:
        return self.readonly_fields if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Page | None = None) -> dict:
        # The address of a page that is there does not follow its title.
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Page | None) -> list[type[TabularInline]]:
        return self.inlines if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Page | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Page, form: forms.ModelForm, change: bool) -> None:
        data = form.cleaned_data
        if change:
            actions.arrange_page(page_id=obj.pk, section=data["section"], order=data["order"], slug=data["slug"])
            return
        page = actions.create_page(actor=request.user, now=timezone.now(), **data)
        obj.pk, obj.slug = page.pk, page.slug

    @admin.action(description=_("Take out of the handbook"), permissions=["change"])
    def take_out(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        for page in queryset:
            actions.remove_page(page_id=page.pk)
        self.message_user(request, _("Taken out. Organizers can still read them."), messages.SUCCESS)

    @admin.action(description=_("Put back into the handbook"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[Page]) -> None:
        for page in queryset:
            actions.restore_page(page_id=page.pk)
        self.message_user(request, _("Put back into the handbook."), messages.SUCCESS)


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnly, ModelAdmin):
    """To look at. They are answered on the site, beside the text that they are about."""

    list_display = ["page", "author", "state_label", "created_at", "decided_by", "decided_at"]
    list_select_related = ["page", "author", "decided_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    search_fields = ["page__title", "note", "author__name_key"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-id"]
    fields = readonly_fields = [
        "page",
        "author",
        "note",
        "there",
        "state",
        "created_at",
        "decided_by",
        "decided_at",
        "answer",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        return super().get_queryset(request).defer("text", "page__text", "page__search")

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, suggestion: Suggestion) -> tuple[str, str]:
        return suggestion.state, suggestion.get_state_display()

    @display(description=_("on the site"))
    def there(self, suggestion: Suggestion) -> str:
        return on_site(suggestion.get_absolute_url(), _("Read and answer it"))


class ChecklistItemAdmin(ModelAdmin):
    """The first steps of new members. Registered above, where the parts of the site are known."""

    list_display = ["text", "link", "part", "order", "tick_count"]
    search_fields = ["text", "key"]
    ordering = ["order", "id"]
    fields = ["text", "link", "order", "part", "key"]
    prepopulated_fields = {"key": ["text"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChecklistItem]:
        return super().get_queryset(request).annotate(tick_count=count_of(Tick, "item"))

    @display(description=_("ticked by"), ordering="tick_count")
    def tick_count(self, item: ChecklistItem) -> int:
        return item.tick_count
