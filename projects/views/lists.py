from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import FETCH_RAISE
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.rules import is_organizer
from projects.models import Project, Proposal
from projects.rules import own_membership

PER_PAGE = 12


@login_not_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Projects under way, or those that have finished: for visitors the public ones, without names."""
    shows_finished = request.GET.get("show") == "finished"
    projects = Project.objects.visible_to(request.user).defer("search").select_related("collective")
    projects = projects.finished() if shows_finished else projects.under_way()
    if request.user.is_authenticated:
        projects = projects.with_team()
    # A page that is not there is the first or the last.
    page = Paginator(projects.by_title().fetch_mode(FETCH_RAISE), PER_PAGE).get_page(request.GET.get("page"))
    for project in page:
        project.own = own_membership(request.user, project)
    decides = request.user.is_authenticated and is_organizer(request.user)
    context = {
        "page": page,
        "shows_finished": shows_finished,
        "is_organizer": decides,
        "waiting": Proposal.objects.waiting().count() if decides else 0,
    }
    return render(request, "projects/project-list.html", context)
