"""What a member has been told of late, for those who read it here rather than in their mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.pages import page_of
from core.redirects import next_url
from notifications.models import Delivery
from notifications.preferences import read_notices

PER_PAGE = 20


@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """The latest first. Reading them is said by a button, since opening a page changes nothing."""
    own = Delivery.objects.notices().filter(member=request.user)
    page, page_problem = page_of(own, request.GET.get("page", "1"), PER_PAGE)
    context = {
        "page": page,
        "page_problem": page_problem,
        "has_unread": any(notice.read_at is None for notice in page),
    }
    return render(request, "home/notice-list.html", context)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    read_notices(member_id=request.user.pk, now=timezone.now())
    return redirect(next_url(request, default="home:notice-list"))
