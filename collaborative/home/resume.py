"""Nothing that somebody typed is lost when their session or their form has expired.

A POST by somebody who is signed out is kept in their session while they sign in; a POST whose form is too old comes
back at once. Both show the same page: what was typed, and one button that sends it again with a fresh token.
"""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER
from django.shortcuts import redirect, render, resolve_url
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

SESSION_KEY = "resume"
MOST_CHARACTERS = 100_000
NEVER_KEPT = ("csrfmiddlewaretoken",)


def typed_fields(request: HttpRequest) -> list[tuple[str, str, str]]:
    """(name, label, value) of what was posted, in order, without tokens and passwords."""
    fields = [
        (name, capfirst(name.rsplit("-", 1)[-1].replace("_", " ")), value)
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER_KEPT and "password" not in name
    ]
    return fields if sum(len(value) for _name, _label, value in fields) <= MOST_CHARACTERS else []


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Everything needs a sign-in unless its view says otherwise; a POST is kept until the person has signed in."""

    def handle_no_permission(self, request: HttpRequest, view_func) -> HttpResponse:
        if request.headers.get("HX-Request"):
            # A fragment of a page cannot hold the sign-in page; htmx goes there as a whole.
            response = HttpResponse(status=200)
            response["HX-Redirect"] = f"{resolve_url('account_login')}?next={request.path}"
            return response
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        request.session[SESSION_KEY] = {"path": request.path, "fields": typed_fields(request)}
        return redirect_to_login(reverse("home:resume"))


@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """After the sign-in: what was about to be sent, and a button that sends it."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return redirect("home:me")
    del request.session[SESSION_KEY]
    context = {
        "title": _("You are signed in again"),
        "lead": _("This is what you were about to send. Nothing has been sent yet."),
        "action": kept["path"],
        "fields": kept["fields"],
    }
    return render(request, "home/resume.html", context)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than its token comes back filled in; one from another site is refused."""
    is_foreign = reason.startswith((REASON_BAD_ORIGIN.split("%")[0], REASON_BAD_REFERER.split("%")[0]))
    context = {
        "title": _("This form was open for too long"),
        "lead": _("Nothing has been sent yet. Look at what you typed and send it again."),
        "action": request.path,
        "fields": typed_fields(request),
    }
    if is_foreign:
        context |= {
            "title": _("This form came from another site"),
            "lead": _("We did not accept it. Open the page here and fill it in again."),
            "action": "",
            "fields": [],
        }
    return render(request, "home/resume.html", context, status=403)
