from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.models import Member
from reading_groups.absent import away_in_each_group, count_absent
from reading_groups.agenda import title_of
from reading_groups.announcing import message_of
from reading_groups.forms.discussion import AskForm, NoteForm
from reading_groups.models import Answer, Note, Rsvp, Session
from reading_groups.querysets import with_questions_for
from reading_groups.rules import standing_of
from reading_groups.views.loading import load_sessions, visible_groups


@login_not_required
@require_safe
def session_detail(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """One session: when, what and, for those inside the group, who presents, questions with answers, and notes."""
    now = timezone.now()
    groups = visible_groups(request).annotate(aways=away_in_each_group(now))
    group = get_object_or_404(groups, slug=slug)
    viewer, own = request.user, standing_of(request.user, group)
    sees_inside = viewer.has_perm("reading_groups.see_inside", group)
    sessions = group.sessions.select_related("split", "summary__written_by").with_answers(viewer)
    sessions = with_questions_for(sessions, viewer, now) if sees_inside else sessions
    session = get_object_or_404(sessions, pk=session_id)
    load_sessions([session], viewer=viewer, now=now, with_presenters=sees_inside, with_files=sees_inside)
    readings = list(session.readings.all())
    context = {
        "group": group,
        "session": session,
        "title": title_of(session),
        "readings": readings,
        "own": own,
        "sees_inside": sees_inside,
        "is_over": session.is_over(now),
        "may_edit": viewer.has_perm("reading_groups.edit_group", group),
        "votes_open": not session.is_over(now),
        "has_started": session.has_started(now),
        "has_attendance_to_take": session.has_attendance_to_take(now),
        "takes_check_ins": session.takes_check_ins(now),
    }
    if group.is_public and not sees_inside:
        context["named"] = Member.objects.named_publicly().filter(presentations__session=session).by_name()
    if sees_inside:
        answers = Prefetch("answers", queryset=Answer.objects.in_order())
        questions = list(session.questions.for_reading(viewer).prefetch_related(answers))
        for question in questions:
            question.may_mark = viewer.has_perm("reading_groups.mark_answered", question)
        summary, split = getattr(session, "summary", None), getattr(session, "split", None)
        notes = list(Note.objects.on_session(session))
        if not session.is_over(now):
            count_absent([session], group.aways, viewer=viewer)
        context |= {
            "questions": questions,
            **_who_comes(session, now),
            "message": message_of(session, address=request.build_absolute_uri(session.get_absolute_url())),
            "may_answer": viewer.has_perm("reading_groups.answer_in_group", group),
            "ask_form": AskForm(auto_id="ask-%s"),
            "note_form": NoteForm(readings=readings, auto_id="note-%s") if readings else None,
            "strengths": [note for note in notes if note.kind == Note.Kind.STRENGTH],
            "summary": summary,
            "may_sum_up": viewer.has_perm("reading_groups.write_summary", session),
            "own_small_group": list(split.seats.beside(viewer)) if split else [],
            "may_split": viewer.has_perm("reading_groups.split_session", group),
            "limitations": [note for note in notes if note.kind == Note.Kind.LIMITATION],
        }
    return render(request, "reading_groups/session-detail.html", context)


def _who_comes(session: Session, now: datetime) -> dict[str, Any]:
    """Who came to a session that is over; of one to come, who gave which answer. One query."""
    if session.is_over(now):
        return {"came": list(session.attendances.by_name())}
    names: dict[str, list[str]] = {answer: [] for answer in Rsvp.Answer.values}
    for rsvp in session.rsvps.by_name():
        names[rsvp.answer].append(str(rsvp.member))
    return {"answers": [(label, names[answer]) for answer, label in Rsvp.Answer.choices if names[answer]]}
