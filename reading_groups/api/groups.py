"""Groups for programs: finding them, joining and leaving. Who else is in a group is not told."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, LinkedSerializer, ProblemSerializer, Refused
from members.models import Topic
from reading_groups import actions
from reading_groups.api.running import RunningActions
from reading_groups.api.talking import TalkingActions
from reading_groups.api.times import TimesActions
from reading_groups.filters import ORDERS, GroupFilter
from reading_groups.models import Enrolment, ReadingGroup
from reading_groups.times import own_week_of


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("slug", "name")


class GroupSerializer(LinkedSerializer):
    """A group as its card shows it. `own_state` is how the reader stands to it, or nothing."""

    topics = TopicSerializer(many=True)
    places_left = serializers.IntegerField()
    waiting = serializers.IntegerField()
    next_starts_at = Instant(allow_null=True, help_text="Unknown for a session that has only a date.")
    next_held_on = serializers.DateField(allow_null=True)
    own_state = serializers.ChoiceField(
        [(state.value, state.label) for state in Enrolment.LIVE], allow_null=True, read_only=True
    )

    class Meta:
        model = ReadingGroup
        fields = (
            "slug",
            "url",
            "title",
            "format",
            "state",
            "visibility",
            "topics",
            "zone",
            "weekday",
            "starts_at_time",
            "duration_minutes",
            "every_weeks",
            "capacity",
            "places_left",
            "waiting",
            "next_starts_at",
            "next_held_on",
            "own_state",
        )
        read_only_fields = fields


class GroupDetailSerializer(GroupSerializer):
    """`findings` is what the group found, once it is over; `calendar_url` is where its sessions are read as iCalendar.

    That of a group which not everybody sees is empty: its readers find their own, secret one below “Your calendar”.
    """

    findings = serializers.SerializerMethodField()
    calendar_url = serializers.SerializerMethodField()

    class Meta(GroupSerializer.Meta):
        fields = (*GroupSerializer.Meta.fields, "description", "findings", "calendar_url")
        read_only_fields = fields

    def get_calendar_url(self, group: ReadingGroup) -> str:
        address = reverse("home:group-calendar", args=[group.slug])
        return self.context["request"].build_absolute_uri(address) if group.is_public else ""

    def get_findings(self, group: ReadingGroup) -> str:
        return group.findings if group.is_over else ""


class PlaceSerializer(serializers.ModelSerializer):
    """One's own place in a group, or in its line."""

    group = serializers.SlugRelatedField("slug", read_only=True)
    joined_at = Instant()
    held_until = Instant(allow_null=True)
    left_at = Instant(allow_null=True)

    class Meta:
        model = Enrolment
        fields = ("group", "state", "joined_at", "held_until", "left_at")
        read_only_fields = fields


FILTERS = [
    OpenApiParameter("q", description="Words to search for in titles, descriptions, topics and papers."),
    OpenApiParameter("topic", description="The short name of a topic; groups below it count as well."),
    OpenApiParameter("format", enum=ReadingGroup.Format.values),
    OpenApiParameter("order", enum=list(ORDERS)),
    OpenApiParameter("open", enum=["1"], description="Only groups that have places."),
    OpenApiParameter("fits", enum=["1"], description="Only groups whose next weeks fit the reader's own typical week."),
]


class GroupViewSet(
    RunningActions,
    TalkingActions,
    TimesActions,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    queryset = ReadingGroup.objects.none()
    serializer_class = GroupSerializer
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def get_queryset(self) -> QuerySet:
        viewer = self.request.user
        return ReadingGroup.objects.visible_to(viewer).for_cards(viewer, timezone.now())

    def get_serializer_class(self) -> type[GroupSerializer]:
        return GroupDetailSerializer if self.action == "retrieve" else GroupSerializer

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.action != "list":
            return queryset
        asked = self.request.query_params
        asks_for_week = "fits" in asked or asked.get("order") == "fits"
        own_week = own_week_of(self.request.user, timezone.now()) if asks_for_week else None
        filters = GroupFilter(asked, queryset=queryset.listed(), own_week=own_week)
        if not filters.form.is_valid():
            raise serializers.ValidationError(filters.form.errors)
        return filters.filter_queryset(filters.queryset)

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """The groups that people can take a place in."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=None, responses={200: PlaceSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def join(self, request: Request, slug: str) -> Response:
        """Take a place, take up the one that is held, or join the line. Joining twice changes nothing.

        Refused as `group_is_closed`, or as `profile_is_incomplete` to those without a name and a time zone.
        """
        group = self._group(slug)
        if not request.user.has_profile:
            raise Refused("profile_is_incomplete", _("Tell us your name and time zone first; then take your place."))
        try:
            place = actions.join_group(actor=request.user, group_id=group.pk, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        except actions.GroupIsClosed:
            raise Refused("group_is_closed", _("This group is not taking members any more.")) from None
        return Response(PlaceSerializer(place).data)

    @extend_schema(request=None, responses={200: PlaceSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, slug: str) -> Response:
        """Give up a place, let a held one go, or leave the line. Refused as `not_in_group`."""
        group = self._group(slug)
        try:
            place = actions.leave_group(actor=request.user, group_id=group.pk, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        except actions.NotInGroup:
            raise Refused("not_in_group", _("You have no place in this group.")) from None
        return Response(PlaceSerializer(place).data)

    def _group(self, slug: str) -> ReadingGroup:
        return get_object_or_404(ReadingGroup.objects.visible_to(self.request.user).only("pk"), slug=slug)

    def _gone(self) -> NotFound:
        return NotFound(_("This group has been removed."))
