"""Exam weeks: organizers set them, members say whether they are away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import FETCH_RAISE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members.availability.exams import actions
from members.availability.exams.forms import ExamWeeksForm
from members.availability.exams.links import asked_by
from members.availability.exams.models import ExamAnswer, ExamWeeks
from members.models import Member

ANSWERS = {"away": True, "there": False}


@require_http_methods(["GET", "HEAD", "POST"])
def exams_edit(request: HttpRequest) -> HttpResponse:
    """The exam weeks of all institutions, for organizers: how many are away, and a form for more."""
    if not request.user.has_perm("availability.set_exam_weeks"):
        raise PermissionDenied
    today = timezone.localdate()
    form = ExamWeeksForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_exam_weeks(actor=request.user, now=timezone.now(), **form.cleaned_data)
        except actions.ExamsOverlap:
            form.add_error("starts_on", _("This institution has exam weeks on one of these days already."))
        else:
            messages.success(request, _("The exam weeks are set. Its members get a mail, once."))
            return redirect("availability:exams-edit")
    rows = ExamWeeks.objects.coming(today).with_counts().select_related("institution").fetch_mode(FETCH_RAISE)
    context = {"form": form, "rows": list(rows)}
    return render(request, "availability/exams-edit.html", context, status=422 if form.errors else 200)


def exams_drop(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("availability.set_exam_weeks"):
        raise PermissionDenied
    if request.method == "POST":
        actions.drop_exam_weeks(exam_weeks_id=pk)
        messages.success(request, _("The exam weeks are taken back. Nobody is asked about them any more."))
    return redirect("availability:exams-edit")


def exams_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's own answer, on their own page."""
    if request.method != "POST":
        return redirect("availability:week-edit")
    exams = get_object_or_404(ExamWeeks, pk=pk, institution=request.user.institution_id)
    told, problem = _answer(request.user, exams, request.POST.get("answer", ""))
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, told)
    return redirect(f"{reverse('availability:week-edit')}#away")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exams_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail leads: says whether its reader is away, without a sign-in. Nothing changes before the POST."""
    found = asked_by(token)
    if found is None:
        raise Http404
    exams, member = found
    told, problem = "", ""
    if request.method == "POST":
        told, problem = _answer(member, exams, request.POST.get("answer", ""))
    context = {
        "exams": exams,
        "told": told,
        "problem": problem,
        "own": ExamAnswer.objects.filter(exam_weeks=exams, member=member).first(),
        "is_asked": member.institution_id == exams.institution_id and exams.ends_on >= timezone.localdate(),
    }
    return render(request, "availability/exams-by-link.html", context, status=422 if problem else 200)


def _answer(member: Member, exams: ExamWeeks, answer: str) -> tuple[str, str]:
    """What to tell whoever has answered, and what went wrong; one of them is empty."""
    if answer not in ANSWERS:
        return "", _("Say whether you are away or there.")
    if exams.ends_on < timezone.localdate():
        return "", _("These exam weeks are over.")
    try:
        actions.answer_exam_weeks(actor=member, exam_weeks_id=exams.pk, is_away=ANSWERS[answer], now=timezone.now())
    except (actions.NotOfThisInstitution, ExamWeeks.DoesNotExist):
        return "", _("You are not asked about these days any more.")
    if ANSWERS[answer]:
        return _("Noted. Until you are back, nobody expects an answer."), ""
    return _("Noted: you are there on those days."), ""
