"""The pool of a group: what is proposed, by votes, and what organizers do about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.pages import page_of
from reading_groups import actions
from reading_groups.forms.papers import DuplicateForm, PaperForm, PasteForm, PoolSearchForm, ScheduleForm, initial_of
from reading_groups.models import Paper, Reading, ReadingGroup, Session
from reading_groups.papers.arxiv import ArxivIsAsked, ArxivIsSilent, ArxivKnowsNone
from reading_groups.papers.identifiers import arxiv_id_of
from reading_groups.papers.lookup import look_up
from reading_groups.papers.rows import PaperRow
from reading_groups.rules import standing_of
from reading_groups.views.loading import visible_groups

PER_PAGE = 20
MOST_ALIKE = 8
MOST_SESSIONS = 60


@login_not_required
@require_safe
def pool_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All papers that wait for a session, most votes first; visitors see no votes and no names."""
    group = get_object_or_404(visible_groups(request).with_pool(), slug=slug)
    viewer = request.user
    rows, count = group.readings.for_pool(viewer), group.pool_count
    search = PoolSearchForm(request.GET if "q" in request.GET else None)
    text = search.cleaned_data["q"] if search.is_valid() else ""
    if text:
        arxiv_id, count = arxiv_id_of(text), None
        rows = rows.filter(paper__arxiv_id=arxiv_id) if arxiv_id else rows.matching(text)
    page, page_problem = page_of(rows, request.GET.get("page", "1"), PER_PAGE, count=count)
    context = {
        "group": group,
        "own": standing_of(viewer, group),
        "page": page,
        "page_problem": page_problem,
        "search": search,
        "text": text,
        "sees_inside": viewer.has_perm("reading_groups.see_inside", group),
        "may_propose": viewer.has_perm("reading_groups.propose_paper", group),
        "may_edit": viewer.has_perm("reading_groups.edit_group", group),
    }
    return render(request, "reading_groups/pool-list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def paper_propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a paper: what one has of it is looked up first, and its facts are looked at before they are kept."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if not request.user.has_perm("reading_groups.propose_paper", group):
        raise PermissionDenied
    paste, form, told = PasteForm(), None, []
    if request.method == "POST" and "source" in request.POST:
        paste = PasteForm(request.POST)
        if paste.is_valid():
            form, told = _facts_of(paste)
    elif request.method == "POST":
        form = PaperForm(request.POST)
        if form.is_valid() and (response := _propose(request, group, form)):
            return response
    elif "by-hand" in request.GET:
        form = PaperForm()
    is_wrong = bool(paste.errors or (form and form.errors))
    context = {"group": group, "paste": paste, "form": form, "told": told}
    return render(request, "reading_groups/paper-propose.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_vote(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Give one's vote to a paper, or with `vote=off` take it back; either twice does nothing twice."""
    reading = _reading_of(request, slug, reading_id)
    back = _back(request, reading)
    if request.method != "POST":
        return redirect(back)
    try:
        if request.POST.get("vote") == "off":
            actions.take_back_reading_vote(actor=request.user, reading_id=reading.pk)
        else:
            actions.vote_for_reading(actor=request.user, reading_id=reading.pk, now=timezone.now())
    except Reading.DoesNotExist:
        raise Http404 from None
    except actions.NotInGroup:
        messages.error(request, _("You need a place in this group to vote."))
    except actions.NotInPool:
        messages.error(request, _("This paper has got its session, so votes for it are closed."))
    return redirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_remove(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Take a paper out of the pool: organizers any, and members what they proposed while nobody else wants it."""
    reading = _reading_of(request, slug, reading_id)
    may_edit = request.user.has_perm("reading_groups.edit_group", reading.group)
    if not may_edit and reading.proposed_by_id != request.user.pk:
        raise PermissionDenied
    pool = redirect("reading_groups:pool-list", slug)
    if request.method != "POST":
        return pool
    try:
        if may_edit:
            actions.remove_reading(reading_id=reading.pk)
        else:
            actions.withdraw_proposal(actor=request.user, reading_id=reading.pk)
    except Reading.DoesNotExist:
        raise Http404 from None
    except actions.NotInPool:
        messages.error(request, _("This paper has got its session. Put it back into the pool first."))
    except actions.OthersWantIt:
        messages.error(request, _("Others have voted for this paper, so it stays. An organizer can take it out."))
    except actions.ReadingHasNotes:
        messages.error(request, _("People have written notes about this paper, so it stays."))
    else:
        messages.success(request, _("The paper is out of the pool."))
    return pool


@require_safe
def reading_arrange(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """What an organizer can do about a paper in the pool, on one page."""
    return _arrange(request, _reading_to_edit(request, slug, reading_id))


@require_http_methods(["GET", "HEAD", "POST"])
def reading_schedule(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    reading = _reading_to_edit(request, slug, reading_id)
    if request.method != "POST":
        return redirect("reading_groups:reading-arrange", slug, reading_id)
    form = ScheduleForm(request.POST, sessions=_coming(reading.group))
    if not form.is_valid():
        return _arrange(request, reading, schedule=form)
    try:
        scheduled = actions.schedule_reading(reading_id=reading.pk, session_id=form.cleaned_data["session"])
    except (actions.NotInPool, Reading.DoesNotExist):
        messages.error(request, _("Somebody has arranged this paper meanwhile."))
        return redirect("reading_groups:pool-list", slug)
    except actions.OnListAlready:
        form.add_error("session", _("This session has the paper already. Choose another, or take this one out."))
        return _arrange(request, reading, schedule=form)
    except Session.DoesNotExist:
        form.add_error("session", form.fields["session"].error_messages["invalid_choice"])
        return _arrange(request, reading, schedule=form)
    messages.success(request, _("The paper has its session."))
    scheduled.session.group = reading.group
    return redirect(scheduled.session)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_unschedule(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Put what a session reads into the pool again."""
    reading = _reading_to_edit(request, slug, reading_id)
    if request.method != "POST":
        return redirect("reading_groups:pool-list", slug)
    try:
        actions.unschedule_reading(reading_id=reading.pk)
    except Reading.DoesNotExist:
        messages.info(request, _("This paper is in the pool already."))
    else:
        messages.success(request, _("The paper is in the pool again, with its votes and notes."))
    return redirect("reading_groups:pool-list", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_duplicate(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Say that a paper in the pool is another one that is here."""
    reading = _reading_to_edit(request, slug, reading_id)
    if request.method != "POST":
        return redirect("reading_groups:reading-arrange", slug, reading_id)
    papers = Paper.objects.visible_to(request.user).exclude(pk=reading.paper_id)
    chosen = request.POST.get("paper", "")
    form = DuplicateForm(request.POST, papers=papers.filter(pk=chosen) if chosen.isascii() and chosen.isdigit() else ())
    if not form.is_valid():
        return _arrange(request, reading, duplicate=form)
    try:
        actions.mark_duplicate(reading_id=reading.pk, paper_id=form.cleaned_data["paper"])
    except (actions.NotInPool, Reading.DoesNotExist, Paper.DoesNotExist):
        messages.error(request, _("Somebody has arranged this paper meanwhile."))
    else:
        messages.success(request, _("The two are one now, with the votes of both."))
    return redirect("reading_groups:pool-list", slug)


def _arrange(
    request: HttpRequest,
    reading: Reading,
    *,
    schedule: ScheduleForm | None = None,
    duplicate: DuplicateForm | None = None,
) -> HttpResponse:
    papers = Paper.objects.visible_to(request.user).exclude(pk=reading.paper_id)
    search = PoolSearchForm(request.GET if "q" in request.GET else None)
    text = search.cleaned_data["q"] if search.is_valid() else ""
    if text:
        arxiv_id = arxiv_id_of(text)
        alike = papers.filter(arxiv_id=arxiv_id) if arxiv_id else papers.matching(text).order_by("title_key", "id")
    else:
        alike = papers.like(reading.paper)
    alike = list(alike[:MOST_ALIKE])
    offered = DuplicateForm(papers=alike, auto_id="same-%s")
    context = {
        "group": reading.group,
        "reading": reading,
        "schedule": schedule or ScheduleForm(sessions=_coming(reading.group)),
        "duplicate": duplicate or offered,
        "alike": alike,
        "search": search,
        "text": text,
    }
    if duplicate is not None:
        duplicate.fields["paper"].choices = offered.fields["paper"].choices
    is_wrong = schedule is not None or duplicate is not None
    return render(request, "reading_groups/reading-arrange.html", context, status=422 if is_wrong else 200)


def _facts_of(paste: PasteForm) -> tuple[PaperForm | None, list[str]]:
    """The form with what is known of the pasted paper, and what to say about it. A wrong id is the paste's error."""
    given: PaperRow = paste.cleaned_data["source"]
    told = []
    try:
        row, paper = look_up(given)
    except ArxivKnowsNone:
        paste.add_error("source", _("arXiv has no paper %(id)s. Look at the number again.") % {"id": given.arxiv_id})
        return None, []
    except ArxivIsAsked:
        row, paper = given, None
        told.append(_("arXiv is asked by somebody else just now. Look it up again in a few seconds, or type the rest."))
    except ArxivIsSilent:
        row, paper = given, None
        told.append(_("arXiv did not answer, so only its id is filled in. Type the rest, or try again later."))
    if paper is not None:
        told.append(_("We know this paper already. Look whether it is the one that you mean."))
    elif not row.title and not row.arxiv_id:
        told.append(_("Nobody was asked what is behind this. Type the title, and what else you know."))
    if row.title and paper is None and row.without:
        told.append(_("It came without %(parts)s.") % {"parts": ", ".join(row.without)})
    return PaperForm(initial=initial_of(row)), told


def _propose(request: HttpRequest, group: ReadingGroup, form: PaperForm) -> HttpResponse | None:
    """Put the paper of a valid form into the pool; nothing where the form has to be shown again."""
    pool = reverse("reading_groups:pool-list", args=[group.slug])
    try:
        reading = actions.propose_paper(
            actor=request.user, group_id=group.pk, row=form.row, now=timezone.now(), **form.choice
        )
    except actions.SameTitle as found:
        form.ask_which(found.papers)
    except actions.NotInGroup:
        form.add_error(None, _("You need a place in this group for that."))
    except actions.GroupIsClosed:
        form.add_error(None, _("This group has completed its reading list."))
    except actions.OnListAlready as found:
        session = found.reading.session
        if session is None:
            messages.info(request, _("This paper is in the pool already. You can vote for it."))
            return redirect(f"{pool}?q={found.reading.paper.arxiv_id}" if found.reading.paper.arxiv_id else pool)
        session.group = group
        messages.info(request, _("This paper is on the list already, for this session."))
        return redirect(session)
    else:
        messages.success(request, _("The paper is in the pool."))
        return redirect(f"{pool}#reading-{reading.pk}")
    return None


def _coming(group: ReadingGroup) -> list[Session]:
    """The sessions that a paper can be put on, each with what it is called."""
    sessions = list(group.sessions.coming(timezone.now()).with_readings()[:MOST_SESSIONS])
    for session in sessions:
        session.group = group
    return sessions


def _reading_of(request: HttpRequest, slug: str, reading_id: int) -> Reading:
    """A reading of a group that the viewer sees inside. Raises Http404; there is none for people outside."""
    group = get_object_or_404(visible_groups(request), slug=slug)
    if not request.user.has_perm("reading_groups.see_inside", group):
        raise Http404
    reading = get_object_or_404(group.readings.select_related("paper"), pk=reading_id)
    reading.group = group
    return reading


def _reading_to_edit(request: HttpRequest, slug: str, reading_id: int) -> Reading:
    """The same, for those who run the group. Raises PermissionDenied to others inside."""
    reading = _reading_of(request, slug, reading_id)
    if not request.user.has_perm("reading_groups.edit_group", reading.group):
        raise PermissionDenied
    return reading


def _back(request: HttpRequest, reading: Reading) -> str:
    """Where the vote's form stood: on the group's page, or on a page of the pool."""
    if request.POST.get("from") == "group":
        return f"{reading.group.get_absolute_url()}#list"
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isascii() and page.isdigit() and len(page) < 5 else ""
    return f"{reverse('reading_groups:pool-list', args=[reading.group.slug])}{query}#reading-{reading.pk}"
