from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import actions
from projects.forms import ProjectForm
from projects.models import Project
from projects.views.page import has_page, on_page, page, visible, with_project


@login_not_required
@require_safe
def project_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, get_object_or_404(on_page(request), slug=slug))


@with_project("projects.lead_project")
@has_page
def project_edit(request: HttpRequest, project: Project) -> HttpResponse:
    """Change what a project says of itself."""
    form = ProjectForm(request.POST if request.method == "POST" else None, instance=project)
    # The form writes what was typed into its instance; the page around it goes on to show what is stored.
    title = Project.objects.filter(pk=project.pk).values_list("title", flat=True).get()
    if form.is_bound and form.is_valid():
        actions.update_project(project_id=project.pk, **form.cleaned_data)
        messages.success(request, _("The project is saved."))
        return redirect(project)
    context = {"project": project, "title": title, "form": form}
    return render(request, "projects/project-edit.html", context, status=422 if form.is_bound else 200)


@with_project("projects.lead_project")
def project_stage(request: HttpRequest, project: Project) -> HttpResponse:
    try:
        moved = actions.set_stage(project_id=project.pk, stage=request.POST.get("stage", ""))
    except actions.CannotChangeStage:
        messages.error(request, _("This stage does not follow on the one that the project is in by now."))
    else:
        messages.success(request, _("The project is now: %(stage)s.") % {"stage": moved.get_stage_display()})
    still_seen = visible(request).filter(pk=project.pk).exists()
    return redirect(project if still_seen else "projects:project-list")
