"""Who a program is: by a member's token, or by the session of their browser."""

import hashlib

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request


def digest_of_token(token: str) -> str:
    """What is kept of a token. Tokens are long and random, so nobody gets back from here to one that works."""
    return hashlib.sha256(token.encode()).hexdigest()[:40]


class TokenAuthentication(authentication.TokenAuthentication):
    """By `Authorization: Token …`. The database holds digests only. One query."""

    def authenticate_credentials(self, key: str) -> tuple:
        return super().authenticate_credentials(digest_of_token(key))


class SessionAuthentication(authentication.SessionAuthentication):
    """By the session of a browser; what changes something also needs the token against forgery."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            detail = _("Send the site's CSRF token as X-CSRFToken, or use a token of your own.")
            raise exceptions.PermissionDenied(detail, code="csrf_failed") from None
