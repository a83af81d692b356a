"""One's own tasks for programs. Blockers are never told here."""

from django.db.models import FETCH_RAISE, F, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from core.api import Instant, LinkedSerializer
from projects.models import Project, Task


class TaskProjectSerializer(LinkedSerializer):
    class Meta:
        model = Project
        fields = ("slug", "url", "title", "stage")
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer):
    project = TaskProjectSerializer()
    moved_at = Instant()
    done_at = Instant(allow_null=True)

    class Meta:
        model = Task
        fields = ("id", "title", "notes", "state", "due_on", "moved_at", "done_at", "project")
        read_only_fields = fields


class WantedSerializer(serializers.Serializer):
    state = serializers.ChoiceField(Task.State.choices, required=False)


class TaskViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Task.objects.none()
    serializer_class = TaskSerializer

    def get_queryset(self) -> QuerySet:
        wanted = WantedSerializer(data=self.request.query_params)
        wanted.is_valid(raise_exception=True)
        own = Task.objects.filter(owner=self.request.user.pk)
        state = wanted.validated_data.get("state")
        own = own.filter(state=state) if state else own.open()
        own = own.select_related("project").defer("project__search", "project__summary")
        return own.order_by(F("due_on").asc(nulls_last=True), "position", "id").fetch_mode(FETCH_RAISE)

    @extend_schema(
        parameters=[OpenApiParameter("state", enum=Task.State.values, description="Without it: all but those done.")]
    )
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """One's own tasks in all projects, those due first."""
        return super().list(request, *args, **kwargs)


router = SimpleRouter()
router.register("tasks", TaskViewSet, basename="task")
