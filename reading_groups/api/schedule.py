"""Sessions for programs: when a group meets, whether one comes and came, and what its organizers do with them."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED

from core.api import Instant, LinkedSerializer, ProblemSerializer, Refused
from reading_groups import actions
from reading_groups.absent import away_in_each_group, count_absent
from reading_groups.actions import Moment
from reading_groups.agenda import title_of
from reading_groups.audiences import who_can_have_come
from reading_groups.forms.sessions import REFUSED_TIMES, why_not
from reading_groups.models import Reading, ReadingGroup, Rsvp, Session

IN_A_GROUP = [OpenApiParameter("group_slug", location=OpenApiParameter.PATH)]
# Told to those inside the group alone.
INSIDE = ("call_link", "recording_url", "yes_count", "maybe_count", "no_count", "own_answer")


class SessionReadingSerializer(serializers.ModelSerializer):
    title = serializers.CharField(source="paper.title")

    class Meta:
        model = Reading
        fields = ("paper", "title", "part")
        read_only_fields = fields


class SessionSerializer(LinkedSerializer):
    """A session. The call, the recording and who comes are told to those inside the group, and null to others."""

    title = serializers.SerializerMethodField()
    starts_at = Instant(allow_null=True, help_text="Unknown for a session that has only a date.")
    ends_at = Instant(allow_null=True)
    readings = SessionReadingSerializer(many=True)
    call_link = serializers.CharField(allow_null=True)
    recording_url = serializers.CharField(allow_null=True)
    yes_count = serializers.IntegerField(allow_null=True)
    maybe_count = serializers.IntegerField(allow_null=True)
    no_count = serializers.IntegerField(allow_null=True)
    own_answer = serializers.ChoiceField(Rsvp.Answer.choices, allow_null=True)

    class Meta:
        model = Session
        fields = (
            "id",
            "url",
            "title",
            "held_on",
            "starts_at",
            "ends_at",
            "is_cancelled",
            "revision",
            "readings",
            *INSIDE,
        )
        read_only_fields = fields

    def get_title(self, session: Session) -> str:
        return title_of(session)

    def to_representation(self, session: Session) -> dict[str, Any]:
        told = super().to_representation(session)
        return told if self.context["sees_inside"] else told | dict.fromkeys(INSIDE)


class MomentSerializer(serializers.Serializer):
    """When a session is, as clocks in the group's zone show it; without a time while only the day is known."""

    held_on = serializers.DateField()
    at = serializers.TimeField(required=False, allow_null=True, help_text="Such as 18:30.")
    minutes = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=15,
        max_value=480,
        help_text="As long as usual, where it is not said.",
    )


class NewSessionSerializer(MomentSerializer):
    title = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class AttendantSerializer(serializers.Serializer):
    """Somebody who can have come: with a place, or sitting in."""

    member = serializers.IntegerField(source="member.pk")
    name = serializers.CharField(source="member")
    came = serializers.BooleanField()
    checked_in = serializers.BooleanField(help_text="They said so themselves.")
    sits_in = serializers.BooleanField()


class AttendanceSerializer(serializers.Serializer):
    came = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=2000, default=list)
    not_came = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=2000, default=list)


class RsvpSerializer(serializers.Serializer):
    answer = serializers.ChoiceField(Rsvp.Answer.choices)


class SessionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Session.objects.none()
    lookup_url_kwarg = "session_id"
    serializer_class = SessionSerializer

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """The group is looked for once a program has said who it is; where it may not be seen there is none."""
        super().initial(request, *args, **kwargs)
        groups = ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search")
        groups = groups.annotate(aways=away_in_each_group(timezone.now()))
        self.group = get_object_or_404(groups, slug=self.kwargs["group_slug"])

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Session.objects.none()
        return self.group.sessions.with_answers(self.request.user).with_readings()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.action != "list":
            return queryset
        now = timezone.now()
        return queryset.past(now) if self.request.query_params.get("past") == "1" else queryset.planned(now)

    def get_serializer_context(self) -> dict[str, object]:
        group = getattr(self, "group", None)
        sees_inside = group is not None and self.request.user.has_perm("reading_groups.see_inside", group)
        return super().get_serializer_context() | {"sees_inside": sees_inside}

    @extend_schema(
        parameters=[*IN_A_GROUP, OpenApiParameter("past", enum=["1"], description="Those that are over instead.")]
    )
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """The sessions to come, with those among them that are called off; or those that are over, the latest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=IN_A_GROUP, request=NewSessionSerializer, responses={201: SessionSerializer})
    def create(self, request: Request, group_slug: str) -> Response:
        """Add one session, for organizers. Nobody gets a mail now; a time that cannot be is an error of its field."""
        self._check_own()
        sent = NewSessionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        title = sent.validated_data.pop("title")
        moment = Moment(**sent.validated_data)
        try:
            session = actions.add_session(group_id=self.group.pk, moment=moment, title=title)
        except ReadingGroup.DoesNotExist:
            raise NotFound from None
        except REFUSED_TIMES as error:
            self._refuse(error, moment)
        return self._told(session, status=HTTP_201_CREATED)

    @extend_schema(
        parameters=IN_A_GROUP, request=RsvpSerializer, responses={200: SessionSerializer, 409: ProblemSerializer}
    )
    @action(detail=True, methods=["post"])
    def rsvp(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Say whether one comes; the last answer counts.

        Refused as `not_in_group`, `session_is_cancelled` or `session_is_over`.
        """
        if not request.user.has_perm("reading_groups.see_inside", self.group):
            raise NotFound
        session = self._session(session_id)
        sent = RsvpSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            actions.answer_rsvp(
                actor=request.user, session_id=session.pk, answer=sent.validated_data["answer"], now=timezone.now()
            )
        except Session.DoesNotExist:
            raise NotFound from None
        except actions.NotInGroup:
            raise Refused("not_in_group", _("You need a place in this group for that.")) from None
        except actions.SessionIsCancelled:
            raise Refused("session_is_cancelled", _("This session does not take place.")) from None
        except actions.SessionIsOver:
            raise Refused("session_is_over", _("This session is over.")) from None
        return self._told(session)

    @extend_schema(
        parameters=IN_A_GROUP, request=MomentSerializer, responses={200: SessionSerializer, 409: ProblemSerializer}
    )
    @action(detail=True, methods=["post"])
    def move(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Move a session, or bring one back that is called off. Those who would come are told by email.

        Refused as `session_has_started`; a time that cannot be is an error of its field.
        """
        session = self._own(session_id)
        sent = MomentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        moment = Moment(**sent.validated_data)
        try:
            return self._change(actions.move_session, session, moment=moment)
        except REFUSED_TIMES as error:
            self._refuse(error, moment)

    @extend_schema(parameters=IN_A_GROUP, request=None, responses={200: SessionSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Call a session off; twice is once. Those who would come are told by email.

        Refused as `session_has_started`.
        """
        return self._change(actions.cancel_session, self._own(session_id))

    @extend_schema(parameters=IN_A_GROUP, request=None, responses={200: SessionSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Say that one is there, from ten minutes before the start until the end; twice is once.

        Refused as `not_in_group`, `session_is_cancelled`, `not_time_yet` or `session_is_over`.
        """
        session = self._session(session_id)
        try:
            actions.check_in(actor=request.user, session_id=session.pk, now=timezone.now())
        except Session.DoesNotExist:
            raise NotFound from None
        except actions.NotInGroup:
            raise Refused("not_in_group", _("You need a place in this group to check in.")) from None
        except actions.SessionIsCancelled:
            raise Refused("session_is_cancelled", _("This session does not take place.")) from None
        except actions.NotTimeYet:
            raise Refused("not_time_yet", _("You can check in from ten minutes before the start.")) from None
        except actions.SessionIsOver:
            raise Refused("session_is_over", _("This session is over.")) from None
        return self._told(session)

    @extend_schema(
        parameters=IN_A_GROUP,
        request=AttendanceSerializer,
        responses={200: AttendantSerializer(many=True), 409: ProblemSerializer},
    )
    @action(detail=True, methods=["get", "post"])
    def attendance(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Who can have come and who came, for organizers; a POST notes who came and who did not.

        Of those in neither list what is known stays. Refused as `not_in_group`, `session_is_cancelled` or
        `not_time_yet`.
        """
        session = self._own(session_id)
        if request.method == "POST":
            sent = AttendanceSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            try:
                actions.take_attendance(
                    actor=request.user, session_id=session.pk, now=timezone.now(), **sent.validated_data
                )
            except Session.DoesNotExist:
                raise NotFound from None
            except actions.NotInGroup:
                told = _("Somebody among them was in no place of this group. Nothing was saved.")
                raise Refused("not_in_group", told) from None
            except actions.SessionIsCancelled:
                raise Refused("session_is_cancelled", _("This session does not take place.")) from None
            except actions.NotTimeYet:
                told = _("Attendance can be taken from ten minutes before a session that takes place.")
                raise Refused("not_time_yet", told) from None
        session = get_object_or_404(self.group.sessions.all(), pk=session.pk)
        return Response(AttendantSerializer(who_can_have_come(session), many=True).data)

    def _change(self, act: Callable[..., Session], session: Session, **what: object) -> Response:
        try:
            act(actor=self.request.user, session_id=session.pk, now=timezone.now(), **what)
        except Session.DoesNotExist:
            raise NotFound from None
        except actions.SessionHasStarted:
            raise Refused("session_has_started", _("This session has started or is over.")) from None
        return self._told(session)

    def paginate_queryset(self, queryset: QuerySet) -> Any:
        page = super().paginate_queryset(queryset)
        if page is not None:
            self._count_absent(page)
        return page

    def _count_absent(self, sessions: Sequence[Session]) -> None:
        """Those who are away and have not answered do not come, as the pages have it."""
        now = timezone.now()
        count_absent(
            [session for session in sessions if not session.is_over(now)], self.group.aways, viewer=self.request.user
        )

    def _refuse(self, error: Exception, moment: Moment) -> NoReturn:
        field, told = why_not(error, moment, self.group)
        raise serializers.ValidationError({field: [told]}) from None

    def _check_own(self) -> None:
        if not self.request.user.has_perm("reading_groups.edit_group", self.group):
            raise PermissionDenied

    def _own(self, session_id: str) -> Session:
        self._check_own()
        return self._session(session_id)

    def _session(self, session_id: str) -> Session:
        return get_object_or_404(self.group.sessions.only("pk"), pk=session_id)

    def _told(self, session: Session, *, status: int = HTTP_200_OK) -> Response:
        found = get_object_or_404(self.get_queryset(), pk=session.pk)
        self._count_absent([found])
        return Response(self.get_serializer(found).data, status=status)
