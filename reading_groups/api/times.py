"""Best times for programs of those who organize a group: counts and times, never whose."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, ProblemSerializer, Refused
from members.availability.besttimes import FewWeeks, best_times
from members.availability.besttimes.forms import WishForm
from members.availability.besttimes.words import cards_of
from reading_groups.models import ReadingGroup
from reading_groups.times import WEEKS_AT_FIRST, past_of, people_of

WISHES = [
    OpenApiParameter("minutes", int, description="As long as the group meets, where it is left out."),
    OpenApiParameter("first_on", description="From which day on, in the group's zone; tomorrow, where it is left out."),
    OpenApiParameter("weeks", int, description="Over so many weeks; 12, where it is left out."),
    OpenApiParameter("every_weeks", int, enum=[1, 2]),
    OpenApiParameter("weekdays", int, many=True, description="Monday is 0; all days, where it is left out."),
    OpenApiParameter("earliest", description="Such as 18:00, on clocks in the group's zone."),
    OpenApiParameter("latest", description="By when it is over; before the earliest where that is past midnight."),
    OpenApiParameter("quorum", int, description="At least so many people each time."),
]


class ClockSerializer(serializers.Serializer):
    zone = serializers.CharField()
    words = serializers.CharField(help_text="Such as: Tue 21:30, from 27 Oct on 22:30.")


class BestTimeSerializer(serializers.Serializer):
    """A weekly time. `attending` is how many can, session by session; nobody is named."""

    weekday = serializers.IntegerField(source="best.weekday", help_text="Monday is 0, in the group's zone.")
    at = serializers.TimeField(source="best.at", format="%H:%M", help_text="On clocks in the group's zone.")
    starts = serializers.ListField(child=Instant(), source="best.starts")
    attending = serializers.ListField(child=serializers.IntegerField(), source="best.attending")
    has_quorum = serializers.BooleanField(source="best.has_quorum")
    explanation = serializers.CharField(source="sentence")
    clocks = ClockSerializer(many=True)


class BestTimesSerializer(serializers.Serializer):
    """The best first. Of the people with a place, those who have not marked their week are not counted."""

    people = serializers.IntegerField()
    with_week = serializers.IntegerField()
    zone = serializers.CharField()
    times = BestTimeSerializer(many=True)


class TimesActions:
    """Mixed into the groups' viewset."""

    request: Request

    @extend_schema(parameters=WISHES, responses={200: BestTimesSerializer, 409: ProblemSerializer}, filters=False)
    @action(detail=True, url_path="best-times")
    def best_times(self, request: Request, slug: str) -> Response:
        """The best weekly times for those with a place; for the group's organizers. Refused as `few_weeks` while fewer
        than three have marked their week."""
        group = get_object_or_404(
            ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search"), slug=slug
        )
        if group.is_on_review or not request.user.has_perm("reading_groups.edit_group", group):
            raise PermissionDenied
        now = timezone.now()
        today = timezone.localdate(timezone=ZoneInfo(group.zone))
        usual = WishForm.usual(minutes=group.duration_minutes, today=today, weeks=WEEKS_AT_FIRST)
        people = list(people_of(group))
        form = WishForm(
            _over(usual, request),
            viewer=request.user,
            people=people,
            zone=group.zone,
            today=today,
            now=now,
            is_weekly=True,
        )
        # Whom a program could require, it would have to name.
        del form.fields["required"]
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        wish = form.wish
        try:
            found = best_times([person.pk for person in people], wish, past=past_of(group, now))
        except FewWeeks:
            told = _("Fewer than three people with a place have marked their week, so nothing is counted.")
            raise Refused("few_weeks", told) from None
        told = {
            "people": found.people,
            "with_week": found.with_week,
            "zone": group.zone,
            "times": cards_of(found, wish, zone=timezone.get_current_timezone_name()),
        }
        return Response(BestTimesSerializer(told).data)


def _over(usual: dict[str, Any], request: Request) -> dict[str, Any]:
    """What was asked for, over what is usual."""
    said = {name: request.query_params.get(name) for name in request.query_params if name != "weekdays"}
    days = request.query_params.getlist("weekdays")
    return usual | said | ({"weekdays": days} if days else {})
