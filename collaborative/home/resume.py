"""Nothing that somebody typed is lost when their session or their form has expired.

A POST by somebody who is signed out is kept in their session while they sign in; a POST whose form is too old comes
back at once. Both show the same page: what was typed, and one button that sends it again with a fresh token.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

type View = Callable[..., HttpResponseBase]

SESSION_KEY = "resume"
# The longest form of the site fits in; a session is loaded with every request, so it holds no more.
MOST_CHARACTERS = 30_000
TOKEN = "csrfmiddlewaretoken"  # noqa: S105
# What a form says about itself rather than what a person typed.
TECHNICAL = ("next", "action", "from", "TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
# Fields whose names say little. Others are called by their names.
LABELS = {
    "login": gettext_lazy("Email"),
    "oldpassword": gettext_lazy("Present password"),
    "password1": gettext_lazy("New password"),
}


@dataclass(frozen=True)
class TypedField:
    """A field of a form that goes back to the person who filled it in."""

    name: str
    value: str

    @property
    def label(self) -> str:
        name = self.name.rsplit("-", 1)[-1]
        return str(LABELS.get(name, capfirst(name.replace("_", " "))))

    @property
    def kind(self) -> str:
        """`password` fields come back empty; what tells people nothing goes along unseen: names of rows, numbers."""
        if "password" in self.name:
            return "password"
        is_technical = self.name.rsplit("-", 1)[-1] in TECHNICAL or self.name.startswith(("_", "action"))
        if is_technical or not self.value.strip() or self.value.isdigit():
            return "hidden"
        return "lines" if "\n" in self.value or len(self.value) > 80 else "line"


def typed_fields(request: HttpRequest) -> list[TypedField]:
    """What was posted, in order, without the token and without the passwords that were typed."""
    return [
        TypedField(name, "" if "password" in name else value)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN
    ]


def keep(request: HttpRequest) -> bool:
    """Put what was posted into the session, and say whether there was room for it."""
    fields = typed_fields(request)
    if sum(len(field.name) + len(field.value) for field in fields) > MOST_CHARACTERS:
        return False
    request.session[SESSION_KEY] = {"path": request.get_full_path(), "fields": [asdict(field) for field in fields]}
    return True


def forget(request: HttpRequest) -> None:
    if SESSION_KEY in request.session:
        del request.session[SESSION_KEY]


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Everything needs a sign-in unless its view says otherwise; a POST is kept until the person has signed in."""

    def process_view(
        self, request: HttpRequest, view_func: View, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        response = super().process_view(request, view_func, view_args, view_kwargs)
        if response is None and request.method == "POST":
            kept = request.session.get(SESSION_KEY)
            if kept and kept["path"] == request.get_full_path() and request.user.is_authenticated:
                # It has been sent now.
                forget(request)
        return response

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponse:  # type: ignore[override]
        response: HttpResponse
        if request.method == "POST":
            if keep(request):
                response = redirect_to_login(reverse("home:resume"))
            else:
                messages.warning(
                    request,
                    _("You are signed out, and what you typed is too long to keep. Go back and copy it first."),
                )
                response = redirect_to_login(request.get_full_path())
        elif request.headers.get("HX-Request"):
            response = redirect_to_login(request.htmx.current_url_abs_path or reverse("home:me"))  # type: ignore[attr-defined]
        else:
            response = super().handle_no_permission(request, view_func)
        return _for_htmx(request, response)


def _for_htmx(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment of a page cannot hold another page; htmx goes there as a whole."""
    if request.headers.get("HX-Request") and isinstance(response, HttpResponseRedirect):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """After the sign-in: what was about to be sent, and a button that sends it. A POST here drops it instead.

    It stays until it is sent or dropped, so that a page that was cut short can be loaded again.
    """
    kept = request.session.get(SESSION_KEY)
    if request.method == "POST":
        forget(request)
        messages.info(request, _("It was not sent."))
    if kept is None or request.method == "POST":
        return redirect("home:me")
    fields = [TypedField(**field) for field in kept["fields"]]
    return _page(request, _("You are signed in again"), kept["path"], fields, is_kept=True)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than its token comes back filled in; one from another site is refused."""
    if _is_foreign(request, reason):
        return render(request, "errors/refused.html", status=403)
    if request.headers.get("HX-Request") and keep(request):
        return HttpResponse(status=403, headers={"HX-Redirect": reverse("home:resume")})
    title = _("This form was open for too long")
    return _page(request, title, request.get_full_path(), typed_fields(request), status=403)


def _page(
    request: HttpRequest, title: str, path: str, fields: list[TypedField], *, is_kept: bool = False, status: int = 200
) -> HttpResponse:
    shown = [field for field in fields if field.kind != "hidden"]
    context = {
        "title": title,
        "path": path,
        "fields": fields,
        "is_form": bool(shown),
        "has_typed": any(field.value for field in shown),
        "is_kept": is_kept,
    }
    return render(request, "home/resume.html", context, status=status)


def _is_foreign(request: HttpRequest, reason: str) -> bool:
    """Whether a page of another site may have sent this. Our own forms always carry a token, if an old one."""
    has_token = TOKEN in request.POST or "X-CSRFToken" in request.headers
    came_from_here = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    return not has_token or not came_from_here or reason.startswith(("Origin checking", "Referer checking"))
