"""Reading and writing pages."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.differences import differences
from members.handbook import actions
from members.handbook.checklist import Checklist, checklist_for
from members.handbook.contents import contents
from members.handbook.forms import AnswerForm, ContentForm, NewPageForm, PlaceForm, SuggestionForm
from members.handbook.models import Page, Suggestion
from members.rules import is_organizer


@login_not_required
@require_safe
def page_list(request: HttpRequest) -> HttpResponse:
    """The handbook's contents; for members with their checklist."""
    may_edit = is_organizer(request.user)
    context = {
        "contents": contents(),
        "may_edit": may_edit,
        "waiting": Suggestion.objects.open().count() if may_edit else 0,
        "removed": Page.objects.filter(is_removed=True).only("title", "slug").in_order() if may_edit else [],
        "checklist": _checklist(request),
    }
    return render(request, "handbook/page-list.html", context)


@login_not_required
@require_safe
def page_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = visible_page(request, slug)
    table = contents()
    number, before, after = table.around(page)
    may_edit = request.user.has_perm("handbook.edit_page", page)
    checklist = _checklist(request)
    context = {
        "page": page,
        "contents": table,
        "number": number,
        "before": before,
        "after": after,
        "may_edit": may_edit,
        "waiting": page.suggestions.open().count() if may_edit else 0,
        "checklist": checklist.about(page.get_absolute_url()) if checklist else None,
        "suggestion_form": SuggestionForm(initial={"base": page.revision}, auto_id="suggest_%s"),
    }
    return render(request, "handbook/page-detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def page_add(request: HttpRequest) -> HttpResponse:
    if not is_organizer(request.user):
        raise PermissionDenied
    form = NewPageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        page = actions.create_page(actor=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The page is in the handbook."))
        return redirect(page)
    context = {"form": form, "sections": contents().sections}
    return render(request, "handbook/page-add.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def page_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a page anew, from itself, from an earlier version (`?version=`) or from a suggestion (`?suggestion=`).

    Where somebody saved it meanwhile, both texts come back, and the next save starts from theirs.
    """
    page = page_to_edit(request, slug)
    suggestion = _suggestion_for(request, page)
    if request.method != "POST":
        clash = {}
        if suggestion and suggestion.text and suggestion.base != page.revision:
            clash = _clash(page, since=suggestion.base)
        form = ContentForm(initial=_initial(request, page, suggestion))
        return _editor(request, page, form=form, suggestion=suggestion, answer_form=AnswerForm(), **clash)
    form, answer = ContentForm(request.POST), AnswerForm(request.POST)
    # Both are checked, so that all that is wrong is said at once.
    if not all([form.is_valid(), answer.is_valid()]):
        return _editor(request, page, form=form, suggestion=suggestion, answer_form=answer, status=422)
    try:
        saved = _save(request, page, suggestion, form.cleaned_data, answer.cleaned_data["answer"])
    except actions.PageWasChanged as error:
        # The next save is made knowing what theirs says.
        again = request.POST.copy()
        again["base"] = str(error.page.revision)
        clash = _clash(error.page, since=form.cleaned_data["base"])
        form = ContentForm(again)
        return _editor(request, page, form=form, suggestion=suggestion, answer_form=answer, status=409, **clash)
    except actions.SuggestionIsDecided:
        messages.error(request, _("Somebody has answered this suggestion meanwhile. Your text is still here."))
        return _editor(request, page, form=form, suggestion=None, answer_form=answer, status=409)
    return redirect(saved)


def page_arrange(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a page elsewhere in the contents."""
    page = page_to_edit(request, slug)
    if request.method == "POST":
        place_form = PlaceForm(request.POST, auto_id="place_%s")
        if not place_form.is_valid():
            form = ContentForm(initial=_initial(request, page, None))
            return _editor(request, page, form=form, place_form=place_form, status=422)
        actions.arrange_page(page_id=page.pk, **place_form.cleaned_data)
        messages.success(request, _("The page has moved."))
    return redirect(page)


def page_remove(request: HttpRequest, slug: str) -> HttpResponse:
    page = page_to_edit(request, slug)
    if request.method == "POST":
        actions.remove_page(page_id=page.pk)
        messages.success(request, _("The page is out of the handbook. Organizers can put it back."))
    return redirect(page)


def page_restore(request: HttpRequest, slug: str) -> HttpResponse:
    page = page_to_edit(request, slug)
    if request.method == "POST":
        actions.restore_page(page_id=page.pk)
        messages.success(request, _("The page is in the handbook again."))
    return redirect(page)


def visible_page(request: HttpRequest, slug: str) -> Page:
    return get_object_or_404(Page.objects.visible_to(request.user).for_reading(), slug=slug)


def page_to_edit(request: HttpRequest, slug: str) -> Page:
    """A page that the person may edit. Raises Http404 where they do not see it, else PermissionDenied."""
    page = visible_page(request, slug)
    if not request.user.has_perm("handbook.edit_page", page):
        raise PermissionDenied
    return page


def _checklist(request: HttpRequest) -> Checklist | None:
    if not request.user.is_authenticated:
        return None
    return checklist_for(request.user, parts=request.parts)  # type: ignore[attr-defined]


def _editor(request: HttpRequest, page: Page, *, status: int = 200, **context: object) -> HttpResponse:
    context = {
        "page": page,
        "place_form": PlaceForm(instance=page, auto_id="place_%s"),
        "sections": contents().sections,
    } | context
    return render(request, "handbook/page-edit.html", context, status=status)


def _clash(page: Page, *, since: int) -> dict[str, object]:
    """What the page says now, and what of it changed since a version that somebody started from."""
    base = page.versions.values_list("text", flat=True).filter(number=since).first()
    return {"theirs": page, "changes": differences(base or "", page.text)}


def _suggestion_for(request: HttpRequest, page: Page) -> Suggestion | None:
    """The suggestion that the page is being written from, as long as it waits for an answer."""
    number = (request.POST if request.method == "POST" else request.GET).get("suggestion", "")
    if not (number.isascii() and number.isdigit()):
        return None
    return page.suggestions.open().select_related("author").filter(pk=int(number[:18])).first()


def _initial(request: HttpRequest, page: Page, suggestion: Suggestion | None) -> dict[str, object]:
    initial = {"base": page.revision, "title": page.title, "summary": page.summary, "text": page.text}
    number = request.GET.get("version", "")
    if suggestion and suggestion.text:
        initial |= {"text": suggestion.text}
    elif number.isascii() and number.isdigit():
        version = page.versions.filter(number=int(number[:9])).first()
        if version:
            note = _("Brought back version %(number)s") % {"number": version.number}
            initial |= {"title": version.title, "summary": version.summary, "text": version.text, "note": note}
    return initial


def _save(request: HttpRequest, page: Page, suggestion: Suggestion | None, clean: dict, answer: str) -> Page:
    if suggestion is None:
        saved = actions.save_page(actor=request.user, page_id=page.pk, now=timezone.now(), **clean)
        messages.success(request, _("The page is saved."))
        return saved
    clean = {name: value for name, value in clean.items() if name != "note"}
    saved = actions.save_suggested(
        actor=request.user, suggestion_id=suggestion.pk, answer=answer, now=timezone.now(), **clean
    )
    messages.success(request, _("The page is saved, and the suggestion accepted."))
    return saved
