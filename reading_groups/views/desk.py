from django.db.models import FETCH_RAISE, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.pages import page_of
from reading_groups.desk import (
    MOST_SHOWN,
    at_a_glance,
    groups_on_desk,
    proposals_that_wait,
    short_of_presenters,
    with_few_coming,
    with_lines,
    with_term_over,
    without_attendance,
    without_organizer,
)
from reading_groups.models import ReadingGroup

PER_PAGE = 10


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for whoever runs groups: their own, and all of them for organizers of the collaborative."""
    viewer, now = request.user, timezone.now()
    looks_after_all = viewer.has_perm("reading_groups.review_groups")
    groups = groups_on_desk(viewer, looks_after_all=looks_after_all)
    page, page_problem = page_of(
        at_a_glance(groups, viewer, now).fetch_mode(FETCH_RAISE), request.GET.get("page", "1"), PER_PAGE
    )
    for group in page:
        group.may_edit = viewer.has_perm("reading_groups.edit_group", group)
    none = ReadingGroup.objects.none()
    lists = {
        "unknown": without_attendance(groups, now),
        "over": with_term_over(groups, now),
        "orphans": without_organizer(groups) if looks_after_all else none,
        "proposals": proposals_that_wait(viewer) if looks_after_all else none,
        "short": short_of_presenters(groups, now).with_readings(),
        "lines": with_lines(groups),
        "few": with_few_coming(groups, now),
    }
    context = {
        "looks_after_all": looks_after_all,
        "page": page,
        "page_problem": page_problem,
        **{name: _first(rows) for name, rows in lists.items()},
    }
    context["is_quiet"] = not any(context[name]["rows"] for name in lists)
    return render(request, "reading_groups/desk.html", context)


def _first(rows: QuerySet) -> dict[str, object]:
    """The first rows, and whether there are more. One query."""
    found = list(rows.fetch_mode(FETCH_RAISE)[: MOST_SHOWN + 1])
    return {"rows": found[:MOST_SHOWN], "has_more": len(found) > MOST_SHOWN}
