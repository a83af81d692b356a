import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.clock import canonical_zone, zone_names

ZONE_COOKIE = "zone"


def viewer_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show every time in the viewer's zone: the member's own, else the one that the browser told, else UTC.

    Sets `request.zone_is_known`, so that a page says “your time” only where that is true.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        # Asking who signed in costs two queries, which a request without a session does not need.
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        zone = request.user.time_zone if signed_in else ""  # type: ignore[union-attr]
        zone = zone or request.COOKIES.get(ZONE_COOKIE, "")
        request.zone_is_known = zone in zone_names()  # type: ignore[attr-defined]
        # Browsers still say Asia/Calcutta; people read the present name.
        zone = canonical_zone(zone) if zone in zone_names() else settings.TIME_ZONE
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return get_response(request)

    return middleware
