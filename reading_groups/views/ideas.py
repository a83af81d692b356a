from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reading_groups import actions
from reading_groups.forms.discussion import IdeaForm
from reading_groups.models import Idea
from reading_groups.views.loading import group_seen_inside, say

# What is wanted most of what is not read yet; a pool may hold thousands.
POOL_OFFERED = 50


@require_http_methods(["GET", "HEAD", "POST"])
def idea_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put an idea on the group's board."""
    group = group_seen_inside(request, slug)
    readings = [*group.readings.exclude(session=None).in_order(), *group.readings.for_pool(request.user)[:POOL_OFFERED]]
    papers = {reading.paper_id: reading.paper for reading in readings}

    def act(clean: dict) -> HttpResponse:
        idea = actions.put_up_idea(
            actor=request.user,
            group_id=group.pk,
            title=clean["title"],
            text=clean["text"],
            paper=clean["paper"],
            now=timezone.now(),
        )
        messages.success(request, _("Your idea is on the board."))
        return redirect(f"{group.get_absolute_url()}#idea-{idea.pk}")

    return say(
        request,
        form=IdeaForm(request.POST if request.method == "POST" else None, papers=papers.values()),
        act=act,
        group=group,
        heading=_("Put up an idea"),
        lead=group.title,
        button=_("Put up the idea"),
        back=f"{group.get_absolute_url()}#ideas",
    )


def idea_hand(request: HttpRequest, slug: str, idea_id: int) -> HttpResponse:
    """Put one's hand up, or with `hand=down` take it down; either twice does nothing twice."""
    idea = _idea_of(request, slug, idea_id)
    if request.method != "POST":
        return redirect(idea)
    try:
        if request.POST.get("hand") == "down":
            actions.lower_hand(actor=request.user, idea_id=idea.pk)
        else:
            actions.raise_hand(actor=request.user, idea_id=idea.pk, now=timezone.now())
    except Idea.DoesNotExist:
        raise Http404 from None
    except actions.NotInGroup:
        messages.error(request, _("You need a place in this group to put your hand up."))
    except actions.IdeaIsSettled:
        messages.error(request, _("This idea is parked or has become a project."))
    return redirect(idea)


def idea_park(request: HttpRequest, slug: str, idea_id: int) -> HttpResponse:
    """Set an idea aside, or with `parked=off` put it on the board again."""
    idea = _idea_of(request, slug, idea_id)
    if not request.user.has_perm("reading_groups.park_idea", idea):
        raise PermissionDenied
    if request.method != "POST":
        return redirect(idea)
    try:
        if request.POST.get("parked") == "off":
            actions.unpark_idea(idea_id=idea.pk)
            messages.success(request, _("The idea is on the board again."))
        else:
            actions.park_idea(idea_id=idea.pk)
            messages.success(request, _("The idea is parked. It can come back."))
    except Idea.DoesNotExist:
        raise Http404 from None
    except actions.IdeaIsSettled:
        messages.error(request, _("This idea has become a project."))
    return redirect(idea)


def _idea_of(request: HttpRequest, slug: str, idea_id: int) -> Idea:
    """An idea that the viewer may see. Raises Http404; there is none for people outside."""
    try:
        group = group_seen_inside(request, slug)
    except PermissionDenied:
        raise Http404 from None
    return get_object_or_404(group.ideas.all(), pk=idea_id)
