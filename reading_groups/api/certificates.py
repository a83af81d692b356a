"""Certificates for programs: one's own, and what a code says."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from core.api import Instant, LinkedSerializer
from reading_groups.models import Certificate
from reading_groups.models.certificates import CODE_LENGTH, code_from
from reading_groups.querysets import CertificateQuerySet


class CertificateSerializer(LinkedSerializer):
    """`name` is empty where whoever held it has left the site; it is valid unless `revoked_at` says since when not."""

    code = serializers.CharField(source="shown_code")
    group = serializers.CharField(source="group.title")
    issued_at = Instant()
    revoked_at = Instant(allow_null=True)

    class Meta:
        model = Certificate
        fields = (
            "code",
            "url",
            "name",
            "group",
            "attended",
            "sessions",
            "first_on",
            "last_on",
            "issued_at",
            "revoked_at",
        )
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(description="One's own, the latest first."),
    retrieve=extend_schema(
        description="What a code says, in whatever case and with whatever dashes it is written.",
        parameters=[OpenApiParameter("code", location="path", description="As it stands on the certificate.")],
    ),
)
class CertificateViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Certificate.objects.none()
    serializer_class = CertificateSerializer
    lookup_field = "code"
    lookup_value_regex = r"[-\w]+"

    def get_queryset(self) -> CertificateQuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Certificate.objects.none()
        return self.request.user.certificates.newest_first()

    def get_object(self) -> Certificate:
        code = code_from(self.kwargs["code"])
        if len(code) != CODE_LENGTH:
            raise Http404
        return get_object_or_404(Certificate.objects.newest_first(), code=code)
