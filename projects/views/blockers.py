from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import actions
from projects.models import Blocker, Project
from projects.views.page import for_page, forms_of, page, with_project


@with_project("projects.work_on_project")
def blocker_raise(request: HttpRequest, project: Project) -> HttpResponse:
    """Say what is in the way. A form that comes back is shown to the one who wrote it, and kept nowhere."""
    form = forms_of(request, project)["blocker"](request.POST)
    if form.is_valid():
        try:
            blocker = actions.raise_blocker(
                actor=request.user, project_id=project.pk, **form.cleaned_data, now=timezone.now()
            )
        except actions.HandlerIsNamed as error:
            names = get_text_list([str(member) for member in error.members], _("and"))
            form.add_error("handlers", _("It is about %(names)s. Choose somebody else.") % {"names": names})
        except actions.NeedsHandler:
            form.add_error("handlers", _("Choose at least one person; nobody else will see it."))
        else:
            messages.success(request, _("It is raised. Those whom you chose get a link by email."))
            return redirect(blocker)
    return page(request, for_page(request, project), {"blocker": form})


@require_safe
def blocker_detail(request: HttpRequest, blocker_id: int) -> HttpResponse:
    """A blocker, for those who may read it; to everybody else it is not there."""
    blockers = Blocker.objects.visible_to(request.user).with_people().select_related("raiser", "acknowledged_by")
    blockers = blockers.select_related("project").defer("project__search")
    blocker = get_object_or_404(blockers, pk=blocker_id)
    handlers = [row.member for row in blocker.involvements.all() if row.part == "handler"]
    is_raiser = blocker.raiser_id == request.user.pk
    is_forgotten = is_raiser and blocker.closed_at is None and blocker.visibility == Blocker.Visibility.PRIVATE
    context = {
        "blocker": blocker,
        "project": blocker.project,
        "handlers": handlers,
        "named": [row.member for row in blocker.involvements.all() if row.part == "named"],
        "handles": request.user in handlers,
        "raised": is_raiser,
        "needs_handler": is_forgotten and not any(member.is_active for member in handlers),
    }
    response = render(request, "projects/blocker-detail.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def blocker_acknowledge(request: HttpRequest, blocker_id: int) -> HttpResponse:
    blocker = get_object_or_404(Blocker.objects.visible_to(request.user), pk=blocker_id)
    if request.method == "POST":
        try:
            actions.acknowledge_blocker(actor=request.user, blocker_id=blocker.pk, now=timezone.now())
        except Blocker.DoesNotExist:
            raise Http404 from None
        except actions.BlockerIsClosed:
            messages.info(request, _("It has been closed meanwhile."))
        else:
            messages.success(request, _("%(name)s can see that you are on it.") % {"name": blocker.raiser})
    return redirect(blocker)


def blocker_close(request: HttpRequest, blocker_id: int) -> HttpResponse:
    blocker = get_object_or_404(Blocker.objects.visible_to(request.user), pk=blocker_id)
    if request.method == "POST":
        try:
            actions.close_blocker(actor=request.user, blocker_id=blocker.pk, now=timezone.now())
        except Blocker.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("It is closed."))
    return redirect(blocker)
