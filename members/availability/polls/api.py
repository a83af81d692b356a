"""Polls for programs: those that ask the reader or that they run; answering, opening, closing, and a meeting of it.

What others answered is in numbers, as on the site, and by name only where the poll shows names.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from core.api import Instant, LinkedSerializer, Pages, ProblemSerializer, Refused, number_in
from core.clock import canonical_zone
from core.text import one_line
from members.availability.actions import NotATime
from members.availability.polls import actions
from members.availability.polls.marks import ANSWERS, GRID_MINUTES, LONGEST, MOST_TIMES, NAMES, SHORTEST
from members.availability.polls.models import MOST_GUESTS, Ballot, Poll
from members.availability.polls.results import moments_of, results_of
from members.availability.polls.times import FARTHEST, Slot
from members.forms import MarkdownField
from members.models import Member

MARKS = {name: mark for mark, name in NAMES.items()}


class PollSerializer(LinkedSerializer):
    """A poll. `answered` of `asked` people have answered; `own_answered_at` is nothing while the reader has not."""

    opened_at = Instant()
    closes_at = Instant()
    settled_at = Instant(allow_null=True)
    is_open = serializers.SerializerMethodField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    is_organized = serializers.BooleanField(help_text="Whether the reader runs it.")
    is_asked = serializers.BooleanField(help_text="Whether it asks the reader.")
    own_answered_at = Instant(allow_null=True)

    class Meta:
        model = Poll
        fields = (
            "id",
            "url",
            "title",
            "note",
            "about_title",
            "zone",
            "minutes",
            "is_weekly",
            "is_free",
            "shows_names",
            "opened_at",
            "closes_at",
            "is_open",
            "asked",
            "answered",
            "is_organized",
            "is_asked",
            "own_answered_at",
            "settled_at",
            "settled_position",
        )
        read_only_fields = fields

    def get_is_open(self, poll: Poll) -> bool:
        return poll.is_open(timezone.now())


class OfferedSerializer(serializers.Serializer):
    """A time of a poll, by its position; of a weekly one the instants are those of one week."""

    position = serializers.IntegerField()
    starts_at = Instant()
    ends_at = Instant(help_text="Of what is planned; with free marking of what would begin there.")
    own_answer = serializers.ChoiceField(ANSWERS, allow_null=True)


class RankedSerializer(serializers.Serializer):
    """A time, the best first. The numbers are nothing while fewer than three have answered without names."""

    position = serializers.IntegerField()
    starts_at = Instant()
    ends_at = Instant()
    yes = serializers.IntegerField(allow_null=True)
    if_needed = serializers.IntegerField(allow_null=True)
    no = serializers.IntegerField(allow_null=True)
    yes_names = serializers.ListField(child=serializers.CharField())
    if_needed_names = serializers.ListField(child=serializers.CharField())


class PollDetailSerializer(PollSerializer):
    """A poll with its times, and with what it has come to once the reader has answered, runs it, or it is closed."""

    times = OfferedSerializer(many=True)
    ranked = RankedSerializer(many=True)

    class Meta(PollSerializer.Meta):
        fields = (*PollSerializer.Meta.fields, "times", "ranked")
        read_only_fields = fields


class WeeklySerializer(serializers.Serializer):
    weekday = serializers.IntegerField(min_value=0, max_value=6, help_text="Monday is 0.")
    at = serializers.TimeField(format="%H:%M", help_text="As clocks in the zone show it.")


class NewPollSerializer(serializers.Serializer):
    """A poll to open: `starts` for single times, or `weekly` for those of any week. Sent again with the same `key` it
    is the same poll."""

    title = serializers.CharField(max_length=140)
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True, help_text="Markdown.")
    zone = serializers.CharField(max_length=64)
    minutes = serializers.IntegerField(min_value=SHORTEST, max_value=LONGEST, default=60)
    starts = serializers.ListField(child=Instant(), max_length=MOST_TIMES, required=False, default=list)
    weekly = WeeklySerializer(many=True, required=False, default=list)
    is_free = serializers.BooleanField(default=False, help_text="The times are half hours to mark freely.")
    closes_at = Instant()
    shows_names = serializers.BooleanField(default=False)
    people = serializers.ListField(
        child=serializers.CharField(max_length=120),
        max_length=actions.MOST_PEOPLE,
        required=False,
        default=list,
        help_text="Names.",
    )
    guests_limit = serializers.IntegerField(min_value=0, max_value=MOST_GUESTS, default=0)
    key = serializers.UUIDField(required=False)

    def validate_title(self, title: str) -> str:
        if not one_line(title):
            raise serializers.ValidationError(_("Say in a few words what you want to meet for."))
        return one_line(title)

    def validate_note(self, note: str) -> str:
        return MarkdownField(max_length=2000, required=False).clean(note)

    def validate_zone(self, zone: str) -> str:
        try:
            return canonical_zone(zone)
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from None

    def validate_weekly(self, weekly: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(weekly) > MOST_TIMES:
            raise serializers.ValidationError(_("These are too many times for one poll."))
        return weekly

    def validate_people(self, names: list[str]) -> list[Member]:
        found = Member.objects.visible_to(self.context["request"].user).active().called(names)
        wrong = [name[:60] for name, members in found.items() if len(members) != 1]
        if wrong:
            raise serializers.ValidationError(
                _("Not the name of one member: %(names)s") % {"names": ", ".join(wrong[:10])}
            )
        return [members[0] for members in found.values()]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        now = self.context["now"]
        if bool(attrs["starts"]) == bool(attrs["weekly"]):
            raise serializers.ValidationError({"starts": [_("Offer either single times or weekly ones.")]})
        if any(not now < starts_at <= now + FARTHEST for starts_at in attrs["starts"]):
            raise serializers.ValidationError({"starts": [_("Offer times within the next year.")]})
        if not now < attrs["closes_at"] <= now + FARTHEST:
            raise serializers.ValidationError({"closes_at": [_("Choose a deadline within the next year.")]})
        if attrs["starts"] and attrs["closes_at"] > max(attrs["starts"]):
            raise serializers.ValidationError({"closes_at": [_("By then all the times have passed.")]})
        if attrs["is_free"] and attrs["minutes"] % GRID_MINUTES:
            raise serializers.ValidationError({"minutes": [_("With free marking this is in whole half hours.")]})
        return attrs

    @property
    def slots(self) -> list[Slot]:
        data = self.validated_data
        slots = [Slot(starts_at=_minute(starts_at)) for starts_at in data["starts"]]
        slots += [Slot(weekday=row["weekday"], at=row["at"].replace(second=0, microsecond=0)) for row in data["weekly"]]
        return sorted(slots, key=lambda slot: slot.order)


class OneAnswerSerializer(serializers.Serializer):
    position = serializers.IntegerField(min_value=0, max_value=MOST_TIMES - 1)
    answer = serializers.ChoiceField(ANSWERS)


class PollAnswerSerializer(serializers.Serializer):
    """One answer for each time of the poll."""

    answers = OneAnswerSerializer(many=True)


class PositionSerializer(serializers.Serializer):
    position = serializers.IntegerField(min_value=0, max_value=MOST_TIMES - 1)


class PollViewSet(viewsets.GenericViewSet):
    """One's own polls: those that ask the reader, and those that they run."""

    serializer_class = PollSerializer
    pagination_class = Pages
    lookup_url_kwarg = "poll_id"
    lookup_value_regex = r"\w+"

    def get_queryset(self) -> Any:
        viewer = self.request.user
        return Poll.objects.visible_to(viewer).with_standing(viewer).with_turnout().order_by("-closes_at", "-id")

    @extend_schema(responses=PollSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Those that close last first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(PollSerializer(page, many=True, context=self.get_serializer_context()).data)

    @extend_schema(responses=PollDetailSerializer)
    def retrieve(self, request: Request, poll_id: str) -> Response:
        return self._told(self._seen(poll_id))

    @extend_schema(request=NewPollSerializer, responses={201: PollDetailSerializer, 409: ProblemSerializer})
    def create(self, request: Request) -> Response:
        """Open a poll of one's own. Everybody whom it asks gets a mail. Refused as `too_many_polls`."""
        if not request.user.has_profile:
            raise PermissionDenied
        now = timezone.now()
        sent = NewPollSerializer(data=request.data, context={"request": request, "now": now})
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        try:
            poll = actions.open_poll(
                actor=request.user,
                slots=sent.slots,
                key=data.get("key") or uuid4(),
                now=now,
                **{name: data[name] for name in NEW_FIELDS},
            )
        except actions.SameTimeTwice:
            raise serializers.ValidationError({"starts": [_("One of the times is there twice.")]}) from None
        except actions.TooManyTimes:
            raise serializers.ValidationError({"starts": [_("These are too many times for one poll.")]}) from None
        except actions.TooManyPeople:
            raise serializers.ValidationError({"people": [_("These are more people than one poll asks.")]}) from None
        except actions.TooManyPolls:
            raise Refused("too_many_polls", _("You have opened many polls today.")) from None
        return self._told(self._seen(str(poll.pk)), status=201)

    @extend_schema(request=PollAnswerSerializer, responses={200: PollDetailSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["put"])
    def answer(self, request: Request, poll_id: str) -> Response:
        """Save one's own answer in place of the one before. Refused as `poll_is_closed`."""
        poll = self._seen(poll_id)
        # Admins may do everything but answer where they are not asked.
        if not poll.is_asked:
            raise PermissionDenied
        sent = PollAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        marks = _marks(poll, sent.validated_data["answers"])
        try:
            actions.answer_poll(actor=request.user, poll_id=poll.pk, marks=marks, now=timezone.now())
        except (Poll.DoesNotExist, actions.NotAsked):
            raise NotFound from None
        except actions.PollIsClosed:
            raise Refused("poll_is_closed", _("The poll is closed, and its answers stay as they are.")) from None
        return self._told(self._seen(poll_id))

    @extend_schema(request=None, responses=PollDetailSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, poll_id: str) -> Response:
        """End a poll before its deadline, for its organizers; twice is once. Everybody who was asked gets a mail."""
        poll = self._run(poll_id)
        actions.close_poll(actor=request.user, poll_id=poll.pk, now=timezone.now())
        return self._told(self._seen(poll_id))

    @extend_schema(request=PositionSerializer, responses={200: PollDetailSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def meet(self, request: Request, poll_id: str) -> Response:
        """Make one of the times a meeting, for its organizers; of a weekly one the next.

        Refused as `already_settled` or `not_a_time`.
        """
        poll = self._run(poll_id)
        sent = PositionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        position = sent.validated_data["position"]
        try:
            actions.meet_at(actor=request.user, poll_id=poll.pk, position=position, now=timezone.now())
        except Poll.DoesNotExist:
            raise NotFound from None
        except actions.NoSuchTimeInPoll:
            raise serializers.ValidationError({"position": [_("The poll has no such time.")]}) from None
        except actions.AlreadySettled:
            raise Refused("already_settled", _("Something has come of this poll already.")) from None
        except NotATime:
            raise Refused("not_a_time", _("This time has passed.")) from None
        return self._told(self._seen(poll_id))

    def _seen(self, poll_id: str) -> Poll:
        return get_object_or_404(self.get_queryset(), pk=number_in(poll_id))

    def _run(self, poll_id: str) -> Poll:
        poll = self._seen(poll_id)
        if not self.request.user.has_perm("availability.edit_poll", poll):
            raise PermissionDenied
        return poll

    def _told(self, poll: Any, *, status: int = 200) -> Response:
        times = list(poll.times.order_by("position"))
        own = Ballot.objects.of(self.request.user).filter(poll=poll).values_list("marks", flat=True).first() or ""
        poll_times = [
            {
                "position": moment.position,
                "starts_at": moment.starts_at,
                "ends_at": moment.ends_at,
                "own_answer": NAMES[own[moment.position]] if own else None,
            }
            for moment in moments_of(poll, times)
        ]
        now = timezone.now()
        sees = own or not poll.is_open(now) or self.request.user.has_perm("availability.edit_poll", poll)
        ranked = [_ranked(row) for row in results_of(poll, times, now).ranked] if sees else []
        data = PollSerializer(poll, context=self.get_serializer_context()).data
        parts = {
            "times": OfferedSerializer(poll_times, many=True).data,
            "ranked": RankedSerializer(ranked, many=True).data,
        }
        return Response(data | parts, status=status)


NEW_FIELDS = (
    "title",
    "note",
    "zone",
    "minutes",
    "is_free",
    "closes_at",
    "shows_names",
    "people",
    "guests_limit",
)


def _marks(poll: Poll, answers: list[dict[str, Any]]) -> str:
    offered = set(poll.times.values_list("position", flat=True))
    said = {row["position"]: MARKS[row["answer"]] for row in answers}
    if len(said) < len(answers):
        raise serializers.ValidationError({"answers": [_("One of the times is there twice.")]})
    if set(said) != offered:
        told = _("Answer each time of the poll, by its position, and no other.")
        raise serializers.ValidationError({"answers": [told]})
    return "".join(said[position] for position in sorted(said))


def _ranked(row: Any) -> dict[str, Any]:
    tally = row.tally
    return {
        "position": row.moment.position,
        "starts_at": row.moment.starts_at,
        "ends_at": row.moment.ends_at,
        "yes": tally.yes if tally else None,
        "if_needed": tally.if_needed if tally else None,
        "no": tally.no if tally else None,
        "yes_names": row.yes_names,
        "if_needed_names": row.if_needed_names,
    }


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


router = SimpleRouter()
router.register("polls", PollViewSet, basename="poll")
