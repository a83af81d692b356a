from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.redirects import next_url
from members.handbook import actions
from members.handbook.checklist import checklist_for


@require_http_methods(["GET", "HEAD", "POST"])
def checklist(request: HttpRequest) -> HttpResponse:
    """A member's first steps, ticked by hand. A page that shows some of them sends these alone, as `shown`."""
    if request.method == "POST":
        actions.save_ticks(
            actor=request.user,
            shown=request.POST.getlist("shown"),
            done=request.POST.getlist("done"),
            now=timezone.now(),
        )
        messages.success(request, _("Your checklist is saved."))
        return redirect(next_url(request, default="handbook:checklist"))
    context = {"checklist": checklist_for(request.user, parts=request.parts)}  # type: ignore[attr-defined]
    return render(request, "handbook/checklist.html", context)
