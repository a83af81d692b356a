"""Rounds and their matches, for programs of those who match. Whom people would rather avoid is never told."""

from django.db.models import FETCH_RAISE, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from core.api import Instant, LinkedSerializer
from members.models import Member
from mentorship.models import Mentorship, Round


class MayMatch(permissions.BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("mentorship.match_rounds")


class RoundSerializer(LinkedSerializer):
    closes_at = Instant()
    published_at = Instant(allow_null=True)
    offers = serializers.IntegerField(source="offer_count")
    requests = serializers.IntegerField(source="request_count")

    class Meta:
        model = Round
        fields = (
            "slug",
            "url",
            "title",
            "state",
            "opens_on",
            "closes_at",
            "starts_on",
            "weeks",
            "published_at",
            "offers",
            "requests",
        )
        read_only_fields = fields


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ("id", "name")
        read_only_fields = fields


class MatchSerializer(LinkedSerializer):
    mentor = PersonSerializer()
    mentee = PersonSerializer()

    class Meta:
        model = Mentorship
        fields = ("id", "url", "mentor", "mentee", "state", "starts_on", "ends_on")
        read_only_fields = fields


class RoundViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Rounds of matching, the latest first."""

    queryset = Round.objects.none()
    serializer_class = RoundSerializer
    permission_classes = (permissions.IsAuthenticated, MayMatch)
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def get_queryset(self) -> QuerySet:
        return Round.objects.visible_to(self.request.user).with_counts().latest_first().fetch_mode(FETCH_RAISE)

    @extend_schema(responses=MatchSerializer(many=True))
    @action(detail=True)
    def matches(self, request: Request, slug: str) -> Response:
        """The published pairs of a round, by the mentor's name. Before it is published there are none."""
        pairs = Mentorship.objects.filter(round=self.get_object()).select_related("mentor", "mentee")
        page = self.paginate_queryset(
            pairs.order_by("mentor__name_key", "mentee__name_key", "id").fetch_mode(FETCH_RAISE)
        )
        return self.get_paginated_response(MatchSerializer(page, many=True, context=self.get_serializer_context()).data)


router = SimpleRouter()
router.register("rounds", RoundViewSet, basename="round")
