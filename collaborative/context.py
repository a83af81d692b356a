from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from collaborative.models import Site


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may show: the collaborative, and whether this is somebody's own machine."""
    return {
        "site": SimpleLazyObject(Site.current),
        "local_mode": settings.LOCAL_MODE,
        "theme": request.COOKIES.get("theme", ""),
    }


def admin_title(request: HttpRequest) -> str:
    return Site.current().name
