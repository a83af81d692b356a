"""Where people are led who are not ready for what they wanted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


def profile_first(request: HttpRequest, told: str = "", then: str = "") -> HttpResponse:
    """The way to the profile for those without a name and a zone, and back to where they wanted to go."""
    if told:
        messages.info(request, told)
    target = then or request.get_full_path()
    return redirect(f"{reverse('members:profile-edit')}?{urlencode({'next': target})}")
