"""What the API of every app shares: how failures are told, pages of rows, instants."""

from collections.abc import Iterator
from datetime import UTC
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

PROBLEM_TYPE = "application/problem+json"
# What DRF calls otherwise.
CODES = {"not_found": "unknown"}

# As many digits as the number of a row can have.
LONGEST_ID = 19


class Refused(exceptions.APIException):
    """An action that cannot be done as things stand. Its code is the name of the failure."""

    status_code = HTTPStatus.CONFLICT

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail=detail, code=code)


class ProblemSerializer(serializers.Serializer):
    """A failure, as RFC 9457 describes it. Programs decide by `code`; `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="By the name of a field."
    )


def problem(*, status: int, code: str, detail: str, errors: dict[str, list[str]] | None = None) -> dict[str, Any]:
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    return told | {"errors": errors} if errors else told


def problem_response(*, status: int, code: str, detail: str) -> JsonResponse:
    """For failures outside of DRF's views, such as an address that does not exist."""
    return JsonResponse(problem(status=status, code=code, detail=detail), status=status, content_type=PROBLEM_TYPE)


def tell_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every failure as problem details, with the headers that DRF gives it."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("There is nothing here, or nothing that you may see."))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        told = problem(
            status=response.status_code,
            code="invalid",
            detail=_("Something that was sent cannot be used."),
            errors=_by_field(response.data),
        )
    else:
        code = error.get_codes()
        code = code if isinstance(code, str) else error.default_code
        told = problem(status=response.status_code, code=CODES.get(code, code), detail=str(response.data["detail"]))
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return Response(told, status=response.status_code, headers=headers, content_type=PROBLEM_TYPE)


def _by_field(errors: Any) -> dict[str, list[str]]:
    if not isinstance(errors, dict):
        return {"": list(_texts(errors))}
    return {name: list(_texts(told)) for name, told in errors.items()}


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        told = told.values()
    if isinstance(told, str):
        yield told
    else:
        for one in told:
            yield from _texts(one)


class Pages(PageNumberPagination):
    """Rows in pages, with how many there are in all. One query more than the rows."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class Instant(serializers.DateTimeField):
    """A moment, in UTC whatever zone its reader is in; one that is sent without a zone is in UTC as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


class LinkedSerializer(serializers.ModelSerializer):
    """A row with `url`, the full address of its page on the site."""

    url = serializers.SerializerMethodField()

    def get_url(self, row: Any) -> str:
        return self.context["request"].build_absolute_uri(row.get_absolute_url())


def number_in(text: str) -> int:
    """The number of a row as an address has it; that of no row where it is none."""
    return int(text) if text.isdecimal() and len(text) < LONGEST_ID else 0
