"""One's own typical week and days away, for one's own programs. Nobody else's is here."""

from datetime import date

from django.db.models import FETCH_RAISE, QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from core.api import Instant
from members.availability import actions, lines
from members.availability.forms import AwayForm
from members.availability.marks import EMPTY, HALF_HOURS
from members.availability.models import Away, TypicalWeek
from members.availability.weeks.forms import HoldsFromForm

LONGEST_LINES = 4000


class WeekSerializer(serializers.Serializer):
    zone = serializers.CharField(help_text="The zone whose clocks the week is written by.")
    holds_from = serializers.DateField(
        source="valid_from", help_text="The Monday from which it holds, until the next one in the list does."
    )
    marks = serializers.CharField(
        help_text="336 digits, one for each half hour from Monday 00:00: 3 rather, 2 could, 1 if needed, 0 not."
    )
    lines = serializers.SerializerMethodField(help_text="The same as lines of text, in the language of the request.")
    confirmed_at = Instant(help_text="When its member last said that it is true.")

    def get_lines(self, week: TypicalWeek) -> str:
        return lines.write(week.marks)


class WeekWriteSerializer(serializers.Serializer):
    """Either `marks` or `lines`. Without any mark, there is no such week any more."""

    marks = serializers.RegexField(
        rf"\A[0-3]{{{HALF_HOURS}}}\Z", required=False, help_text="As it is read: 336 digits from 0 to 3."
    )
    lines = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=LONGEST_LINES,
        help_text="One stretch a line, such as Tue 18:00-21:00 rather.",
    )
    holds_from = serializers.DateField(
        required=False, allow_null=True, help_text="A Monday to come; the week that holds now, where it is left out."
    )

    def validate_lines(self, value: str) -> str:
        marks, problems = lines.parse(value)
        if problems:
            raise serializers.ValidationError(
                [
                    _("Line %(number)s, “%(line)s”: %(reason)s")
                    % {"number": problem.number, "line": problem.line[:60], "reason": problem.reason}
                    for problem in problems
                ]
            )
        return marks

    def validate_holds_from(self, value: date | None) -> date | None:
        form = HoldsFromForm({"holds_from": value or ""}, today=timezone.localdate())
        if not form.is_valid():
            raise serializers.ValidationError(form.errors["holds_from"])
        return form.cleaned_data["holds_from"]

    def validate(self, values: dict) -> dict:
        if ("marks" in values) == ("lines" in values):
            raise serializers.ValidationError({"marks": _("Send either marks or lines.")})
        found = values["marks"] if "marks" in values else values["lines"]
        return {"marks": found, "holds_from": values.get("holds_from")}


class WeekView(APIView):
    @extend_schema(responses=WeekSerializer(many=True), operation_id="own_weeks_list")
    def get(self, request: Request) -> Response:
        """One's own typical weeks: the one that holds now, and those to come, in their order."""
        return Response(self._weeks(request))

    @extend_schema(request=WeekWriteSerializer, responses=WeekSerializer(many=True), operation_id="own_weeks_update")
    def put(self, request: Request) -> Response:
        """Write the week that holds now, or one that holds from a Monday to come. The answer is what GET gives then."""
        sent = WeekWriteSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        actions.save_week(actor=request.user, now=timezone.now(), **sent.validated_data)
        return Response(self._weeks(request))

    def _weeks(self, request: Request) -> list[dict]:
        own, today = TypicalWeek.objects.of(request.user), timezone.localdate()
        weeks = [*own.in_force(today), *own.later(today)]
        return WeekSerializer([week for week in weeks if week.marks != EMPTY], many=True).data


class AwaySerializer(serializers.ModelSerializer):
    class Meta:
        model = Away
        fields = ("id", "starts_on", "ends_on")

    def validate(self, values: dict) -> dict:
        form = AwayForm(values, today=timezone.localdate())
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        return values


class AwayViewSet(
    mixins.ListModelMixin,
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """One's own days away that are not over, soonest first. Days that touch others become one record with them."""

    queryset = Away.objects.none()
    serializer_class = AwaySerializer
    lookup_url_kwarg = "away_id"
    lookup_value_regex = r"\w+"

    def get_queryset(self) -> QuerySet:
        if not self.request.user.is_authenticated:
            return Away.objects.none()
        return Away.objects.of(self.request.user).coming(timezone.localdate()).fetch_mode(FETCH_RAISE)

    def perform_create(self, serializer: serializers.BaseSerializer) -> None:
        serializer.instance = actions.add_away(actor=self.request.user, **serializer.validated_data)

    def perform_destroy(self, instance: Away) -> None:
        """Days to come are dropped, days past stay."""
        actions.end_away(actor=self.request.user, away_id=instance.pk, now=timezone.now())


router = SimpleRouter()
router.register("me/away", AwayViewSet, basename="away")
urlpatterns = [path("me/week/", WeekView.as_view(), name="week"), *router.urls]
