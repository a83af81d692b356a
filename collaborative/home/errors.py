"""Pages for what cannot be shown. The last one must work when nothing else does, so it asks nothing of the database."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from core.api import problem_response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        detail = _("There is nothing here, or nothing that you may see.")
        return problem_response(status=404, code="unknown", detail=detail)
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_api(request):
        return problem_response(status=400, code="invalid", detail=_("This request cannot be read."))
    return HttpResponse(render_to_string("errors/400.html"), status=400)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/429.html", status=429)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return problem_response(status=500, code="failed", detail=_("Something went wrong here. Try again later."))
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def _is_api(request: HttpRequest) -> bool:
    """Programs are told in their own way."""
    return request.path.startswith("/api/")
