from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from collaborative.models import Site
from collaborative.parts import navigation_for


def collaborative(request: HttpRequest) -> dict[str, object]:
    """What every page may show: the collaborative and its parts, and whether this is somebody's own machine."""
    ours = request.site if hasattr(request, "site") else SimpleLazyObject(Site.current)
    return {
        "collaborative": ours,
        "parts": SimpleLazyObject(lambda: frozenset(ours.parts)),
        "navigation": SimpleLazyObject(lambda: navigation_for(ours.parts, is_signed_in=request.user.is_authenticated)),
        "part": getattr(request, "part", None),
        "local_mode": settings.LOCAL_MODE,
        "theme": request.COOKIES.get("theme", ""),
    }


def admin_title(request: HttpRequest) -> str:
    return request.site.name  # type: ignore[attr-defined]
