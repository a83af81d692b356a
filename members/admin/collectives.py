from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.admin import ModelAdmin, TabularInline, clean_visible, count_of
from members.models import Collective, CollectiveMembership, Institution, Member


def clean_country(code: str) -> str:
    """Two letters, as ISO 3166 has them, or nothing. Raises ValidationError."""
    code = code.upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise ValidationError(_("Two letters, as in IN or KE."), code="country")
    return code


class InstitutionForm(forms.ModelForm):
    class Meta:
        model = Institution
        fields = ("name", "country", "mail_domains")
        labels = {"mail_domains": _("Mail domains")}
        help_texts = {"mail_domains": _("With commas: example.edu, students.example.edu")}

    def clean_name(self) -> str:
        return clean_visible(self.cleaned_data["name"])

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "name" in data and "country" in data:
            # The key that is unique is not a field of the form, so Django does not look at it.
            same = Institution.objects.called(data["name"]).filter(country=data["country"])
            if same.exclude(pk=self.instance.pk).exists():
                self.add_error("name", _("This institution is already in the list for that country."))
        return data


@admin.register(Institution)
class InstitutionAdmin(ModelAdmin):
    form = InstitutionForm
    list_display = ["name", "country", "member_count"]
    list_filter = ["country"]
    search_fields = ["name_key", "mail_domains"]
    ordering = ["name_key", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Institution]:
        return super().get_queryset(request).annotate(member_count=count_of(Member, "institution"))

    @display(description=_("members"), ordering="member_count")
    def member_count(self, institution: Institution) -> int:
        return institution.member_count


class MembershipInline(TabularInline):
    model = CollectiveMembership
    autocomplete_fields = ["member"]
    fields = ["member", "is_lead"]
    ordering = ("-is_lead", "member__name_key", "pk")
    verbose_name = _("member")
    verbose_name_plural = _("members")
    tab = False


class CollectiveForm(forms.ModelForm):
    class Meta:
        model = Collective
        fields = ("name", "slug", "description")

    def clean_name(self) -> str:
        name = clean_visible(self.cleaned_data["name"])
        key = Collective._meta.get_field("name_key").key_of(name)
        if Collective.objects.filter(name_key=key).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a collective of this name."), code="taken")
        return name


@admin.register(Collective)
class CollectiveAdmin(ModelAdmin):
    form = CollectiveForm
    list_display = ["name", "member_count"]
    search_fields = ["name_key", "slug"]
    ordering = ["name_key", "id"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collective]:
        return super().get_queryset(request).annotate(member_count=count_of(CollectiveMembership, "collective"))

    @display(description=_("members"), ordering="member_count")
    def member_count(self, collective: Collective) -> int:
        return collective.member_count
