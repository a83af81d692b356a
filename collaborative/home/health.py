from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from collaborative.home import beats


@login_not_required
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else, so a broken database does not restart a healthy web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Whether every part does its work; 503 and the names of what is missing otherwise, the cause first.

    `clock` puts out work, `worker` takes it up, `planning` writes down what falls due, `sending` works it off: a worker
    that answers and cannot send is noticed as well.
    """
    heard = beats.heard()
    parts = {"database": _database_answers(), "cache": heard is not None}
    parts |= {beat.name: heard is not None and heard[beat] is not None for beat in beats.BEATS}
    missing = [name for name, answers in parts.items() if not answers]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
