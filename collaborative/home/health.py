from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from redis import RedisError

from collaborative.home.tasks import HEARTBEAT_KEY


@login_not_required
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so a broken database does not restart a healthy web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether database, cache and a worker do their part; 503 and the name of what is missing otherwise."""
    parts = {"database": _database_answers(), "cache": False, "worker": False}
    try:
        parts["worker"] = cache.get(HEARTBEAT_KEY) is not None
        parts["cache"] = True
    except (RedisError, OSError):
        pass
    missing = [name for name, answers in parts.items() if not answers]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
