"""Writing a reading list into a group."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from core.clock import instant_of
from core.text import title_key
from reading_groups.actions.groups import index_groups, save_group
from reading_groups.actions.places import lock_group
from reading_groups.importer.report import Entry, Outcome, Report
from reading_groups.importer.rows import ReadingList, SessionRow, papers_in
from reading_groups.models import Paper, Reading, ReadingGroup, Session
from reading_groups.papers.rows import PaperRow, RefusedRow
from reading_groups.papers.sameness import is_same

# What the position column holds; readings beyond it share the last place.
LAST_POSITION = 32_767


class CannotImport(Exception):
    """The list and the group do not go together; the message is one line that says what to do."""


@transaction.atomic
def import_reading_list(*, reading_list: ReadingList, slug: str, title: str, zone: str, now: datetime) -> Report:
    """Write a list into the group of that slug, which is made, as a draft of that title, where there is none.

    Papers are found by their arXiv id or DOI, then by their title with year or authors, else created; sessions by date
    and title, or by their instant where a planned one has no title yet. Papers of sessions without a date go to the
    group's pool, in order. What is there already is matched and stays as it is, so importing twice creates nothing.
    Raises CannotImport where times need a zone or the group keeps another one. Sends nothing.
    """
    group, is_new = _find_or_create_group(reading_list, slug, title, zone, now)
    report = Report(slug=group.slug, title=group.title, zone=group.zone, group_is_new=is_new)
    timetable = _Timetable(group)
    placed = [timetable.place(row) for row in reading_list.sessions]
    timetable.save(now=now)
    wanted = [paper for row, _session, entry in placed if entry.outcome != Outcome.REFUSED for paper in papers_in(row)]
    shelf = _Shelf(wanted)
    found = {row.place: shelf.find_or_add(row) for row in wanted}
    shelf.save()
    readings = _Readings(group)
    for row, session, entry in placed:
        report.entries.append(entry)
        for paper_row in row.papers if isinstance(row, SessionRow) else ():
            report.entries.append(_write_paper(paper_row, found.get(paper_row.place), session, readings))
    report.readings_created = readings.save()
    index_groups(group_ids=[group.pk])
    return report


def _find_or_create_group(
    reading_list: ReadingList, slug: str, title: str, zone: str, now: datetime
) -> tuple[ReadingGroup, bool]:
    found = ReadingGroup.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if found is not None:
        group = lock_group(found)
        if reading_list.has_times and zone and zone != group.zone:
            raise CannotImport(f"The group {slug} keeps the time of {group.zone}, the list that of {zone}.")
        return group, False
    if reading_list.has_times and not zone:
        raise CannotImport("The list has times but no zone. Name it, as in --zone Europe/Berlin.")
    group = ReadingGroup(title=title, slug=slug, zone=zone or "UTC")
    return save_group(group=group, now=now), True


class _Timetable:
    """A group's sessions, those that stand and those to be created."""

    def __init__(self, group: ReadingGroup) -> None:
        self.group = group
        self.by_day: dict[date, list[Session]] = defaultdict(list)
        self.by_start: dict[datetime, Session] = {}
        self.new: list[Session] = []
        self.filled: list[Session] = []
        for session in group.sessions.order_by("id"):
            self._enter(session)

    def place(self, row: SessionRow | RefusedRow) -> tuple[SessionRow | RefusedRow, Session | None, Entry]:
        """The session of a row, standing or new, and what became of the row."""
        if isinstance(row, RefusedRow):
            return row, None, _refused("session", row)
        if row.held_on is None:
            return row, None, _pooled(row)
        start = instant_of(row.held_on, row.starts_at, self.group.zone) if row.starts_at else None
        taken = self.by_start.get(start) if start else None
        session = self._same(row, row.held_on, start) or taken
        if session is None:
            session = Session(group=self.group, title=row.title, held_on=row.held_on)
            self._set_time(session, row, start)
            self.new.append(session)
            self._enter(session)
            return row, session, _entry("session", row, Outcome.CREATED)
        if session is taken and row.title and session.title and title_key(session.title) != title_key(row.title):
            reason = f"another session is at that time, “{session.title}”"
            return row, None, _entry("session", row, Outcome.REFUSED, reason)
        return row, session, _entry("session", row, Outcome.MATCHED, self._fill(session, row, start))

    def save(self, *, now: datetime) -> None:
        for session in (*self.new, *self.filled):
            session.changed_at = now
        Session.objects.bulk_create(self.new)
        Session.objects.bulk_update(self.filled, ["title", "starts_at", "ends_at", "changed_at"])

    def _same(self, row: SessionRow, held_on: date, start: datetime | None) -> Session | None:
        """The session of that day which the row means, by its title; where the row says no time, any one will do
        that has no title yet. Two of one title at different stated times are two."""
        says_when = row.states_time and row.starts_at is not None
        named = [session for session in self.by_day[held_on] if title_key(session.title) == title_key(row.title)]
        exact = [session for session in named if session.starts_at == start]
        loose = [session for session in named if session.starts_at is None or not says_when]
        if exact or loose:
            return (exact or loose)[0]
        if says_when or start in self.by_start:
            return None
        untitled = (session for session in self.by_day[held_on] if not session.title or not row.title)
        return next(untitled, None)

    def _fill(self, session: Session, row: SessionRow, start: datetime | None) -> str:
        """Give a planned session its title, and one without a time its time; what it got, in words."""
        gained = []
        if row.title and not session.title:
            session.title = row.title
            gained.append("its title")
        if start and session.starts_at is None and start not in self.by_start:
            self._set_time(session, row, start)
            self.by_start[start] = session
            gained.append("its time")
        if gained and session.pk and session not in self.filled:
            self.filled.append(session)
        return f"given {' and '.join(gained)}" if gained else ""

    def _set_time(self, session: Session, row: SessionRow, start: datetime | None) -> None:
        if start:
            minutes = row.minutes or self.group.duration_minutes
            session.starts_at, session.ends_at = start, start + timedelta(minutes=minutes)

    def _enter(self, session: Session) -> None:
        self.by_day[session.held_on].append(session)
        if session.starts_at:
            self.by_start[session.starts_at] = session


def _pooled(row: SessionRow) -> Entry:
    """A heading without a date is no session of its own."""
    if any(True for _paper in papers_in(row)):
        return _entry("session", row, Outcome.POOLED)
    return _entry("session", row, Outcome.REFUSED, "it has no papers for the pool")


class _Shelf:
    """The papers that the list may mean, found by arXiv id, DOI or title; new ones join them."""

    def __init__(self, rows: Iterable[PaperRow]) -> None:
        rows = list(rows)
        self.by_arxiv: dict[str, Paper] = {}
        self.by_doi: dict[str, Paper] = {}
        self.by_title: dict[str, list[Paper]] = defaultdict(list)
        self.new: list[Paper] = []
        stored = {
            paper.pk: paper
            for papers in (
                Paper.objects.filter(arxiv_id__in={row.arxiv_id for row in rows if row.arxiv_id}),
                Paper.objects.filter(doi__in={row.doi for row in rows if row.doi}),
                Paper.objects.filter(title_key__in={_key(row) for row in rows}),
            )
            for paper in papers
        }
        for paper in sorted(stored.values(), key=lambda paper: paper.pk):
            self._enter(paper, paper.title_key)

    def find_or_add(self, row: PaperRow) -> tuple[Paper, str]:
        """The paper of a row, and how it was found; an empty text means that it is new."""
        for name, known in (("arXiv id", self.by_arxiv.get(row.arxiv_id)), ("DOI", self.by_doi.get(row.doi))):
            if known:
                other = "" if title_key(known.title) == title_key(row.title) else f", known as “{known.title}”"
                return known, f"by its {name}{other}"
        of_title = self.by_title[_key(row)]
        for paper in of_title:
            if is_same(row, paper):
                return paper, "by its title"
        paper = Paper(
            title=row.title,
            title_number=max((paper.title_number for paper in of_title), default=-1) + 1,
            authors=list(row.authors),
            authors_are_cut=row.authors_are_cut,
            year=row.year,
            venue=row.venue,
            url=row.url,
            arxiv_id=row.arxiv_id,
            doi=row.doi,
        )
        self.new.append(paper)
        self._enter(paper, _key(row))
        return paper, ""

    def save(self) -> None:
        Paper.objects.bulk_create(self.new)

    def _enter(self, paper: Paper, key: str) -> None:
        self.by_title[key].append(paper)
        if paper.arxiv_id:
            self.by_arxiv[paper.arxiv_id] = paper
        if paper.doi:
            self.by_doi[paper.doi] = paper


def _key(row: PaperRow) -> str:
    return title_key(row.title)[: Paper._meta.get_field("title_key").max_length]


class _Readings:
    """The group's list. A paper is on it once for a session, and once in the pool unless a session has it."""

    def __init__(self, group: ReadingGroup) -> None:
        self.group = group
        rows = list(group.readings.values_list("session", "paper", "part"))
        self.of_sessions: set[tuple[int | None, int, str]] = set(rows)
        self.anywhere = {(paper, part) for _session, paper, part in rows}
        last = group.readings.aggregate(last=Max("position"))["last"]
        self.position = -1 if last is None else last
        self.new: list[Reading] = []

    def add(self, session: Session | None, paper: Paper, part: str) -> bool:
        """Put a paper on the list; whether it was not there yet."""
        key = (session.pk if session else None, paper.pk, part)
        if key in self.of_sessions or (session is None and key[1:] in self.anywhere):
            return False
        self.of_sessions.add(key)
        self.anywhere.add(key[1:])
        self.position = min(self.position + 1, LAST_POSITION)
        self.new.append(Reading(group=self.group, session=session, paper=paper, part=part, position=self.position))
        return True

    def save(self) -> int:
        return len(Reading.objects.bulk_create(self.new))


def _write_paper(
    row: PaperRow | RefusedRow, found: tuple[Paper, str] | None, session: Session | None, readings: _Readings
) -> Entry:
    if isinstance(row, RefusedRow):
        return _refused("paper", row)
    if found is None:
        return _entry("paper", row, Outcome.REFUSED, "its session is refused")
    paper, how = found
    was_there = "" if readings.add(session, paper, row.part) else "on the list already"
    detail = ", ".join(text for text in (how, was_there) if text)
    return _entry("paper", row, Outcome.MATCHED if how else Outcome.CREATED, detail)


def _entry(what: str, row: SessionRow | PaperRow, outcome: Outcome, detail: str = "") -> Entry:
    title = row.title
    if isinstance(row, SessionRow) and row.held_on:
        title = f"{row.held_on} {row.title}".strip()
    without = () if outcome == Outcome.REFUSED else row.without
    return Entry(what=what, place=row.place, title=title, outcome=outcome, detail=detail, without=without)


def _refused(what: str, row: RefusedRow) -> Entry:
    return Entry(what=what, place=row.place, title=row.title, outcome=Outcome.REFUSED, detail=row.reason)
