"""The token with which a member's own programs use the API."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.authtoken.models import Token

from collaborative.home import actions


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_edit(request: HttpRequest) -> HttpResponse:
    """Make one's token, which is shown this once, renew it, or revoke it."""
    key = ""
    if request.method == "POST":
        action = request.POST.get("action", "")
        if action == "make":
            key = actions.make_token(actor=request.user, now=timezone.now())
        elif action == "revoke":
            actions.revoke_token(actor=request.user)
            messages.success(request, _("Your token no longer works."))
        if not key:
            return redirect("home:token-edit")
    token = Token.objects.filter(user=request.user).first()
    return render(request, "home/token-edit.html", {"token": token, "key": key})
