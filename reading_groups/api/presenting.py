"""Presenting, for programs: which sessions look for presenters, offering, withdrawing, and answering what is asked.

Who else presents, or asks, is not told.
"""

from django.db.models import FETCH_RAISE, Count, Exists, OuterRef, QuerySet, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, ProblemSerializer, Refused, number_in
from reading_groups import actions
from reading_groups.models import Presentation, PresentingInvitation, PresentingSwap, ReadingGroup, Session
from reading_groups.querysets import with_questions_for

IN_A_GROUP = [OpenApiParameter("group_slug", location="path", description="The short name of the group.")]


class PresentedSerializer(serializers.Serializer):
    """A session to come: how many presenters it asks for and has, and how the reader stands to it."""

    session = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    held_on = serializers.DateField()
    starts_at = Instant(allow_null=True)
    presenters_asked_for = serializers.IntegerField()
    presenters = serializers.IntegerField()
    you_present = serializers.BooleanField()
    your_part = serializers.CharField()
    invitation = serializers.IntegerField(source="invitation_id", allow_null=True, help_text="That waits for you.")
    swap = serializers.IntegerField(source="swap_id", allow_null=True, help_text="That waits for you.")


class QuestionAnswerSerializer(serializers.Serializer):
    about = serializers.ChoiceField(["invitation", "swap"])
    number = serializers.IntegerField(min_value=1, max_value=2**62)
    accept = serializers.BooleanField()


class PresentingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The sessions to come of a group that one sees inside."""

    queryset = Session.objects.none()
    serializer_class = PresentedSerializer
    pagination_class = None
    lookup_url_kwarg = "session_id"

    def get_queryset(self) -> QuerySet:
        viewer, now = self.request.user, timezone.now()
        parts = Presentation.objects.filter(session=OuterRef("pk"), member=viewer.pk)
        sessions = with_questions_for(self._group().sessions.coming(now), viewer, now)
        return (
            sessions.select_related("group")
            .annotate(
                presenters=Count("presentations"),
                you_present=Exists(parts),
                your_part=Subquery(parts.values("part")[:1]),
            )
            .defer("group__search")
            .fetch_mode(FETCH_RAISE)
        )

    @extend_schema(parameters=IN_A_GROUP)
    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """What is presented next, and what waits for an answer of one's own."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=IN_A_GROUP, request=None, responses={200: PresentedSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Offer to present. Twice changes nothing.

        Refused as `not_in_group`, `session_is_cancelled` or `session_has_started`.
        """
        session = self._session(session_id)
        try:
            actions.offer_to_present(actor=request.user, session_id=session.pk, now=timezone.now())
        except Session.DoesNotExist:
            raise Http404 from None
        except (actions.NotInGroup, actions.SessionIsCancelled, actions.SessionHasStarted) as error:
            raise _refused(error) from None
        return self._told(session.pk)

    @extend_schema(parameters=IN_A_GROUP, request=None, responses={200: PresentedSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, group_slug: str, session_id: str) -> Response:
        """Open one's part to others; shortly before a session, its organizers and presenters are told.

        Refused as `not_presenting` or `session_has_started`.
        """
        session = self._session(session_id)
        try:
            actions.withdraw_from_presenting(actor=request.user, session_id=session.pk, now=timezone.now())
        except Session.DoesNotExist:
            raise Http404 from None
        except (actions.NotPresenting, actions.SessionHasStarted) as error:
            raise _refused(error) from None
        return self._told(session.pk)

    @extend_schema(
        parameters=IN_A_GROUP, request=QuestionAnswerSerializer, responses={204: None, 409: ProblemSerializer}
    )
    @action(detail=False, methods=["post"])
    def answer(self, request: Request, group_slug: str) -> Response:
        """Accept or decline an invitation to present, or a swap, by its number in the list. Twice changes nothing.

        Refused as `not_asked`, where somebody else is, `no_longer_asked`, `presents_already`, `session_is_cancelled`
        or `session_has_started`.
        """
        group = self._group()
        sent = QuestionAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        number, accept = sent.validated_data["number"], sent.validated_data["accept"]
        about = {"actor": request.user, "now": timezone.now()}
        try:
            if sent.validated_data["about"] == "swap":
                get_object_or_404(PresentingSwap.objects.filter(wanted__session__group=group), pk=number)
                act = actions.accept_swap if accept else actions.decline_swap
                act(swap_id=number, **about)
            else:
                get_object_or_404(PresentingInvitation.objects.filter(session__group=group), pk=number)
                act = actions.accept_invitation if accept else actions.decline_invitation
                act(invitation_id=number, **about)
        except (PresentingSwap.DoesNotExist, PresentingInvitation.DoesNotExist):
            raise Http404 from None
        except tuple(REFUSALS) as error:
            raise _refused(error) from None
        return Response(status=204)

    def _group(self) -> ReadingGroup:
        """A group that the reader sees inside; any other is none."""
        groups = ReadingGroup.objects.visible_to(self.request.user).with_standing(self.request.user).defer("search")
        group = get_object_or_404(groups, slug=self.kwargs["group_slug"])
        if not self.request.user.has_perm("reading_groups.see_inside", group):
            raise Http404
        return group

    def _session(self, session_id: str) -> Session:
        number = number_in(session_id)
        return get_object_or_404(self._group().sessions.only("pk"), pk=number)

    def _told(self, session_id: int) -> Response:
        return Response(self.get_serializer(get_object_or_404(self.get_queryset(), pk=session_id)).data)


REFUSALS = {
    actions.NotInGroup: "not_in_group",
    actions.SessionIsCancelled: "session_is_cancelled",
    actions.SessionHasStarted: "session_has_started",
    actions.NotPresenting: "not_presenting",
    actions.PresentsAlready: "presents_already",
    actions.NotAsked: "not_asked",
    actions.NoLongerAsked: "no_longer_asked",
}


def _refused(error: Exception) -> Refused:
    words = {
        "not_in_group": _("You need a place in this group to present."),
        "session_is_cancelled": _("This session does not take place."),
        "session_has_started": _("This session has started."),
        "not_presenting": _("You do not present this session."),
        "presents_already": _("One of you presents that session already."),
        "not_asked": _("Somebody else is asked. Only they can answer."),
        "no_longer_asked": _("This is not asked any more."),
    }
    code = REFUSALS[type(error)]
    return Refused(code, words[code])
