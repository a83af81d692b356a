"""Writing the summary of a discussion."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.differences import differences
from reading_groups import actions
from reading_groups.agenda import title_of
from reading_groups.forms.talking import SummaryForm
from reading_groups.models import Session, Summary
from reading_groups.views.loading import group_seen_inside, session_of

MOST_EARLIER = 10


@require_http_methods(["GET", "HEAD", "POST"])
def summary_edit(request: HttpRequest, slug: str, session_id: int) -> HttpResponse:
    """For those who present the session and the group's organizers. Where somebody has saved it meanwhile, both texts
    are shown, and nothing is written."""
    group = group_seen_inside(request, slug)
    session = session_of(group, session_id)
    session.group = group
    if not request.user.has_perm("reading_groups.write_summary", session):
        raise PermissionDenied
    if request.method != "POST":
        summary = Summary.objects.filter(session=session).first()
        initial = {"base": summary.revision, "text": summary.text} if summary else {"base": 0}
        return _page(request, session, SummaryForm(initial=initial))
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form, status=422)
    try:
        saved = actions.write_summary(
            actor=request.user, session_id=session.pk, now=timezone.now(), **form.cleaned_data
        )
    except Session.DoesNotExist:
        raise Http404 from None
    except actions.SummaryWasChanged as error:
        # The next save is made knowing what theirs says.
        again = request.POST.copy()
        again["base"] = str(error.summary.revision)
        since = _text_of(error.summary, form.cleaned_data["base"])
        clash = {"theirs": error.summary, "changes": differences(since, error.summary.text)}
        return _page(request, session, SummaryForm(again), status=409, **clash)
    if saved and saved.text:
        messages.success(request, _("The summary is there for everybody in the group."))
    else:
        messages.success(request, _("There is no summary now. What it said is kept below the form."))
    return redirect(session.get_absolute_url() + "#summary")


def _page(
    request: HttpRequest, session: Session, form: SummaryForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "group": session.group,
        "session": session,
        "title": title_of(session),
        "form": form,
        "earlier": _earlier(session),
    }
    return render(request, "reading_groups/summary-edit.html", context, status=status)


def _earlier(session: Session) -> list[dict[str, Any]]:
    """What the summary said before, the latest first, and by whom. One query."""
    events = Summary.pgh_event_model.objects.filter(session_id=session.pk).exclude(text="")  # type: ignore[attr-defined]
    rows = events.select_related("written_by").order_by("-revision")[: MOST_EARLIER + 1]
    return [{"text": row.text, "by": row.written_by, "at": row.written_at, "revision": row.revision} for row in rows]


def _text_of(summary: Summary, revision: int) -> str:
    """What the summary said at a version."""
    events = Summary.pgh_event_model.objects.filter(pgh_obj_id=summary.pk, revision=revision)  # type: ignore[attr-defined]
    return events.values_list("text", flat=True).first() or ""
