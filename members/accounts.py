"""Where allauth meets this site: what its forms say, whose an address is, and where signing in leads."""

import smtplib
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import structlog
from allauth.account import forms, views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Member

logger = structlog.get_logger(__name__)

LONGEST_EMAIL = Member._meta.get_field("email").max_length or 254


def owner_of(email: str) -> Member | None:
    """Whose address this is: theirs who confirmed it, else theirs who signed up with it.

    One that somebody has only added to their account does not count, since anybody can type anybody's.
    """
    email = email.lower()
    confirmed = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    if confirmed:
        return confirmed.user
    member = Member.objects.filter(email__iexact=email).first()
    # The database folds some foreign letters into ASCII ones; a mail to such an address would reach somebody else.
    return member if member and member.email.lower() == email else None


def with_next(url: str, target: str) -> str:
    return f"{url}?next={quote(target)}"


# Words --------------------------------------------------------------------------------------------------------------


class InOurWords:
    """A form of allauth's with the labels and hints of this site. A password is typed once: a code helps out."""

    labels = {
        "email": gettext_lazy("Email"),
        "login": gettext_lazy("Email"),
        "oldpassword": gettext_lazy("Present password"),
        "password": gettext_lazy("Password"),
        "password1": gettext_lazy("New password"),
        "code": gettext_lazy("Code"),
    }
    hints = {
        "password1": gettext_lazy("Ten characters or more. A few words that do not belong together are hard to guess."),
        "password": "",
        "oldpassword": "",
    }

    fields: dict[str, Any]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)
            field.widget.attrs.pop("placeholder", None)


class LoginForm(InOurWords, forms.LoginForm):
    pass


class AddEmailForm(InOurWords, forms.AddEmailForm):
    labels = InOurWords.labels | {"email": gettext_lazy("Another address")}


class ChangePasswordForm(InOurWords, forms.ChangePasswordForm):
    pass


class SetPasswordForm(InOurWords, forms.SetPasswordForm):
    pass


class ResetPasswordKeyForm(InOurWords, forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(InOurWords, forms.ReauthenticateForm):
    pass


class ConfirmLoginCodeForm(InOurWords, forms.ConfirmLoginCodeForm):
    hints = InOurWords.hints | {"code": gettext_lazy("From the newest mail. Capitals and dashes do not matter.")}


class SignupForm(InOurWords, forms.SignupForm):
    """An address and a password; name, zone and the rest are asked once the address is known to be right."""

    labels = InOurWords.labels | {"password1": gettext_lazy("Password")}
    hints = InOurWords.hints | {"email": gettext_lazy("Your college address is fine. You may add a lasting one later.")}

    def validate_unique_email(self, value: str) -> str:
        self.account_already_exists = owner_of(value) is not None
        return value

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """The new member, or the answer that looks the same where the address has an owner, who gets a mail."""
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return self.save(request), None
            except IntegrityError:
                # Somebody signed up with this address a moment ago, perhaps by a double click.
                self.account_already_exists = True
        return super().try_save(request)


class RequestLoginCodeForm(InOurWords, forms.RequestLoginCodeForm):
    def clean_email(self) -> str:
        email = super().clean_email()
        owner = owner_of(email)
        self._user = owner if owner and owner.is_active else None
        return email


class ResetPasswordForm(InOurWords, forms.ResetPasswordForm):
    def clean_email(self) -> str:
        email = super().clean_email()
        owner = owner_of(email)
        self.users = [owner] if owner and owner.is_active else []
        return email


# Where things lead --------------------------------------------------------------------------------------------------


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("This account is closed."),
        "cannot_remove_primary_email": gettext_lazy("Make another address the main one first."),
        "duplicate_email": gettext_lazy("This address is among yours already."),
        "email_password_mismatch": gettext_lazy(
            "This email and this password do not go together. Check both, or let us send you a code."
        ),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("This is not the code we sent. Look in the newest mail."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "invalid_password_reset": gettext_lazy("This link has been used, or is too old."),
        "max_email_addresses": gettext_lazy("You have %d addresses, and that is the most. Remove one first."),
        "rate_limited": gettext_lazy("That was too many tries in a short time. Wait a few minutes, then try again."),
        "too_many_login_attempts": gettext_lazy("That was too many tries. Wait a few minutes, then try again."),
        "unverified_primary_email": gettext_lazy("Confirm this address first, by the link in the mail we sent to it."),
    }

    def populate_username(self, request: HttpRequest, user: Member) -> None:
        """There are no user names here; the address is the login."""

    def clean_email(self, email: str) -> str:
        if len(email) > LONGEST_EMAIL:
            raise ValidationError(
                _("An address has at most %(most)s characters."), code="too_long", params={"most": LONGEST_EMAIL}
            )
        return email

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link in the mail. In another browser it leads to the sign-in, and on to where they wanted to go."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        wanted = get_next_redirect_url(request)
        return with_next(url, with_next(reverse("account_login"), wanted)) if wanted else url

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        if self.request.user.is_authenticated:
            return reverse("account_email")
        return super().get_email_verification_redirect_url(email_address)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def post_login(self, request: HttpRequest, user: Member, **kwargs: Any) -> HttpResponse:
        """On to where they wanted to go; by way of the profile where there is no name and no zone yet."""
        response = super().post_login(request, user, **kwargs)
        if not user.has_profile:
            response["Location"] = with_next(reverse("members:profile-edit"), response["Location"])
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an account mail at once. Where the mail server refuses or is silent, the page says so."""
        try:
            super().send_mail(template_prefix, email, context)
        except (smtplib.SMTPException, OSError) as error:
            logger.error("account_mail_failed", mail=template_prefix, error=type(error).__name__)
            messages.error(self.request, _("The mail could not be sent just now. Try again in five minutes."))


@receiver(email_confirmed)
def settle_address(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """Whoever shows that an address is theirs gets it free of claims that nobody has shown.

    A password that was typed at sign-up, before the address was confirmed by a code, may be a stranger's, and is
    dropped. An account with this address that was never confirmed and never used is removed.
    """
    member = email_address.user
    by_code = any(record["method"] == "code" for record in get_authentication_records(request, member))
    if by_code and member.last_login is None:
        member.set_unusable_password()
        member.save(update_fields=["password"])
        messages.info(
            request,
            _("You came by a code before your address was confirmed, so you have no password yet. You may set one."),
        )
    unused = Member.objects.filter(last_login=None, name="", is_staff=False, email__iexact=email_address.email)
    with suppress(ProtectedError):
        unused.exclude(pk=member.pk).exclude(emailaddress__verified=True).delete()


class ByButtonOnly:
    """allauth signs out whoever opens a link that was sent to somebody else. Here it takes the button on its page."""

    request: HttpRequest

    def logout(self) -> None:
        if self.request.method == "POST":
            super().logout()  # type: ignore[misc]


class ConfirmEmailView(ByButtonOnly, views.ConfirmEmailView):
    pass


class PasswordResetFromKeyView(ByButtonOnly, views.PasswordResetFromKeyView):
    pass
