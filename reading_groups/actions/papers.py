"""Papers of the whole site: each is there once, whoever adds it and however they name it."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q

from reading_groups.actions.groups import index_groups
from reading_groups.actions.places import lock_group
from reading_groups.models import Idea, Note, Paper, Reading, ReadingGroup, ReadingVote
from reading_groups.papers.rows import PaperRow
from reading_groups.papers.sameness import contradict, is_same

# Others may add the same paper in between; a second look finds theirs.
ATTEMPTS = 5
FACTS = ("authors", "year", "venue", "url", "arxiv_id", "doi")


class SameTitle(Exception):
    """Papers of that title are there, and only a person can tell whether this is one of them."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        super().__init__(f"{len(papers)} of that title")
        self.papers = papers


class CannotMerge(Exception):
    """A paper is not a duplicate of itself."""


def find_or_add_paper(*, row: PaperRow, same_as: int | None = None, is_another: bool = False) -> tuple[Paper, bool]:
    """The paper of a row, locked until the transaction ends, and whether it is new.

    Guarantees that no two papers share an arXiv id or a DOI, nor a title unless somebody has said that they are two,
    whoever adds them at the same time. `same_as` names the paper of that title which is meant, and `is_another` says
    that it is none of them. A paper that is known gets what it had not said yet. Raises SameTitle. Sends nothing; the
    caller indexes the groups.
    """
    for _attempt in range(ATTEMPTS):
        paper, number = _choose(row, same_as=same_as, is_another=is_another)
        try:
            with transaction.atomic():
                if paper is None:
                    return _add(row, number), True
                locked = Paper.objects.select_for_update(no_key=True).filter(pk=paper.pk).first()
                if locked is not None:
                    _fill(locked, row)
                    return locked, False
        except IntegrityError:
            continue
    raise SameTitle(list(Paper.objects.titled(row.title)))


@transaction.atomic
def merge_papers(*, keep_id: int, drop_id: int) -> Paper:
    """Make two papers one, in all groups: what hangs on the second hangs on the first, which learns what only the
    second said. Votes count once a member, and notes that say the same are one.

    Raises Paper.DoesNotExist and CannotMerge. Sends nothing.
    """
    if keep_id == drop_id:
        raise CannotMerge
    # As the actions of a pool lock them: groups, in one order, before papers, and those before readings.
    reading_it = Reading.objects.filter(paper__in=[keep_id, drop_id]).values("group")
    for group_id in ReadingGroup.objects.filter(pk__in=reading_it).order_by("pk").values_list("pk", flat=True):
        lock_group(group_id)
    rows = Paper.objects.select_for_update().filter(pk__in=[keep_id, drop_id]).order_by("pk")
    papers = {paper.pk: paper for paper in rows}
    if len(papers) < 2:
        raise Paper.DoesNotExist
    keep, drop = papers[keep_id], papers[drop_id]
    readings = list(Reading.objects.select_for_update().filter(paper=drop).order_by("pk"))
    for reading in readings:
        give_paper(reading, keep)
    Idea.objects.filter(paper=drop).update(paper=keep)
    _forget(drop, into=keep)
    index_groups(group_ids={reading.group_id for reading in readings})
    return keep


def give_paper(reading: Reading, paper: Paper) -> Reading:
    """Let a locked reading be of another paper; where the group has that one at the same place, they become one."""
    there = Reading.objects.select_for_update().filter(
        group=reading.group_id, session=reading.session_id, paper=paper, part=reading.part
    )
    other = there.exclude(pk=reading.pk).first()
    if other is not None:
        return unite(reading, other)
    reading.paper = paper
    reading.save(update_fields=["paper"])
    return reading


def unite(reading: Reading, other: Reading) -> Reading:
    """Move the votes and notes of one locked reading to another and take the first away."""
    voted = ReadingVote.objects.filter(reading=other).values("member")
    ReadingVote.objects.filter(reading=reading).exclude(member__in=voted).update(reading=other)
    said = set(Note.objects.filter(reading=other).values_list("member", "kind", "text"))
    for note in Note.objects.filter(reading=reading):
        if (note.member_id, note.kind, note.text) in said:
            note.delete()
        else:
            note.reading = other
            note.save(update_fields=["reading"])
    reading.delete()
    return other


def drop_if_unused(paper: Paper, *, into: Paper) -> None:
    """Take a duplicate away which no group reads any more, and let the other paper learn what only it said.

    Both are locked.
    """
    if not (Reading.objects.filter(paper=paper).exists() or Idea.objects.filter(paper=paper).exists()):
        _forget(paper, into=into)


def _by_identifier(row: PaperRow) -> Paper | None:
    """The arXiv id before the DOI, which may be that of a later edition."""
    named = Q()
    if row.arxiv_id:
        named |= Q(arxiv_id=row.arxiv_id)
    if row.doi:
        named |= Q(doi=row.doi)
    papers = list(Paper.objects.filter(named)) if named else []
    return min(papers, key=lambda paper: paper.arxiv_id != row.arxiv_id, default=None)


def _choose(row: PaperRow, *, same_as: int | None = None, is_another: bool = False) -> tuple[Paper | None, int]:
    """The paper that a row means, and the number that is free where it is new.

    The number comes from the very papers that were looked at: if another one is added meanwhile, it has that number.
    """
    of_title = list(Paper.objects.titled(row.title)) if row.title else []
    number = of_title[-1].title_number + 1 if of_title else 0
    known = _by_identifier(row)
    if known is not None:
        return known, number
    of_title = [paper for paper in of_title if not contradict(row, paper)]
    # Other authors have written another paper.
    in_doubt = [paper for paper in of_title if not (row.authors and paper.authors)]
    found = next((paper for paper in of_title if is_same(row, paper)), None)
    if found is None and is_another:
        # Sent twice, it is still the same one.
        found = next((paper for paper in of_title if _says_the_same(paper, row)), None)
    elif found is None and in_doubt:
        found = next((paper for paper in in_doubt if paper.pk == same_as), None)
        if found is None:
            raise SameTitle(in_doubt)
    return found, number


def _says_the_same(paper: Paper, row: PaperRow) -> bool:
    return all(
        getattr(paper, name) == (list(row.authors) if name == "authors" else getattr(row, name)) for name in FACTS
    )


def _add(row: PaperRow, number: int) -> Paper:
    return Paper.objects.create(
        title=row.title,
        title_number=number,
        authors=list(row.authors),
        authors_are_cut=row.authors_are_cut,
        year=row.year,
        venue=row.venue,
        url=row.url,
        arxiv_id=row.arxiv_id,
        doi=row.doi,
    )


def _fill(paper: Paper, row: PaperRow | Paper) -> None:
    """What a paper does not say yet; nothing that it says is changed."""
    gained = [name for name in FACTS if not getattr(paper, name) and getattr(row, name)]
    # An identifier that is another paper's stays there.
    for name in {"arxiv_id", "doi"} & set(gained):
        if Paper.objects.filter(**{name: getattr(row, name)}).exists():
            gained.remove(name)
    for name in gained:
        setattr(paper, name, list(row.authors) if name == "authors" else getattr(row, name))
    if "authors" in gained:
        paper.authors_are_cut = row.authors_are_cut
        gained.append("authors_are_cut")
    if gained:
        paper.save(update_fields=gained)


def _forget(drop: Paper, *, into: Paper) -> None:
    pk = drop.pk
    drop.delete()
    drop.pk = pk
    _fill(into, drop)
