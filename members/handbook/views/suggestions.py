"""Members suggest changes; organizers answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.differences import differences
from members.handbook import actions
from members.handbook.forms import AnswerForm, SuggestionForm
from members.handbook.models import Suggestion
from members.handbook.views.pages import visible_page
from members.rules import is_organizer

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def page_suggest(request: HttpRequest, slug: str) -> HttpResponse:
    page = visible_page(request, slug)
    if not request.user.has_perm("handbook.suggest_edit", page):
        raise PermissionDenied
    form = SuggestionForm(
        request.POST if request.method == "POST" else None, initial={"base": page.revision, "text": page.text}
    )
    if form.is_bound and form.is_valid():
        actions.suggest_edit(actor=request.user, page_id=page.pk, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your suggestion is with the organizers. You get an answer by mail."))
        return redirect(page)
    context = {"page": page, "form": form}
    return render(request, "handbook/page-suggest.html", context, status=422 if form.is_bound else 200)


@require_safe
def suggestion_list(request: HttpRequest) -> HttpResponse:
    """What waits, and what was answered: their own for members, everybody's for organizers."""
    rows = Suggestion.objects.visible_to(request.user).for_list()
    answered = rows.exclude(state=Suggestion.State.OPEN).order_by("-decided_at", "-id")
    context = {
        "waiting": rows.open().order_by("created_at", "id"),
        "answered": Paginator(answered, PER_PAGE).get_page(request.GET.get("page")),
        "is_organizer": is_organizer(request.user),
    }
    return render(request, "handbook/suggestion-list.html", context)


@require_safe
def suggestion_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _visible(request, pk), AnswerForm())


def suggestion_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline, with a sentence to whoever suggested it."""
    suggestion = _visible(request, pk)
    if not request.user.has_perm("handbook.decide_suggestion", suggestion):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(suggestion)
    form, wanted = AnswerForm(request.POST), request.POST.get("decision")
    if not form.is_valid() or wanted not in {"accept", "decline"}:
        return _detail(request, suggestion, form, status=422)
    decision = {"actor": request.user, "suggestion_id": suggestion.pk, "now": timezone.now(), **form.cleaned_data}
    try:
        if wanted == "accept":
            page = actions.accept_suggestion(**decision)
            messages.success(request, _("The suggestion is accepted, and the page is changed."))
            return redirect(page)
        actions.decline_suggestion(**decision)
        messages.success(request, _("The suggestion is declined."))
    except actions.SuggestionIsDecided:
        messages.info(request, _("This suggestion has been answered already."))
    except actions.PageWasChanged:
        messages.error(request, _("The page has changed since this was suggested. Look at both texts first."))
        return _detail(request, _visible(request, pk), form, status=409)
    return redirect("handbook:suggestion-list")


def _visible(request: HttpRequest, pk: int) -> Suggestion:
    rows = Suggestion.objects.visible_to(request.user).select_related("page", "author", "decided_by")
    return get_object_or_404(rows.defer("page__search"), pk=pk)


def _detail(request: HttpRequest, suggestion: Suggestion, form: AnswerForm, status: int = 200) -> HttpResponse:
    page = suggestion.page
    base = page.versions.values_list("text", flat=True).filter(number=suggestion.base).first()
    context = {
        "suggestion": suggestion,
        "page": page,
        "form": form,
        "changes": differences(base or page.text, suggestion.text) if suggestion.text else [],
        "is_stale": suggestion.base != page.revision,
        "may_decide": suggestion.is_open and request.user.has_perm("handbook.decide_suggestion", suggestion),
    }
    return render(request, "handbook/suggestion-detail.html", context, status=status)
