"""Headers that Django has no setting for, and the parts of the site that are on."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject

from collaborative.models import Site
from collaborative.parts import part_of

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)
# The admin's theme evaluates expressions in its markup and writes styles into it; no other page may.
ADMIN_CSP = settings.SECURE_CSP | {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}


def policies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if request.path.startswith("/admin/"):
            response._csp_config = ADMIN_CSP  # type: ignore[attr-defined]
        return response

    return middleware


class PartsMiddleware(MiddlewareMixin):
    """What belongs to a part that is off does not exist: 404 for everybody, whether signed in or not.

    Sets `request.site`, the collaborative, and `request.parts`, the keys of what is on, which lower floors may read.
    Both are loaded when first asked for, with one query.
    """

    def process_request(self, request: Any) -> None:
        request.site = SimpleLazyObject(Site.current)
        request.parts = SimpleLazyObject(lambda: frozenset(request.site.parts))
        request.part = None

    def process_view(self, request: Any, view: Callable, args: tuple, kwargs: dict) -> None:
        request.part = part_of(request.resolver_match.namespaces)
        if request.part is not None and request.part.key not in request.parts:
            raise Http404
