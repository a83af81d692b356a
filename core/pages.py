"""One page of a long list, by the number that stands in its address."""

from collections.abc import Sequence

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _


def page_of(rows: QuerySet | Sequence, number: str, size: int, *, count: int | None = None) -> tuple[Page, str]:
    """A page of rows, and what to say where there is no such page. Counts them where the count is not known."""
    paginator = Paginator(rows, size)
    if count is not None:
        paginator.count = count
    try:
        return paginator.page(number), ""
    except PageNotAnInteger:
        problem = _("“%(page)s” is not the number of a page; this is the first.") % {"page": number[:20]}
        return paginator.page(1), problem
    except EmptyPage:
        problem = _("There is no page %(page)s; this is the last.") % {"page": number[:20]}
        return paginator.page(paginator.num_pages), problem
