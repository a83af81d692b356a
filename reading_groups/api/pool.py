"""Papers for programs: what a group may read, proposing and voting, and where a paper is read. Who proposed or voted is
not told.
"""

from django.db.models import FETCH_RAISE, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Instant, LinkedSerializer, ProblemSerializer, Refused
from reading_groups import actions
from reading_groups.forms.papers import FACTS, PaperForm, initial_of
from reading_groups.models import Paper, Reading, ReadingGroup, Session
from reading_groups.papers.arxiv import ArxivIsAsked, ArxivIsSilent, ArxivKnowsNone
from reading_groups.papers.lookup import look_up
from reading_groups.papers.pasted import LONGEST_PASTED, CannotReadPaper, read_pasted

IN_A_GROUP = [OpenApiParameter("group_slug", location=OpenApiParameter.PATH)]


class PaperSerializer(LinkedSerializer):
    link = serializers.CharField(help_text="The paper itself, on arXiv or elsewhere, or empty.")

    class Meta:
        model = Paper
        fields = ("id", "url", "title", "authors", "authors_are_cut", "year", "venue", "arxiv_id", "doi", "link")
        read_only_fields = fields


class ReadSerializer(serializers.ModelSerializer):
    """A place where a paper is read: a session, or without one the list of papers that wait for theirs."""

    group = serializers.SlugRelatedField("slug", read_only=True)
    held_on = serializers.DateField(source="session.held_on", default=None)

    class Meta:
        model = Reading
        fields = ("group", "session", "held_on", "part")
        read_only_fields = fields


class PaperDetailSerializer(PaperSerializer):
    readings = ReadSerializer(many=True, help_text="In the groups that the reader may see.")

    class Meta(PaperSerializer.Meta):
        fields = (*PaperSerializer.Meta.fields, "readings")
        read_only_fields = fields


class PooledSerializer(serializers.ModelSerializer):
    """A paper in a group's pool. Votes are told to those inside the group."""

    paper = PaperSerializer()
    proposed_at = Instant(allow_null=True)
    votes = serializers.SerializerMethodField()
    is_voted = serializers.BooleanField(help_text="Whether one of the votes is the reader's.")

    class Meta:
        model = Reading
        fields = ("id", "paper", "part", "proposed_at", "votes", "is_voted")
        read_only_fields = fields

    def get_votes(self, reading: Reading) -> int | None:
        return reading.vote_count if self.context["sees_inside"] else None  # type: ignore[attr-defined]


class ProposedPaperSerializer(serializers.Serializer):
    """A paper to propose: `source` as one would paste it, the facts themselves, or both, where the facts count."""

    source = serializers.CharField(
        required=False,
        max_length=LONGEST_PASTED,
        help_text="An arXiv id or link, a DOI, a web address, a BibTeX entry, or an arXiv record.",
    )
    title = serializers.CharField(required=False)
    authors = serializers.ListField(child=serializers.CharField(), required=False)
    year = serializers.IntegerField(required=False)
    venue = serializers.CharField(required=False)
    arxiv_id = serializers.CharField(required=False)
    doi = serializers.CharField(required=False)
    url = serializers.CharField(required=False)
    part = serializers.CharField(required=False)
    same_as = serializers.IntegerField(required=False, min_value=1, help_text="The paper of that title that is meant.")
    is_another = serializers.BooleanField(required=False, help_text="It is another paper than those of its title.")


class ScheduleSerializer(serializers.Serializer):
    session = serializers.IntegerField(min_value=1)


@extend_schema_view(list=extend_schema(parameters=IN_A_GROUP))
class PoolViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Reading.objects.none()
    lookup_url_kwarg = "reading_id"
    serializer_class = PooledSerializer

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """The group is looked for once a program has said who it is; where it may not be seen there is none."""
        super().initial(request, *args, **kwargs)
        groups = ReadingGroup.objects.visible_to(request.user).with_standing(request.user).defer("search")
        self.group = get_object_or_404(groups, slug=self.kwargs["group_slug"])

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return Reading.objects.none()
        return self.group.readings.for_pool(self.request.user)

    def get_serializer_context(self) -> dict[str, object]:
        group = getattr(self, "group", None)
        sees_inside = group is not None and self.request.user.has_perm("reading_groups.see_inside", group)
        return super().get_serializer_context() | {"sees_inside": sees_inside}

    @extend_schema(
        parameters=IN_A_GROUP,
        request=ProposedPaperSerializer,
        responses={201: PooledSerializer, 409: ProblemSerializer},
    )
    def create(self, request: Request, group_slug: str) -> Response:
        """Propose a paper. It is looked up by its identifier first.

        Refused as `on_list_already`, as `same_title` where it has to be said whether it is a paper of that title, and
        as `arxiv_is_silent` where arXiv has to be asked and does not answer: send the title then.
        """
        if not request.user.has_perm("reading_groups.propose_paper", self.group):
            raise PermissionDenied
        sent = ProposedPaperSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        form = self._form(sent.validated_data)
        if not form.is_valid():
            raise serializers.ValidationError(form.errors)
        choice = {"same_as": sent.validated_data.get("same_as"), "is_another": sent.validated_data.get("is_another")}
        try:
            reading = actions.propose_paper(
                actor=request.user,
                group_id=self.group.pk,
                row=form.row,
                now=timezone.now(),
                same_as=choice["same_as"],
                is_another=bool(choice["is_another"]),
            )
        except actions.SameTitle as found:
            ids = ", ".join(str(paper.pk) for paper in found.papers)
            raise Refused("same_title", _("Papers of that title are here already: %(ids)s.") % {"ids": ids}) from None
        except actions.OnListAlready:
            raise Refused("on_list_already", _("This paper is on the list already.")) from None
        except actions.NotInGroup:
            raise Refused("not_in_group", _("You need a place in this group for that.")) from None
        except actions.GroupIsClosed:
            raise Refused("group_is_closed", _("This group has completed its reading list.")) from None
        return self._told(reading, status=201)

    @extend_schema(
        methods=["post"], parameters=IN_A_GROUP, request=None, responses={200: PooledSerializer, 409: ProblemSerializer}
    )
    @extend_schema(
        methods=["delete"],
        parameters=IN_A_GROUP,
        request=None,
        responses={200: PooledSerializer, 409: ProblemSerializer},
    )
    @action(detail=True, methods=["post", "delete"])
    def vote(self, request: Request, group_slug: str, reading_id: str) -> Response:
        """Give one's vote, or take it back with DELETE; either twice changes nothing.

        Refused as `not_in_group`, and as `not_in_pool` once the paper has its session.
        """
        reading = self._reading(reading_id)
        try:
            if request.method == "DELETE":
                actions.take_back_reading_vote(actor=request.user, reading_id=reading.pk)
            else:
                actions.vote_for_reading(actor=request.user, reading_id=reading.pk, now=timezone.now())
        except Reading.DoesNotExist:
            raise NotFound from None
        except actions.NotInGroup:
            raise Refused("not_in_group", _("You need a place in this group to vote.")) from None
        except actions.NotInPool:
            raise _not_in_pool() from None
        return self._told(reading)

    @extend_schema(
        parameters=IN_A_GROUP, request=ScheduleSerializer, responses={200: ReadSerializer, 409: ProblemSerializer}
    )
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, group_slug: str, reading_id: str) -> Response:
        """Give a paper its session, for those who run the group. Refused as `not_in_pool` and `on_list_already`."""
        reading = self._reading(reading_id)
        if not request.user.has_perm("reading_groups.edit_group", self.group):
            raise PermissionDenied
        sent = ScheduleSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            scheduled = actions.schedule_reading(reading_id=reading.pk, session_id=sent.validated_data["session"])
        except Session.DoesNotExist:
            raise serializers.ValidationError({"session": _("The group has no such session, or it is off.")}) from None
        except Reading.DoesNotExist:
            raise NotFound from None
        except actions.NotInPool:
            raise _not_in_pool() from None
        except actions.OnListAlready:
            raise Refused("on_list_already", _("This session has the paper already.")) from None
        scheduled.group = self.group
        return Response(ReadSerializer(scheduled).data)

    def _form(self, sent: dict) -> PaperForm:
        """What was sent, completed by what it names, as the page's form would send it."""
        given = {name: sent[name] for name in (*FACTS, "part") if name in sent}
        if "authors" in given:
            given["authors"] = "\n".join(given["authors"])
        if "source" not in sent:
            return PaperForm(given)
        try:
            row = read_pasted(sent["source"])
        except CannotReadPaper as problem:
            raise serializers.ValidationError({"source": str(problem)}) from None
        try:
            row, _paper = look_up(row)
        except ArxivKnowsNone:
            raise serializers.ValidationError({"source": _("arXiv has no such paper.")}) from None
        except (ArxivIsSilent, ArxivIsAsked):
            if not given.get("title"):
                raise Refused("arxiv_is_silent", _("arXiv did not answer. Send the title as well.")) from None
        return PaperForm(initial_of(row) | given)

    def _reading(self, reading_id: str) -> Reading:
        if not self.request.user.has_perm("reading_groups.see_inside", self.group):
            raise NotFound
        return get_object_or_404(self.group.readings.only("pk"), pk=reading_id)

    def _told(self, reading: Reading, status: int = 200) -> Response:
        told = self.group.readings.with_votes(self.request.user).select_related("paper").filter(pk=reading.pk).first()
        if told is None:
            raise NotFound
        return Response(self.get_serializer(told).data, status=status)


class PaperViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A paper that a group which one may see has on its list."""

    queryset = Paper.objects.none()
    lookup_url_kwarg = "paper_id"
    serializer_class = PaperDetailSerializer

    def get_queryset(self) -> QuerySet:
        viewer = self.request.user
        readings = Reading.objects.filter(group__in=ReadingGroup.objects.visible_to(viewer))
        readings = readings.select_related("group", "session").order_by("pk").fetch_mode(FETCH_RAISE)
        return Paper.objects.visible_to(viewer).prefetch_related(Prefetch("readings", readings))


def _not_in_pool() -> Refused:
    return Refused("not_in_pool", _("This paper has got its session."))
