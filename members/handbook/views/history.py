"""What a page was before: read by members, since earlier words may have been taken back for a reason."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.differences import differences
from members.handbook.forms import CompareForm
from members.handbook.views.pages import visible_page

PER_PAGE = 50


@require_safe
def page_history(request: HttpRequest, slug: str) -> HttpResponse:
    page = visible_page(request, slug)
    versions = Paginator(page.versions.for_history(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "handbook/page-history.html", {"page": page, "versions": versions})


@require_safe
def version_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    page = visible_page(request, slug)
    version = get_object_or_404(page.versions.select_related("author", "accepted_by"), number=number)
    context = {
        "page": page,
        "version": version,
        "may_edit": request.user.has_perm("handbook.edit_page", page),
    }
    return render(request, "handbook/version-detail.html", context)


@require_safe
def page_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two versions; between the last two where none are named."""
    page = visible_page(request, slug)
    given = {"before": max(page.revision - 1, 1), "after": page.revision} | request.GET.dict()
    form = CompareForm(given)
    numbers = [form.cleaned_data["before"], form.cleaned_data["after"]] if form.is_valid() else []
    versions = {
        version.number: version
        for version in page.versions.filter(number__in=numbers).select_related("author", "accepted_by")
    }
    before, after = (versions.get(number) for number in numbers or (0, 0))
    context = {
        "page": page,
        "form": form,
        "before": before,
        "after": after,
        "changes": differences(_whole(before), _whole(after)) if before and after else [],
    }
    return render(request, "handbook/page-compare.html", context, status=200 if before and after else 404)


def _whole(version) -> str:
    return "\n".join([version.title, version.summary, version.text])
