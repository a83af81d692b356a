"""What programs do for organizers who write to their people, and what a session keeps: a summary, small groups."""

import secrets
from typing import Any
from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, LinkedSerializer, ProblemSerializer, Refused, number_in
from core.text import one_line
from members.forms import MarkdownField
from reading_groups import actions
from reading_groups.breakouts import LARGEST_SEED
from reading_groups.forms.discussion import SaidField
from reading_groups.models import GroupMessage, ReadingGroup, Seat, Session, Split, Summary
from reading_groups.models.small_groups import LEAST_SIZE, MOST_SIZE
from reading_groups.models.summaries import LONGEST_SUMMARY

MOST_LISTED = 200


class MessageSerializer(LinkedSerializer):
    """A message of an organizer. Nobody has got it while `sent_at` is nothing."""

    author = serializers.CharField()
    written_at = Instant()
    held_until = Instant()
    undone_at = Instant(allow_null=True)
    sent_at = Instant(allow_null=True)

    class Meta:
        model = GroupMessage
        fields = (
            "id",
            "url",
            "author",
            "audience",
            "session",
            "subject",
            "text",
            "written_at",
            "held_until",
            "undone_at",
            "sent_at",
        )
        read_only_fields = fields


class NewMessageSerializer(serializers.Serializer):
    """A message to write. With the same `key`, sending it again is the same message."""

    audience = serializers.ChoiceField(GroupMessage.Audience.choices)
    session = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="Of presenters and absentees; not of the others."
    )
    subject = serializers.CharField(max_length=140)
    text = serializers.CharField(max_length=10_000, help_text="Markdown.")
    key = serializers.UUIDField(required=False)

    def validate_subject(self, subject: str) -> str:
        if not one_line(subject):
            raise serializers.ValidationError(_("Say in a few words what it is about."))
        return one_line(subject)

    def validate_text(self, text: str) -> str:
        return SaidField(max_length=10_000).clean(text)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needs_session = attrs["audience"] in GroupMessage.ABOUT_A_SESSION
        if needs_session != (attrs["session"] is not None):
            raise serializers.ValidationError({"session": [_("Presenters and absentees are those of a session.")]})
        return attrs


class SummarySerializer(serializers.ModelSerializer):
    """The summary of a session. `revision` is the `base` of the next one that is written; 0 where there is none."""

    written_by = serializers.CharField()
    written_at = Instant(allow_null=True)

    class Meta:
        model = Summary
        fields = ("text", "revision", "written_by", "written_at")
        read_only_fields = fields


class NewSummarySerializer(serializers.Serializer):
    text = serializers.CharField(max_length=LONGEST_SUMMARY, allow_blank=True, help_text="Markdown.")
    base = serializers.IntegerField(min_value=0, help_text="The `revision` that it was written from.")

    def validate_text(self, text: str) -> str:
        return MarkdownField(max_length=LONGEST_SUMMARY, required=False).clean(text)


class SmallGroupSerializer(serializers.Serializer):
    number = serializers.IntegerField()
    members = serializers.ListField(child=serializers.CharField(), help_text="Their names.")


class SmallGroupsSerializer(serializers.Serializer):
    """The small groups of a session, 0 as `revision` where there are none; members get their own one alone."""

    revision = serializers.IntegerField()
    groups = SmallGroupSerializer(many=True)


class DrawSerializer(serializers.Serializer):
    size = serializers.IntegerField(min_value=LEAST_SIZE, max_value=MOST_SIZE)
    base = serializers.IntegerField(min_value=0, help_text="The `revision` that they replace, 0 for none.")


class TalkingActions:
    """Mixed into the groups' viewset, whose `_gone` it uses."""

    request: Request

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True, url_path="messages", url_name="messages", pagination_class=None)
    def messages_of(self, request: Request, slug: str) -> Response:
        """What organizers wrote to the group's people, as far as the reader may see it; the latest 200."""
        group = self._seen(request, slug)
        rows = group.group_messages.visible_to(request.user).select_related("group", "author")
        return Response(self._message(list(rows.newest_first()[:MOST_LISTED]), many=True))

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer, 409: ProblemSerializer})
    @messages_of.mapping.post
    def write_message(self, request: Request, slug: str) -> Response:
        """Write to some of the group's people, for its organizers. It is held for ten minutes.

        Refused as `nobody_to_write_to` or `too_many_messages`.
        """
        group = self._seen(request, slug, "write_to_people")
        sent = NewMessageSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        try:
            message = actions.write_message(
                actor=request.user,
                group_id=group.pk,
                audience=data["audience"],
                session_id=data["session"],
                subject=data["subject"],
                text=data["text"],
                key=data.get("key") or uuid4(),
                now=timezone.now(),
            )
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None  # type: ignore[attr-defined]
        except Session.DoesNotExist:
            raise serializers.ValidationError({"session": [_("The group has no such session.")]}) from None
        except actions.NobodyToWriteTo:
            raise Refused("nobody_to_write_to", _("Nobody else belongs to them at present.")) from None
        except actions.TooManyMessages:
            raise Refused("too_many_messages", _("The group has had enough messages within a day.")) from None
        return Response(self._message(message), status=201)

    @extend_schema(request=None, responses={200: MessageSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"], url_path=r"messages/(?P<message_id>\w+)/undo", url_name="message-undo")
    def undo_message(self, request: Request, slug: str, message_id: str) -> Response:
        """Take a held message back; twice changes nothing. Refused as `too_late_to_undo`."""
        group = self._seen(request, slug, "write_to_people")
        message = get_object_or_404(group.group_messages.only("pk"), pk=number_in(message_id))
        try:
            undone = actions.undo_message(actor=request.user, message_id=message.pk, now=timezone.now())
        except GroupMessage.DoesNotExist:
            raise NotFound from None
        except actions.TooLateToUndo:
            raise Refused("too_late_to_undo", _("The ten minutes are over, and it is on its way.")) from None
        return Response(self._message(undone))

    @extend_schema(responses=SummarySerializer)
    @action(detail=True, url_path=r"sessions/(?P<session_id>\w+)/summary")
    def summary(self, request: Request, slug: str, session_id: str) -> Response:
        """The summary of a session, for people inside the group."""
        session = self._session(self._seen(request, slug, "see_inside"), session_id)
        return Response(self._summary(session))

    @extend_schema(request=NewSummarySerializer, responses={200: SummarySerializer, 409: ProblemSerializer})
    @summary.mapping.put
    def write_summary(self, request: Request, slug: str, session_id: str) -> Response:
        """Write it, for those who present the session and the group's organizers; an empty text takes it away.

        Refused as `summary_was_changed` where somebody has saved it since the version `base`.
        """
        session = self._session(self._seen(request, slug, "see_inside"), session_id)
        if not request.user.has_perm("reading_groups.write_summary", session):
            raise PermissionDenied
        sent = NewSummarySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            actions.write_summary(actor=request.user, session_id=session.pk, now=timezone.now(), **sent.validated_data)
        except Session.DoesNotExist:
            raise NotFound from None
        except actions.SummaryWasChanged:
            raise Refused("summary_was_changed", _("Somebody saved the summary in the meantime.")) from None
        return Response(self._summary(session))

    @extend_schema(responses=SmallGroupsSerializer)
    @action(detail=True, url_path=r"sessions/(?P<session_id>\w+)/small-groups")
    def small_groups(self, request: Request, slug: str, session_id: str) -> Response:
        """The small groups of a session: all of them for organizers, one's own for members."""
        group = self._seen(request, slug, "see_inside")
        session = self._session(group, session_id)
        return Response(self._small_groups(request, session))

    @extend_schema(request=DrawSerializer, responses={200: SmallGroupsSerializer, 409: ProblemSerializer})
    @small_groups.mapping.post
    def draw_small_groups(self, request: Request, slug: str, session_id: str) -> Response:
        """Draw them, again if there are some, for organizers.

        Refused as `split_was_changed`, `too_few_to_split`, `session_is_cancelled` or `session_is_over`.
        """
        session = self._session(self._seen(request, slug, "split_session"), session_id)
        sent = DrawSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            actions.draw_small_groups(
                actor=request.user,
                session_id=session.pk,
                seed=secrets.randbelow(LARGEST_SEED),
                now=timezone.now(),
                **sent.validated_data,
            )
        except (Session.DoesNotExist, ReadingGroup.DoesNotExist):
            raise NotFound from None
        except actions.SplitWasChanged:
            raise Refused("split_was_changed", _("The small groups have changed since that version.")) from None
        except actions.TooFewToSplit:
            raise Refused("too_few_to_split", _("There are not enough people for two groups of this size.")) from None
        except actions.SessionIsCancelled:
            raise Refused("session_is_cancelled", _("This session does not take place.")) from None
        except actions.SessionIsOver:
            raise Refused("session_is_over", _("This session is over.")) from None
        return Response(self._small_groups(request, session))

    def _seen(self, request: Request, slug: str, verb: str = "") -> ReadingGroup:
        """A group that the reader may see, if they may also do that in it."""
        groups = ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search")
        group = get_object_or_404(groups, slug=slug)
        if verb and not request.user.has_perm(f"reading_groups.{verb}", group):
            raise PermissionDenied
        return group

    def _session(self, group: ReadingGroup, session_id: str) -> Session:
        return get_object_or_404(group.sessions.all(), pk=number_in(session_id))

    def _message(self, message: Any, *, many: bool = False) -> Any:
        return MessageSerializer(message, many=many, context={"request": self.request}).data

    def _summary(self, session: Session) -> dict[str, Any]:
        summary = Summary.objects.filter(session=session).select_related("written_by").first()
        nothing = {"text": "", "revision": 0, "written_by": "", "written_at": None}
        return dict(SummarySerializer(summary).data) if summary else nothing

    def _small_groups(self, request: Request, session: Session) -> dict[str, Any]:
        seats = Seat.objects.filter(split__session=session)
        sees_all = request.user.has_perm("reading_groups.split_session", session.group)
        members: dict[int, list[str]] = {}
        for seat in seats.by_group() if sees_all else seats.beside(request.user):
            members.setdefault(seat.number, []).append(str(seat.member))
        revision = Split.objects.filter(session=session).values_list("revision", flat=True).first() or 0
        return {"revision": revision, "groups": [{"number": n, "members": names} for n, names in members.items()]}
