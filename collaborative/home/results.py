"""What a group leaves to others, with the projects that came of it: a page for whoever sees the group."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from collaborative.parts import part_of
from core.pages import page_of
from projects.models import Project
from reading_groups.results import read_in, results_of, with_numbers
from reading_groups.views.loading import visible_groups

PER_PAGE = 20


@login_not_required
@require_safe
def group_results(request: HttpRequest, slug: str) -> HttpResponse:
    """What was read and found, once the group is over; its organizers look at it before."""
    parts = request.parts  # type: ignore[attr-defined]
    if "groups" not in parts:
        raise Http404
    now, viewer = timezone.now(), request.user
    group = get_object_or_404(with_numbers(visible_groups(request), now).select_related("collective"), slug=slug)
    if not viewer.has_perm("reading_groups.view_results", group):
        raise Http404
    sees_inside = viewer.has_perm("reading_groups.see_inside", group)
    page, page_problem = page_of(read_in(group, now), request.GET.get("page", "1"), PER_PAGE)
    projects = Project.objects.visible_to(viewer) if "projects" in parts else Project.objects.none()
    context = {
        "group": group,
        # It stands below the groups, though projects are on it.
        "part": part_of(["reading_groups"]),
        "results": results_of(group, page, viewer=viewer, names_all=sees_inside),
        "page": page,
        "page_problem": page_problem,
        "sees_inside": sees_inside,
        "may_edit": viewer.has_perm("reading_groups.edit_group", group),
        "projects": list(projects.filter(proposal__idea__group=group).defer("search").order_by("title_key", "id")),
    }
    return render(request, "reading_groups/group-results.html", context)
