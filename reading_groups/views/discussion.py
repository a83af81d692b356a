from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.forms.discussion import AnswerForm, AskForm, NoteForm
from reading_groups.models import Question, Reading
from reading_groups.views.loading import back_from, group_seen_inside, say, session_of


@require_http_methods(["GET", "HEAD", "POST"])
def question_ask(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)

    def act(clean: dict) -> HttpResponse:
        question = actions.ask_question(
            actor=request.user, session_id=session.pk, text=clean["text"], now=timezone.now()
        )
        messages.success(request, _("Your question is there for everybody in the group."))
        return redirect(back_from(request, session, f"#question-{question.pk}"))

    return say(
        request,
        form=AskForm(request.POST if request.method == "POST" else None),
        act=act,
        group=group,
        heading=_("Ask a question"),
        lead=title_of(session),
        button=_("Add question"),
        back=session.get_absolute_url(),
    )


def question_vote(request: HttpRequest, slug: str, session_id: int, question_id: int) -> HttpResponse:
    """Give one's vote, or with `vote=off` take it back; either twice does nothing twice."""
    question = _question_of(request, slug, session_id, question_id)
    back = back_from(request, question.session, f"#question-{question.pk}")
    if request.method != "POST":
        return redirect(back)
    try:
        if request.POST.get("vote") == "off":
            actions.take_back_vote(actor=request.user, question_id=question.pk, now=timezone.now())
        else:
            actions.vote_for_question(actor=request.user, question_id=question.pk, now=timezone.now())
    except Question.DoesNotExist:
        raise Http404 from None
    except actions.NotInGroup:
        messages.error(request, _("You need a place in this group to vote."))
    except actions.VotesAreClosed:
        messages.error(request, _("The session is over, so votes are closed. You can still ask and answer."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def question_answer(request: HttpRequest, slug: str, session_id: int, question_id: int) -> HttpResponse:
    question = _question_of(request, slug, session_id, question_id)
    session = question.session
    if not request.user.has_perm("reading_groups.answer_in_group", session.group):
        raise PermissionDenied

    def act(clean: dict) -> HttpResponse:
        actions.answer_question(actor=request.user, question_id=question.pk, text=clean["text"], now=timezone.now())
        messages.success(request, _("Your answer is there for everybody in the group."))
        return redirect(back_from(request, session, f"#question-{question.pk}"))

    return say(
        request,
        form=AnswerForm(request.POST if request.method == "POST" else None),
        act=act,
        group=session.group,
        heading=_("Answer a question"),
        lead=question.text,
        button=_("Add answer"),
        back=f"{session.get_absolute_url()}#question-{question.pk}",
    )


def question_mark(request: HttpRequest, slug: str, session_id: int, question_id: int) -> HttpResponse:
    """Mark a question as answered, or with `answered=off` take the mark off."""
    question = _question_of(request, slug, session_id, question_id)
    if not request.user.has_perm("reading_groups.mark_answered", question):
        raise PermissionDenied
    back = back_from(request, question.session, f"#question-{question.pk}")
    if request.method != "POST":
        return redirect(back)
    if request.POST.get("answered") == "off":
        actions.mark_unanswered(question_id=question.pk)
    else:
        actions.mark_answered(actor=request.user, question_id=question.pk, now=timezone.now())
        messages.success(request, _("Marked as answered."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def note_add(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Note a strength or a limitation of what a session reads."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    readings = list(session.readings.in_order())
    if not readings:
        raise Http404

    def act(clean: dict) -> HttpResponse:
        try:
            actions.add_note(
                actor=request.user,
                reading_id=clean["reading"].pk,
                kind=clean["kind"],
                text=clean["text"],
                now=timezone.now(),
            )
        except Reading.DoesNotExist:
            messages.error(request, _("This is not on the reading list any more."))
        else:
            messages.success(request, _("Your note is there for everybody in the group."))
        return redirect(session.get_absolute_url() + "#notes")

    return say(
        request,
        form=NoteForm(request.POST if request.method == "POST" else None, readings=readings),
        act=act,
        group=group,
        heading=_("Note a strength or a limitation"),
        lead=title_of(session),
        button=_("Add note"),
        back=f"{session.get_absolute_url()}#notes",
    )


def _question_of(request: HttpRequest, slug: str, session_id: int, question_id: int) -> Question:
    """A question that the viewer may see, of that session. Raises Http404; there is none for people outside."""
    try:
        group = group_seen_inside(request, slug)
    except PermissionDenied:
        raise Http404 from None
    return get_object_or_404(session_of(group, session_id).questions.all(), pk=question_id)
