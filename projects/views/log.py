from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import actions
from projects.models import Project
from projects.views.page import for_page, forms_of, page, with_project


@with_project("projects.work_on_project")
def update_post(request: HttpRequest, project: Project) -> HttpResponse:
    """Write the week's update, or change one's own."""
    form = forms_of(request, project)["update"](request.POST)
    if form.is_valid():
        try:
            actions.post_update(actor=request.user, project_id=project.pk, **form.cleaned_data, now=timezone.now())
        except actions.UpdateIsThere:
            form.add_error(None, _("Somebody of your team has written this week's meanwhile. Yours was not posted."))
        else:
            messages.success(request, _("The update is posted."))
            return redirect(f"{project.get_absolute_url()}#log")
    return page(request, for_page(request, project), {"update": form})


@with_project("projects.work_on_project")
def output_add(request: HttpRequest, project: Project) -> HttpResponse:
    form = forms_of(request, project)["output"](request.POST)
    if form.is_valid():
        try:
            actions.add_output(project_id=project.pk, **form.cleaned_data)
        except actions.OutputIsThere:
            form.add_error("title", _("This project has one of this kind and title. Remove that one first."))
        else:
            messages.success(request, _("The output is added."))
            return redirect(f"{project.get_absolute_url()}#out")
    return page(request, for_page(request, project), {"output": form})


@with_project("projects.work_on_project")
def output_remove(request: HttpRequest, project: Project, output_id: int) -> HttpResponse:
    actions.remove_output(project_id=project.pk, output_id=output_id)
    messages.success(request, _("The output is removed."))
    return redirect(f"{project.get_absolute_url()}#out")
