"""Headers that Django has no setting for, and the parts of the site that are on."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from collaborative.models import Site
from collaborative.parts import namespaces_off, part_of

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)
# The admin's theme evaluates expressions in its markup, writes styles into it, and opens forms for related rows in a
# frame on the same page. No other page may do any of this.
ADMIN_CSP = settings.SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}


def policies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add the permissions policy to every page, and to the admin's own pages the content policy of its theme.

    Errors are told on the site's pages, below /admin/ too, and keep the site's policy.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if _is_page_of_admin(request, response):
            response._csp_config = ADMIN_CSP  # type: ignore[attr-defined]
        return response

    return middleware


def _is_page_of_admin(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    return match is not None and "admin" in match.app_names and response.status_code < 400


class PartsMiddleware(MiddlewareMixin):
    """What belongs to a part that is off does not exist: 404 for everybody, whether signed in or not.

    Sets `request.site`, the collaborative, `request.parts`, the keys of what is on, and `request.namespaces_off`, which
    lower floors may read. They are loaded when first asked for, with one query.
    """

    def process_request(self, request: Any) -> None:
        request.site = SimpleLazyObject(Site.current)
        request.parts = SimpleLazyObject(lambda: frozenset(request.site.parts))
        request.namespaces_off = SimpleLazyObject(lambda: namespaces_off(request.parts))
        request.part = None

    def process_view(self, request: Any, view: Callable, args: tuple, kwargs: dict) -> None:
        request.part = part_of(request.resolver_match.namespaces)
        if request.part is not None and request.part.key not in request.parts:
            raise Http404
