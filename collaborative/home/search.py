"""One search across all parts of the site, each by what the searcher may see."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import FETCH_RAISE, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.text import one_line
from members import search as members_search
from members.handbook import search as handbook_search
from members.models import Member
from projects import search as projects_search
from reading_groups import search as reading_groups_search
from reading_groups.models import Reading, ReadingGroup

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Searched:
    """Something that is searched: shown by `templates/home/search/<key>.html`, and left out where its part is off.

    `all_url` names the page that lists all that is found, where there is one; it takes the text as `q`.
    """

    key: str
    part: str
    title: str | Promise
    find: Callable[[Member, str], QuerySet]
    all_url: str = ""


@dataclass(frozen=True)
class Found:
    """The first rows of what was found in one place, and whether there are more."""

    searched: Searched
    rows: list
    has_more: bool


def papers_with_groups(viewer: Member, text: str) -> QuerySet:
    """Papers, each with the readings of the groups that the viewer may see. Two queries."""
    readings = Reading.objects.filter(group__in=ReadingGroup.objects.visible_to(viewer)).select_related("group")
    readings = readings.defer("group__search").order_by("group__title_key", "id").fetch_mode(FETCH_RAISE)
    return reading_groups_search.papers_for(viewer, text).prefetch_related(Prefetch("readings", readings))


# In the order of the page.
SEARCHED = (
    Searched(
        key="groups",
        part="groups",
        title=_("Groups"),
        find=reading_groups_search.groups_for,
        all_url="reading_groups:group-list",
    ),
    Searched(
        key="papers", part="groups", title=_("Papers"), find=papers_with_groups, all_url="reading_groups:group-list"
    ),
    Searched(key="people", part="", title=_("People"), find=members_search.people_for),
    Searched(key="pages", part="handbook", title=_("Handbook"), find=handbook_search.pages_for),
    Searched(key="projects", part="projects", title=_("Projects"), find=projects_search.projects_for),
)


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search"), max_length=200, required=False, widget=forms.SearchInput)

    def clean_q(self) -> str:
        return one_line(self.cleaned_data["q"])


def found_for(viewer: Member, text: str, *, parts: Collection[str]) -> list[Found]:
    """What a text finds in each part that is on and where it finds something. Seven queries at most."""
    found = []
    for searched in SEARCHED:
        if searched.part and searched.part not in parts:
            continue
        rows = list(searched.find(viewer, text)[: MOST_SHOWN + 1])
        if rows:
            found.append(Found(searched, rows[:MOST_SHOWN], len(rows) > MOST_SHOWN))
    return found


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The search page. What means nothing is told on it."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = found_for(request.user, text, parts=request.parts) if text else []  # type: ignore[attr-defined]
    return render(request, "home/search.html", {"form": form, "text": text, "found": found})
