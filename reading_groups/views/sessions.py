from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members.models import Member
from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.announcing import message_of
from reading_groups.forms import AskForm, NoteForm, SlidesForm
from reading_groups.models import Answer, Note, Presentation, ReadingGroup, Rsvp, Session
from reading_groups.rules import standing_of
from reading_groups.views.loading import group_seen_inside, load_sessions, say, visible_groups


@login_not_required
@require_safe
def session_detail(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """One session: when, what and, for those inside the group, who presents, questions with answers, and notes."""
    now = timezone.now()
    group = get_object_or_404(visible_groups(request), slug=slug)
    session = get_object_or_404(group.sessions.with_answers(request.user), pk=session_id)
    viewer, own = request.user, standing_of(request.user, group)
    sees_inside = viewer.has_perm("reading_groups.see_inside", group)
    load_sessions([session], viewer=viewer, now=now, with_presenters=sees_inside)
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
        notes = list(Note.objects.on_session(session))
        context |= {
            "questions": questions,
            **_who_comes(session, now),
            "message": message_of(session, address=request.build_absolute_uri(session.get_absolute_url())),
            "may_answer": viewer.has_perm("reading_groups.answer_in_group", group),
            "ask_form": AskForm(auto_id="ask-%s"),
            "note_form": NoteForm(readings=readings, auto_id="note-%s") if readings else None,
            "strengths": [note for note in notes if note.kind == Note.Kind.STRENGTH],
            "limitations": [note for note in notes if note.kind == Note.Kind.LIMITATION],
        }
    return render(request, "reading_groups/session-detail.html", context)


def presentation_offer(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Offer to present a session, beside others."""
    session, back = _session_and_back(request, slug, session_id)
    if request.method != "POST":
        return redirect(back)
    try:
        actions.offer_to_present(actor=request.user, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except actions.NotInGroup:
        messages.error(request, _("You need a place in this group to present."))
    except actions.SessionIsCancelled:
        messages.error(request, _("This session does not take place."))
    except actions.SessionHasStarted:
        messages.error(request, _("This session has started."))
    else:
        messages.success(request, _("You present. We will remind you two days before."))
    return redirect(back)


def presentation_withdraw(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """Open one's part of a session to others again."""
    session, back = _session_and_back(request, slug, session_id)
    if request.method != "POST":
        return redirect(back)
    try:
        actions.withdraw_from_presenting(actor=request.user, session_id=session.pk, now=timezone.now())
    except Session.DoesNotExist:
        raise Http404 from None
    except actions.NotPresenting:
        messages.info(request, _("You do not present this session."))
    except actions.SessionHasStarted:
        messages.error(request, _("This session has started, so who presents it is settled."))
    else:
        messages.success(request, _("You do not present this session any more. Others can."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def slides_edit(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """The link to one's own slides, before or after the session."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    own = Presentation.objects.filter(session=session, member=request.user).first()
    if own is None:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None

    def act(clean: dict) -> HttpResponse:
        try:
            actions.set_slides(actor=request.user, session_id=session.pk, url=clean["url"])
        except Presentation.DoesNotExist:
            messages.error(request, _("You do not present this session any more."))
        else:
            messages.success(request, _("The link is there.") if clean["url"] else _("The link is taken away."))
        return redirect(session)

    return say(
        request,
        form=SlidesForm(data, initial={"url": own.slides_url}),
        act=act,
        group=group,
        heading=_("Your slides"),
        lead=title_of(session),
        button=_("Save the link"),
        back=session.get_absolute_url(),
    )


def session_of(group: ReadingGroup, session_id: int) -> Session:
    """A session of this group. Raises Http404."""
    return get_object_or_404(group.sessions.all(), pk=session_id)


def _session_and_back(request: HttpRequest, slug: str, session_id: int) -> tuple[Session, str]:
    """The session, and the page that its form stood on: its own or its group's."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    return session, back_from(request, session)


def back_from(request: HttpRequest, session: Session, anchor: str = "") -> str:
    if request.POST.get("from") == "group":
        return session.group.get_absolute_url() + (anchor and "#next")
    return session.get_absolute_url() + anchor


def _who_comes(session: Session, now: datetime) -> dict[str, Any]:
    """Who came to a session that is over; of one to come, who gave which answer. One query."""
    if session.is_over(now):
        return {"came": list(session.attendances.by_name())}
    names: dict[str, list[str]] = {answer: [] for answer in Rsvp.Answer.values}
    for rsvp in session.rsvps.by_name():
        names[rsvp.answer].append(str(rsvp.member))
    return {"answers": [(label, names[answer]) for answer, label in Rsvp.Answer.choices if names[answer]]}
