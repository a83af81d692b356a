"""What programs do for those who propose and run groups, and who sit in; part of the groups' own addresses."""

from typing import Any

from django.db.models import FETCH_RAISE
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, LinkedSerializer, ProblemSerializer, Refused, number_in
from members.models import Collective, Member, Topic
from reading_groups import actions
from reading_groups.forms.links import LinkForm
from reading_groups.forms.planning import PlanForm
from reading_groups.forms.proposals import LEAST_TOPICS, AnswerForm, ProposalForm, are_valid
from reading_groups.models import InvitationLink, ReadingGroup, SitIn


class ProposalSerializer(serializers.ModelSerializer):
    """A proposed group and, where there is one, its answer."""

    submitted_at = Instant()
    decided_at = Instant(allow_null=True)

    class Meta:
        model = ReadingGroup
        fields = ("slug", "title", "description", "format", "state", "zone", "submitted_at", "decided_at", "reasons")
        read_only_fields = fields


class NewProposalSerializer(serializers.Serializer):
    """A group to propose. It meets by a rule, from `first_on` to `last_on`, or on the `dates`, or is not planned yet.

    What is sent is held against the same rules as the site's own form; this describes it.
    """

    title = serializers.CharField(max_length=140)
    description = serializers.CharField(max_length=10_000)
    format = serializers.ChoiceField(ReadingGroup.Format.choices, default=ReadingGroup.Format.PAPERS)
    topics = serializers.ListField(
        child=serializers.SlugField(), default=list, max_length=LEAST_TOPICS, help_text="Their short names."
    )
    collective = serializers.SlugField(required=False, allow_blank=True)
    language = serializers.CharField(required=False, allow_blank=True, max_length=40)
    zone = serializers.CharField(help_text="Such as Europe/London.")
    duration_minutes = serializers.IntegerField(default=75)
    capacity = serializers.IntegerField(default=12)
    visibility = serializers.ChoiceField(ReadingGroup.Visibility.choices, default=ReadingGroup.Visibility.PUBLIC)
    how = serializers.ChoiceField(["rule", "dates", "later"], default="later")
    weekday = serializers.IntegerField(required=False, min_value=0, max_value=6, help_text="Monday is 0.")
    at = serializers.CharField(required=False, help_text="The time of day in the zone, such as 18:30.")
    every_weeks = serializers.IntegerField(default=1, min_value=1, max_value=2)
    first_on = serializers.DateField(required=False)
    last_on = serializers.DateField(required=False)
    dates = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, help_text="Such as 2026-12-01 18:30, in the zone."
    )


class AnswerSerializer(serializers.Serializer):
    answer = serializers.ChoiceField(["open", "return", "decline"])
    reasons = serializers.CharField(required=False, allow_blank=True, max_length=5000)


class StateSerializer(serializers.Serializer):
    state = serializers.ChoiceField(ReadingGroup.State.choices)


class LinkSerializer(LinkedSerializer):
    """A link into a group. `url` is what is handed out."""

    created_at = Instant()
    revoked_at = Instant(allow_null=True)
    is_open = serializers.BooleanField()

    class Meta:
        model = InvitationLink
        fields = ("id", "url", "note", "most_uses", "used", "is_open", "created_at", "revoked_at")
        read_only_fields = fields


class NewLinkSerializer(serializers.Serializer):
    note = serializers.CharField(required=False, allow_blank=True, max_length=140)
    most_uses = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class SitInSerializer(serializers.ModelSerializer):
    """The one session at which the reader sits in, and the link to its call."""

    group = serializers.SlugRelatedField("slug", read_only=True)
    starts_at = Instant(source="session.starts_at")
    ends_at = Instant(source="session.ends_at")
    call_url = serializers.CharField(source="session.call_link")

    class Meta:
        model = SitIn
        fields = ("group", "starts_at", "ends_at", "call_url")
        read_only_fields = fields


class RunningActions:
    """Mixed into the groups' viewset, whose `_group` and `_gone` it uses."""

    request: Request

    @extend_schema(responses=ProposalSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def proposals(self, request: Request) -> Response:
        """One's own proposals, and all of them for organizers; those that wait first. The latest 200."""
        groups = ReadingGroup.objects.proposed_to(request.user).waiting_first().defer("search")
        return Response(ProposalSerializer(groups.fetch_mode(FETCH_RAISE)[:200], many=True).data)

    @extend_schema(
        request=NewProposalSerializer, responses={201: ProposalSerializer, 409: ProblemSerializer}, filters=False
    )
    @proposals.mapping.post
    def propose(self, request: Request) -> Response:
        """Propose a group to the organizers. The same one sent twice is one.

        Refused as `group_is_proposed` where another of the same title waits, or as `profile_is_incomplete`.
        """
        self._need_profile(request.user)
        sent = NewProposalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form, plan = _forms_of(sent.data)
        if not are_valid(form, plan):
            raise serializers.ValidationError({**form.errors, **plan.errors})
        try:
            group = actions.propose_group(
                actor=request.user,
                group=form.instance,
                topics=form.chosen_topics,
                plan=plan.plan,
                now=timezone.now(),
            )
        except actions.GroupIsProposed:
            raise Refused("group_is_proposed", _("Another proposal of yours with this title waits.")) from None
        return Response(ProposalSerializer(group).data, status=201)

    @extend_schema(request=AnswerSerializer, responses={200: ProposalSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, slug: str) -> Response:
        """Open, return or decline what is proposed, for organizers. Refused as `already_answered`."""
        group = self._run(request, slug, "decide_group")
        sent = AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = AnswerForm(sent.validated_data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        act = {"open": actions.open_proposal, "return": actions.return_group, "decline": actions.decline_group}
        try:
            answered = act[form.cleaned_data["answer"]](
                actor=request.user, group_id=group.pk, reasons=form.cleaned_data["reasons"], now=timezone.now()
            )
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        except actions.AlreadyAnswered:
            raise Refused("already_answered", _("This proposal has had its answer.")) from None
        return Response(ProposalSerializer(answered).data)

    @extend_schema(request=StateSerializer, responses={200: StateSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def state(self, request: Request, slug: str) -> Response:
        """Open, begin, pause, complete or archive a group, for its organizers and those of the collaborative.

        Completing and archiving end the places in it. Refused as `state_cannot_be_reached`.
        """
        group = self._run(request, slug, "run_group")
        sent = StateSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            changed = actions.set_state(group_id=group.pk, state=sent.validated_data["state"], now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        except actions.CannotChangeState:
            raise Refused("state_cannot_be_reached", _("From where it is now, that is not possible.")) from None
        return Response(StateSerializer(changed).data)

    @extend_schema(responses=LinkSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def links(self, request: Request, slug: str) -> Response:
        """The links into a group, the newest first, for its organizers. The latest 200."""
        group = self._run(request, slug, "edit_group")
        links = group.invitation_links.newest_first()[:200]
        return Response(LinkSerializer(links, many=True, context={"request": request}).data)

    @extend_schema(request=NewLinkSerializer, responses={201: LinkSerializer})
    @links.mapping.post
    def make_link(self, request: Request, slug: str) -> Response:
        """Make a link into a group, for so many people at most; without a number for any."""
        group = self._run(request, slug, "edit_group")
        sent = NewLinkSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = LinkForm(sent.validated_data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        try:
            link = actions.make_link(actor=request.user, group_id=group.pk, **form.cleaned_data, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        return Response(LinkSerializer(link, context={"request": request}).data, status=201)

    @extend_schema(request=None, responses={200: LinkSerializer})
    @action(detail=True, methods=["post"], url_path=r"links/(?P<link_id>\w+)/revoke", url_name="link-revoke")
    def revoke_link(self, request: Request, slug: str, link_id: str) -> Response:
        """Close a link for good. Those who came by it stay; twice changes nothing."""
        group = self._run(request, slug, "edit_group")
        number = number_in(link_id)
        link = get_object_or_404(group.invitation_links.only("pk"), pk=number)
        revoked = actions.revoke_link(link_id=link.pk, now=timezone.now())
        return Response(LinkSerializer(revoked, context={"request": request}).data)

    @extend_schema(request=None, responses={200: SitInSerializer, 409: ProblemSerializer})
    @action(detail=True, methods=["post"])
    def sit_in(self, request: Request, slug: str) -> Response:
        """Sit in at the next session, once in each group, without a place. Asking again gives the same session.

        Refused as `cannot_sit_in`, `has_place`, `sat_in_before`, `no_session_to_come` or `profile_is_incomplete`.
        """
        group = self._group(slug)
        self._need_profile(request.user)
        try:
            own = actions.sit_in(actor=request.user, group_id=group.pk, now=timezone.now())
        except ReadingGroup.DoesNotExist:
            raise self._gone() from None
        except actions.CannotSitIn:
            raise Refused("cannot_sit_in", _("One cannot sit in at this group at present.")) from None
        except actions.HasPlace:
            raise Refused("has_place", _("You have a place in this group, or one is held for you.")) from None
        except actions.SatInBefore:
            raise Refused("sat_in_before", _("You have sat in at this group.")) from None
        except actions.NoSessionToCome:
            raise Refused("no_session_to_come", _("No session is planned yet at which you could sit in.")) from None
        return Response(SitInSerializer(own).data)

    def _need_profile(self, member: Member) -> None:
        if not member.has_profile:
            raise Refused("profile_is_incomplete", _("Tell us your name and time zone first."))

    def _run(self, request: Request, slug: str, verb: str) -> ReadingGroup:
        """A group that the reader may see, if they may also do that with it."""
        groups = ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search")
        group = get_object_or_404(groups, slug=slug)
        if not request.user.has_perm(f"reading_groups.{verb}", group):
            raise PermissionDenied
        return group


def _forms_of(sent: dict[str, Any]) -> tuple[ProposalForm, PlanForm]:
    """What was sent, as the site's own forms have it. Raises ValidationError for names that are not there."""
    topics = {topic.slug: topic.pk for topic in Topic.objects.filter(slug__in=sent["topics"])}
    collective = Collective.objects.filter(slug=sent.get("collective") or "").first()
    if len(topics) < len(set(sent["topics"])):
        raise serializers.ValidationError({"topics": [_("There is no topic of that name.")]})
    if sent.get("collective") and collective is None:
        raise serializers.ValidationError({"collective": [_("There is no collective of that name.")]})
    data = {name: value for name, value in sent.items() if name not in {"topics", "collective", "dates"}}
    data |= {f"topic_{number}": topics[slug] for number, slug in enumerate(sent["topics"], 1)}
    data |= {"collective": collective.pk if collective else "", "dates": "\n".join(sent["dates"])}
    return ProposalForm(data), PlanForm(data, today=timezone.localdate())
