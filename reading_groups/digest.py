"""What the digests of many members tell of reading groups, for all of them at once: as many queries for ten as for one.

For each member it is what `agenda.items_for` and `asked.asked_of` say of them alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import FETCH_RAISE, Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import ngettext_lazy

from core.agenda import AgendaItem
from members.models import Member, TopicExperience
from reading_groups.agenda import NOT_ON, item_of, loaded, title_of
from reading_groups.asked import Asked
from reading_groups.links import invitation_path, swap_path
from reading_groups.models import (
    Enrolment,
    Idea,
    Presentation,
    PresentationFile,
    PresentingInvitation,
    PresentingSwap,
    Question,
    Reading,
    ReadingGroup,
    Session,
    SitIn,
    Summary,
)


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """The groups of some members: where they have a place, what they organize, and where they have or want a place."""

    enrolled: Mapping[int, set[int]]
    organized: Mapping[int, set[int]]
    live: Mapping[int, set[int]]

    def groups_of(self, member_id: int) -> set[int]:
        return self.enrolled[member_id] | self.organized[member_id]

    def groups(self, member_ids: Iterable[int]) -> set[int]:
        return set().union(*(self.groups_of(member_id) for member_id in member_ids))


@dataclass(frozen=True, kw_only=True)
class News:
    """Something new in a group: what has come, with the title of the latest, and how many more like it there are."""

    group: str
    kind: str
    title: str
    path: str
    more: int

    @property
    def what(self) -> str:
        """In words, in the active language."""
        return str(WHAT[self.kind] % {"n": self.more + 1})


@dataclass(frozen=True, kw_only=True)
class _Event:
    group: ReadingGroup
    kind: str
    title: str
    path: str
    at: datetime
    by_id: int | None = None
    uid: str = ""


WHAT = {
    "paper": ngettext_lazy("A paper was proposed", "Papers were proposed", "n"),
    "question": ngettext_lazy("A question was asked", "Questions were asked", "n"),
    "idea": ngettext_lazy("An idea was put up", "Ideas were put up", "n"),
    "files": ngettext_lazy("Slides or notes were added", "Slides or notes were added", "n"),
    "summary": ngettext_lazy("A discussion was written up", "Discussions were written up", "n"),
    "recording": ngettext_lazy("There is a recording", "There are recordings", "n"),
    "session": ngettext_lazy("A session was set", "Sessions were set", "n"),
}


def belonging_of(member_ids: Collection[int]) -> Belonging:
    """Two queries."""
    enrolled, organized, live = defaultdict(set), defaultdict(set), defaultdict(set)
    places = Enrolment.objects.live().filter(member__in=member_ids).values_list("member_id", "group_id", "state")
    for member_id, group_id, state in places:
        live[member_id].add(group_id)
        if state == Enrolment.State.ENROLLED:
            enrolled[member_id].add(group_id)
    runs = ReadingGroup.organizers.through.objects.filter(member__in=member_ids)
    for member_id, group_id in runs.values_list("member_id", "readinggroup_id"):
        organized[member_id].add(group_id)
    return Belonging(enrolled=enrolled, organized=organized, live=live)


def items_of_members(
    members: Mapping[int, Member], belonging: Belonging, ends: Mapping[int, datetime], start: datetime
) -> dict[int, list[AgendaItem]]:
    """The sessions of each member from `start` to their own end, in order and in their language. Five queries."""
    if not ends:
        return {}
    last = max(ends.values())
    theirs = Q(group__in=belonging.groups(ends)) | Q(
        Exists(SitIn.objects.filter(session=OuterRef("pk"), member__in=ends))
    )
    coming = Session.objects.filter(theirs, starts_at__lt=last, ends_at__gt=start, is_cancelled=False)
    sessions = list(loaded(coming.exclude(group__state__in=NOT_ON)))
    of_these: dict[str, Collection[int]] = {"session__in": [session.pk for session in sessions], "member__in": ends}
    visits = set(SitIn.objects.filter(**of_these).values_list("member_id", "session_id"))
    parts = set(Presentation.objects.filter(**of_these).values_list("member_id", "session_id"))
    items = {}
    for member_id, end in ends.items():
        groups = belonging.groups_of(member_id)
        own = [
            session
            for session in sessions
            if session.starts_at < end and (session.group_id in groups or (member_id, session.pk) in visits)
        ]
        with translation.override(members[member_id].language or settings.LANGUAGE_CODE):
            items[member_id] = [
                item_of(
                    session,
                    is_presented=(member_id, session.pk) in parts,
                    is_visited=session.group_id not in groups,
                )
                for session in own
            ]
    return items


def asked_of_members(member_ids: Collection[int], now: datetime) -> dict[int, list[Asked]]:
    """What presenters ask each member, the next session first. Two queries, and two more where there is any."""
    places = Enrolment.objects.enrolled()
    invitations = PresentingInvitation.objects.open(now).filter(
        Exists(places.filter(member=OuterRef("member"), group=OuterRef("session__group"))), member__in=member_ids
    )
    swaps = PresentingSwap.objects.open(now).filter(
        Exists(places.filter(member=OuterRef("wanted__member"), group=OuterRef("wanted__session__group"))),
        wanted__member__in=member_ids,
    )
    found: dict[tuple[int, int, bool], tuple[int, str]] = {}
    rows = invitations.values_list("member_id", "session_id", "pk", "invited_by__name")
    for member_id, session_id, pk, name in rows:
        found[session_id, member_id, False] = (pk, name)
    rows = swaps.order_by("asked_at", "id").values_list(
        "wanted__member_id", "wanted__session_id", "pk", "offered__member__name"
    )
    for member_id, session_id, pk, name in rows:
        found.setdefault((session_id, member_id, True), (pk, name))
    asked: dict[int, list[Asked]] = defaultdict(list)
    if not found:
        return asked
    sessions = loaded(Session.objects.filter(pk__in={session_id for session_id, _member, _swap in found}))
    for session in sessions:
        slug, title = session.group.slug, title_of(session)
        for (session_id, member_id, is_swap), (pk, name) in sorted(found.items()):
            if session_id == session.pk:
                path = swap_path(slug, pk) if is_swap else invitation_path(slug, pk)
                asked[member_id].append(Asked(session=session, title=title, is_swap=is_swap, by=name, path=path))
    return asked


def held_for_members(member_ids: Collection[int], now: datetime) -> dict[int, list[Enrolment]]:
    """Places that are held for each member and wait for an answer, the most pressing first. One query."""
    held = Enrolment.objects.filter(member__in=member_ids, state=Enrolment.State.HELD, held_until__gt=now)
    by_member = defaultdict(list)
    rows = held.select_related("group").defer("group__search").order_by("held_until", "id")
    for enrolment in rows.fetch_mode(FETCH_RAISE):
        by_member[enrolment.member_id].append(enrolment)
    return by_member


def news_of_members(
    belonging: Belonging,
    since: Mapping[int, datetime],
    now: datetime,
    *,
    told: Mapping[int, Collection[AgendaItem]],
    most: int,
) -> dict[int, list[News]]:
    """What is new in the groups of each member since a time of their own and by somebody else, the latest first.

    One line for each thing of each group, however many of them came; at most so many lines. A session among the items
    that they are told of anyway is no news. Ten queries.
    """
    if not since:
        return {}
    by_group = defaultdict(list)
    uids = {member_id: {item.uid for item in told.get(member_id, ())} for member_id in since}
    for event in _events(belonging.groups(since), min(since.values()), now):
        by_group[event.group.pk].append(event)
    return {
        member_id: _lines(
            event
            for group_id in belonging.groups_of(member_id)
            for event in by_group[group_id]
            if event.at > after and event.by_id != member_id and event.uid not in uids[member_id]
        )[:most]
        for member_id, after in since.items()
    }


def might_like(belonging: Belonging, member_ids: Collection[int], now: datetime) -> dict[int, ReadingGroup]:
    """For each member a group with free places on one of their topics, which they are not in; the one that meets next.

    Of those that anybody who is signed in may see. Three queries.
    """
    topics = defaultdict(set)
    experience = TopicExperience.objects.filter(member__in=member_ids)
    for member_id, topic_id in experience.values_list("member_id", "topic_id"):
        topics[member_id].add(topic_id)
    links = ReadingGroup.topics.through.objects.filter(topic__in=set().union(*topics.values()))
    open_groups = ReadingGroup.objects.listed().exclude(visibility=ReadingGroup.Visibility.INVITED).with_places()
    on_topic = open_groups.filter(pk__in=links.values("readinggroup")).with_next_session(now).defer("search")
    groups = list(on_topic.order_by(F("next_starts_at").asc(nulls_last=True), "id"))
    topics_of = defaultdict(set)
    for group_id, topic_id in links.filter(readinggroup__in=groups).values_list("readinggroup_id", "topic_id"):
        topics_of[group_id].add(topic_id)
    liked = {}
    for member_id in member_ids:
        own = belonging.live[member_id] | belonging.organized[member_id]
        fitting = (group for group in groups if group.pk not in own and topics_of[group.pk] & topics[member_id])
        found = next(fitting, None)
        if found is not None:
            liked[member_id] = found
    return liked


def _lines(events: Iterable[_Event]) -> list[News]:
    alike: dict[tuple[int, str], list[_Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event.at, event.path), reverse=True):
        alike[event.group.pk, event.kind].append(event)
    return [
        News(
            group=same[0].group.title,
            kind=kind,
            title=same[0].title,
            path=same[0].path,
            more=len(same) - 1,
        )
        for (_group_id, kind), same in alike.items()
    ]


def _events(group_ids: Collection[int], after: datetime, now: datetime) -> Iterable[_Event]:
    """All that has come to these groups, by what it is. Everybody in a group may see it."""
    groups = ReadingGroup.objects.filter(pk__in=group_ids).exclude(state__in=NOT_ON).defer("search").in_bulk()
    of_group, of_session = {"group__in": groups}, {"session__group__in": groups}

    papers = Reading.objects.filter(**of_group, proposed_at__gt=after).select_related("paper")
    for reading in papers.fetch_mode(FETCH_RAISE):
        group, at = groups[reading.group_id], reading.proposed_at
        path, by_id = group.get_absolute_url(), reading.proposed_by_id
        yield _Event(group=group, kind="paper", title=reading.name, path=path, at=at, by_id=by_id)
    for idea in Idea.objects.filter(**of_group, put_up_at__gt=after).fetch_mode(FETCH_RAISE):
        idea.group = groups[idea.group_id]
        path = idea.get_absolute_url()
        yield _Event(
            group=idea.group, kind="idea", title=idea.title, path=path, at=idea.put_up_at, by_id=idea.member_id
        )

    # By session: what of it, when, who, and its words where it has some.
    found: list[tuple[str, int, datetime, int | None, str]] = []
    questions = Question.objects.filter(**of_session, asked_at__gt=after)
    rows = questions.values_list("session_id", "asked_at", "member_id", "text")
    found += [("question", *row) for row in rows]
    written = Summary.objects.filter(**of_session, written_at__gt=after).exclude(text="")
    found += [("summary", *row, "") for row in written.values_list("session_id", "written_at", "written_by_id")]
    files = PresentationFile.objects.filter(presentation__session__group__in=groups, added_at__gt=after)
    rows = files.values_list("presentation__session_id", "added_at", "presentation__member_id")
    found += [("files", *row, "") for row in rows]
    recorded = Session.objects.filter(**of_group, recording_added_at__gt=after).exclude(recording_url="")
    found += [("recording", *row, None, "") for row in recorded.values_list("pk", "recording_added_at")]
    added = Session.objects.coming(now).filter(**of_group, added_at__gt=after)
    found += [("session", *row, None, "") for row in added.values_list("pk", "added_at")]
    sessions = {session.pk: session for session in loaded(Session.objects.filter(pk__in={row[1] for row in found}))}
    for kind, session_id, at, by_id, words in found:
        session = sessions[session_id]
        group, title = groups[session.group_id], words or title_of(session)
        path, uid = session.get_absolute_url(), session.key if kind == "session" else ""
        yield _Event(group=group, kind=kind, title=title, path=path, at=at, by_id=by_id, uid=uid)
