"""The page of a paper: where it was read, by whom presented, and what people made of it."""

from collections import defaultdict
from collections.abc import Collection

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.models import Member
from reading_groups.models import Idea, Note, Paper, Presentation, PresentationFile, Question, Reading, Summary
from reading_groups.views.loading import visible_groups

# The pages of the sessions show the rest.
MOST_SAID = 40
MOST_SUMMARIES = 5


@login_not_required
@require_safe
def paper_detail(request: HttpRequest, paper_id: int, words: str = "") -> HttpResponse:
    """The facts of a paper and the groups that read it, as far as the viewer may see them; what was said in a group,
    and by whom, only to those inside it.
    """
    viewer = request.user
    paper = get_object_or_404(Paper.objects.visible_to(viewer), pk=paper_id)
    if request.path != paper.get_absolute_url():
        return redirect(paper)
    own_readings = Reading.objects.filter(paper=paper, group=OuterRef("pk"))
    groups = {group.pk: group for group in visible_groups(request).filter(Exists(own_readings))}
    inside = [pk for pk, group in groups.items() if viewer.has_perm("reading_groups.see_inside", group)]
    readings = list(Reading.objects.filter(paper=paper, group__in=groups).select_related("session").with_votes(viewer))
    for reading in readings:
        reading.group = groups[reading.group_id]
        reading.sees_inside = reading.group_id in inside
        if reading.session:
            reading.session.group = reading.group
    read = [reading for reading in readings if reading.session and not reading.session.is_cancelled]
    context = {
        "paper": paper,
        "read": sorted(read, key=lambda reading: (reading.session.held_on, reading.pk), reverse=True),
        "pooled": [reading for reading in readings if reading.session is None],
        "inside": bool(inside),
        "now": timezone.now(),
    }
    if inside:
        context |= _said(paper, readings, inside, viewer)
    return render(request, "reading_groups/paper-detail.html", context)


def _said(paper: Paper, readings: list[Reading], inside: Collection[int], viewer: Member) -> dict[str, object]:
    """Who presented it, summaries, notes, questions and ideas of the groups that the viewer sees inside. Five queries,
    and one for what presenters attached.

    Adds `presentations` to each reading.
    """
    here = {reading.pk: reading for reading in readings if reading.group_id in inside}
    sessions = {reading.session_id: reading.session for reading in here.values() if reading.session}
    presentations = defaultdict(list)
    files = Prefetch("files", queryset=PresentationFile.objects.in_order())
    for presentation in Presentation.objects.in_order().filter(session__in=sessions).prefetch_related(files):
        presentations[presentation.session_id].append(presentation)
    for reading in here.values():
        reading.presentations = presentations[reading.session_id]
    summaries = list(Summary.objects.for_reading().filter(session__in=sessions)[:MOST_SUMMARIES])
    for summary in summaries:
        summary.session = sessions[summary.session_id]
    notes = list(Note.objects.in_order().filter(reading__in=here)[: 2 * MOST_SAID])
    for note in notes:
        note.reading = here[note.reading_id]
    questions = list(Question.objects.for_reading(viewer).filter(session__in=sessions)[:MOST_SAID])
    for question in questions:
        question.session = sessions[question.session_id]
    ideas = list(Idea.objects.filter(paper=paper, group__in=inside).for_board(viewer)[:MOST_SAID])
    groups = {reading.group_id: reading.group for reading in here.values()}
    for idea in ideas:
        idea.group = groups[idea.group_id]
    return {
        "summaries": summaries,
        "strengths": [note for note in notes if note.kind == Note.Kind.STRENGTH],
        "limitations": [note for note in notes if note.kind == Note.Kind.LIMITATION],
        "questions": questions,
        "ideas": ideas,
    }
