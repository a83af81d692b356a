"""The API: what each app offers to programs, in one place, and its reference."""

import re
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohorts.api import router as cohorts
from collaborative.home.agenda import items_for
from collaborative.parts import part_of
from core.agenda import AgendaItem
from core.api import Instant
from members.availability.api import urlpatterns as availability
from members.availability.polls.api import router as polls
from mentorship.api import router as mentoring
from projects.api import router as projects
from reading_groups.api import router as groups

DAYS_AT_FIRST = 60
DAYS_AT_MOST = 366
# Dates that calendars can still reckon with, in any zone.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class SpanSerializer(serializers.Serializer):
    """From when to when; from now, and for sixty days, where nothing is said."""

    start = Instant(required=False, help_text="Now, where it is left out.")
    end = Instant(required=False, help_text="60 days after the start, where it is left out; 366 at most.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        for name, value in values.items():
            if not FIRST_YEAR <= value.year <= LAST_YEAR:
                raise serializers.ValidationError({name: _("Choose a year from 2000 to 2100.")})
        start = values.get("start") or timezone.now()
        end = values.get("end") or start + timedelta(days=DAYS_AT_FIRST)
        if not start < end <= start + timedelta(days=DAYS_AT_MOST):
            raise serializers.ValidationError({"end": _("The end comes after the start, by a year at most.")})
        return {"start": start, "end": end}


class AgendaItemSerializer(serializers.Serializer):
    uid = serializers.CharField()
    revision = serializers.IntegerField(help_text="Grows when the time changes.")
    kind = serializers.CharField()
    title = serializers.CharField()
    context = serializers.CharField()
    starts_at = Instant()
    ends_at = Instant()
    zone = serializers.CharField()
    url = serializers.SerializerMethodField()
    call_url = serializers.CharField()
    is_cancelled = serializers.BooleanField()

    def get_url(self, item: AgendaItem) -> str:
        return self.context["request"].build_absolute_uri(item.url)


class AgendaView(APIView):
    @extend_schema(parameters=[SpanSerializer], responses=AgendaItemSerializer(many=True), operation_id="agenda_list")
    def get(self, request: Request) -> Response:
        """One's own sessions and meetings in a span of time, in order, with those that were cancelled."""
        span = SpanSerializer(data=request.query_params)
        span.is_valid(raise_exception=True)
        items = items_for(request.user, **span.validated_data, parts=request.parts, include_cancelled=True)
        return Response(AgendaItemSerializer(items, many=True, context={"request": request}).data)


class SessionByCookie(SessionScheme):
    target_class = "collaborative.authentication.SessionAuthentication"


class Generator(SchemaGenerator):
    """Describes what is there: addresses of a part that is off are left out, unless nobody asks in particular."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        schema = super().get_schema(request, public)
        if request is not None:
            schema["paths"] = {
                address: operations for address, operations in schema["paths"].items() if _is_on(address, request.parts)
            }
        return schema


def _is_on(address: str, parts: frozenset[str]) -> bool:
    part = part_of(resolve(re.sub(r"\{\w+\}", "1", address)).namespaces)
    return part is None or part.key in parts


class SchemaView(SpectacularJSONAPIView):
    """The description of the API for programs, as OpenAPI has it."""

    generator_class = Generator


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The same for people."""
    return render(request, "api/reference.html")


app_name = "api"
urlpatterns = [
    path("agenda/", AgendaView.as_view(), name="agenda"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", reference, name="reference"),
    path("", include((availability, "availability"))),
    # Each by the part of the site that it belongs to.
    path("", include((groups.urls, "groups"))),
    path("", include((projects.urls, "projects"))),
    path("", include((mentoring.urls, "mentoring"))),
    path("", include((cohorts.urls, "cohorts"))),
    path("", include((polls.urls, "polls"))),
]
