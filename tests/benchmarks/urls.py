"""The site, and beside it the simplest view that asks the database one thing: what times are measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from members.models import Topic


def one_query(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Topic.objects.values_list("name", flat=True).first() or "")


urlpatterns = [path("one-query/", one_query), path("", include("collaborative.urls"))]
