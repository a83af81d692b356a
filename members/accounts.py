"""Where allauth meets this site: what signing up asks for."""

from allauth.account import forms
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.SignupForm):
    """An address and a password; name, zone and the rest are asked once the address is known to be right."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Your college address is fine. You may add a lasting one later.")


class AccountAdapter(DefaultAccountAdapter):
    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return reverse("members:profile-edit")

    def populate_username(self, request: HttpRequest, user) -> None:
        """There are no user names here; the address is the login."""
