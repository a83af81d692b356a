from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import AutocompleteSelectFilter, BooleanRadioFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.admin import InlineFormSet, ModelAdmin, TabularInline
from core.text import one_line
from members import actions
from members.admin.collectives import clean_country
from members.admin.roles import MemberRoleInline
from members.models import CollectiveMembership, Member, TopicExperience

# Addresses are shown with their member.
admin.site.unregister(EmailAddress)


def clean_login(email: str, member: Member) -> str:
    """An address that nobody else signs in with or has confirmed. Raises ValidationError."""
    takers = Member.objects.filter(email__iexact=email) | Member.objects.filter(
        emailaddress__email__iexact=email, emailaddress__verified=True
    )
    if takers.exclude(pk=member.pk).exists():
        raise ValidationError(_("Another member has this address."), code="taken")
    return email


class MemberCreationForm(UserCreationForm):
    """The address, and a password or none: a code sent by mail signs in as well."""

    class Meta:
        model = Member
        fields = ("email", "name")
        field_classes = {}
        widgets = {"email": UnfoldAdminEmailInputWidget, "name": UnfoldAdminTextInputWidget}

    def clean_email(self) -> str:
        return clean_login(self.cleaned_data["email"], self.instance)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])


class MemberForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language of mails"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Member
        # The page says which; the hash of the password is none of them.
        fields = ("email", "name", "country")
        labels = {
            "spoken_languages": _("Languages they speak"),
            "bio": _("About them"),
            "is_superuser": _("May do everything"),
            "groups": _("Groups of staff"),
            "user_permissions": _("Single rights"),
        }
        help_texts = {
            "email": _("They sign in with it. A new one is confirmed by mail at their next sign-in."),
            "country": _("Two letters, as in IN or KE."),
            "spoken_languages": _("With commas: English, Hindi"),
            "is_superuser": _("Without being given rights one by one."),
            "groups": _("They may do what any of these may."),
            "user_permissions": _("Beside those of their groups."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "language" in self.fields:
            self.fields["language"].choices = [("", _("That of the site")), *settings.LANGUAGES]

    def clean_email(self) -> str:
        return clean_login(self.cleaned_data["email"], self.instance)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])


class AddressForm(forms.ModelForm):
    """An address does not turn into another one: that would keep the confirmation of the first."""

    class Meta:
        model = EmailAddress
        fields = ("email", "verified")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].disabled = self.instance.pk is not None

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("verified") and "email" in data:
            # Also on the first save, as the address of another member's login may not be confirmed yet.
            member = Member(pk=self.instance.user_id)
            try:
                clean_login(data["email"], member)
            except ValidationError as error:
                self.add_error("email" if not self.instance.pk else "verified", error)
        return data


class AddressFormSet(InlineFormSet):
    def clean(self) -> None:
        super().clean()
        if any(form.instance.primary for form in self.deleted_forms):
            raise ValidationError(_("They sign in with this address. Save another one for that first."), code="login")


class AddressInline(TabularInline):
    model = EmailAddress
    form = AddressForm
    formset = AddressFormSet
    fields = ["email", "verified", "primary"]
    readonly_fields = ["primary"]
    ordering = ("-primary", "email", "pk")


class TopicExperienceInline(TabularInline):
    model = TopicExperience
    autocomplete_fields = ["topic"]
    fields = ["topic", "level", "months"]
    ordering = ("topic__path", "pk")


class MemberCollectiveInline(TabularInline):
    model = CollectiveMembership
    autocomplete_fields = ["collective"]
    fields = ["collective", "is_lead"]
    ordering = ("collective__name_key", "pk")
    verbose_name = _("collective")
    verbose_name_plural = _("collectives")


@admin.register(Member)
class MemberAdmin(UserAdmin, ModelAdmin):
    """People. They are deactivated, never deleted: their places in groups are part of the groups' history."""

    form = MemberForm
    add_form = MemberCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["who", "email", "institution", "time_zone", "is_active", "joined_at"]
    list_select_related = ["institution"]
    list_filter = [
        ("is_active", BooleanRadioFilter),
        ("is_staff", BooleanRadioFilter),
        ("academic_position", ChoicesDropdownFilter),
        ("institution", AutocompleteSelectFilter),
        ("topics", AutocompleteSelectFilter),
    ]
    search_fields = ["name_key", "email", "emailaddress__email"]
    ordering = ["name_key", "id"]
    filter_horizontal = ()
    autocomplete_fields = ["institution", "groups", "user_permissions"]
    actions = ["deactivate", "reactivate"]

    fieldsets = [
        (None, {"fields": ["email", "name", "institution", "country", "academic_position", "citation_count"]}),
        (_("Place and language"), {"fields": ["time_zone", "language", "spoken_languages"]}),
        (_("About them"), {"fields": ["bio", "shows_name_publicly"]}),
        (_("Signing in"), {"fields": ["sign_in", "is_active", "joined_at", "last_login"]}),
        (_("May use the admin"), {"fields": ["is_staff", "is_superuser", "groups", "user_permissions"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]
    readonly_fields = ["sign_in", "is_active", "joined_at", "last_login"]
    # What would let somebody give themselves more rights than they have.
    only_for_superusers = ("is_staff", "is_superuser", "groups", "user_permissions")
    member_inlines = (AddressInline, TopicExperienceInline, MemberCollectiveInline, MemberRoleInline)

    @display(description=_("name"), ordering="name_key")
    def who(self, member: Member) -> str:
        return str(member)

    @display(description=_("password"))
    def sign_in(self, member: Member) -> str:
        state = _("Has one.") if member.has_usable_password() else _("None: signs in with a code sent by mail.")
        link = reverse("admin:auth_user_password_change", args=[member.pk])
        return format_html('{} <a href="{}">{}</a>', state, link, _("Set another"))

    def get_inlines(self, request: HttpRequest, obj: Member | None) -> tuple[type[TabularInline], ...]:
        return self.member_inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Member | None = None) -> list[str]:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else [*fields, *self.only_for_superusers]

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        """Whoever may change somebody's address or password can sign in as them, so staff are for superusers."""
        allowed = super().has_change_permission(request, obj)
        is_above = isinstance(obj, Member) and (obj.is_staff or obj.is_superuser) and obj != request.user
        return allowed and (request.user.is_superuser or not is_above)

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: list, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actions.set_login_address(member=form.instance, email=form.instance.email)

    @admin.action(description=_("Deactivate: they can no longer sign in"), permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        count = 0
        for member in self._changeable(request, queryset.filter(is_active=True)):
            try:
                actions.deactivate_member(actor=request.user, member=member)
            except actions.CannotDeactivateYourself:
                self.message_user(request, _("You cannot deactivate yourself. Ask another admin."), messages.WARNING)
            else:
                count += 1
        self._tell(request, ngettext("%(n)s member deactivated.", "%(n)s members deactivated.", count), count)

    @admin.action(description=_("Reactivate: they can sign in again"), permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        members = self._changeable(request, queryset.filter(is_active=False))
        for member in members:
            actions.reactivate_member(member=member)
        self._tell(
            request, ngettext("%(n)s member reactivated.", "%(n)s members reactivated.", len(members)), len(members)
        )

    def _changeable(self, request: HttpRequest, members: QuerySet[Member]) -> list[Member]:
        return [member for member in members if self.has_change_permission(request, member)]

    def _tell(self, request: HttpRequest, text: str, count: int) -> None:
        self.message_user(request, text % {"n": count}, messages.SUCCESS if count else messages.INFO)
