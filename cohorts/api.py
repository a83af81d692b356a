"""Cohorts and their numbers, for programs of admins. No applicant is named."""

from django.db.models import FETCH_RAISE, Prefetch, QuerySet
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from cohorts.models import Cohort, Section
from core.api import Instant, LinkedSerializer


class IsSuperuser(permissions.BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_superuser


class SectionSerializer(serializers.ModelSerializer):
    taken = serializers.IntegerField()

    class Meta:
        model = Section
        fields = ("id", "name", "capacity", "taken")
        read_only_fields = fields


class CohortSerializer(LinkedSerializer):
    """A cohort with its numbers: how many applied, were accepted, claimed their place, and are in a section."""

    applications_open_at = Instant(allow_null=True)
    applications_close_at = Instant(allow_null=True)
    applied = serializers.IntegerField()
    accepted = serializers.IntegerField()
    claimed = serializers.IntegerField()
    placed = serializers.IntegerField()

    class Meta:
        model = Cohort
        fields = (
            "slug",
            "url",
            "name",
            "kind",
            "state",
            "zone",
            "starts_on",
            "ends_on",
            "applications_open_at",
            "applications_close_at",
            "capacity",
            "applied",
            "accepted",
            "claimed",
            "placed",
        )
        read_only_fields = fields


class CohortDetailSerializer(CohortSerializer):
    sections = SectionSerializer(many=True)

    class Meta(CohortSerializer.Meta):
        fields = (*CohortSerializer.Meta.fields, "sections")
        read_only_fields = fields


class CohortViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cohorts, those that begin last first."""

    queryset = Cohort.objects.none()
    serializer_class = CohortSerializer
    permission_classes = (permissions.IsAuthenticated, IsSuperuser)
    lookup_field = "slug"
    lookup_value_regex = r"[-\w]+"

    def get_queryset(self) -> QuerySet:
        cohorts = Cohort.objects.visible_to(self.request.user).with_numbers().order_by("-starts_on", "-id")
        if self.action == "retrieve":
            sections = Section.objects.with_taken().by_name().fetch_mode(FETCH_RAISE)
            cohorts = cohorts.prefetch_related(Prefetch("sections", queryset=sections))
        return cohorts.fetch_mode(FETCH_RAISE)

    def get_serializer_class(self) -> type[CohortSerializer]:
        return CohortDetailSerializer if self.action == "retrieve" else CohortSerializer


router = SimpleRouter()
router.register("cohorts", CohortViewSet, basename="cohort")
