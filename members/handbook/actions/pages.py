"""Writing pages. Every saved text stays as a version; nobody's words are written over unseen."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from core.text import one_line
from members.handbook.models import Page, PageVersion
from members.handbook.models.pages import RESERVED
from members.models import Member

MOST_OF_ONE_NAME = 1_000


class PageWasChanged(Exception):
    """Somebody saved the page since it was opened. Carries the page as it is now."""

    def __init__(self, page: Page):
        super().__init__(page.pk, page.revision)
        self.page = page


@transaction.atomic
def create_page(
    *,
    actor: Member | None,
    title: str,
    section: str,
    text: str,
    now: datetime,
    summary: str = "",
    order: int = 100,
    slug: str = "",
    note: str = "",
) -> Page:
    """Add a page to the handbook, with its first version. Sends nothing.

    The address is made from the title where none is given; where it is taken, a number is added. A page that is there
    with the same title, section and text is returned as it is, so that sending a form twice adds one page.
    """
    title, section, summary, text = one_line(title), one_line(section), one_line(summary), clean_text(text)
    if actor is not None:
        # One after the other: the second time the form is sent, the first page is there.
        Member.objects.select_for_update().get(pk=actor.pk)
    same = Page.objects.filter(title=title, section=section, text=text, is_removed=False).first()
    if same is not None:
        return same
    page = Page(title=title, section=section, summary=summary, text=text, order=order)
    page.changed_at, page.changed_by = now, actor
    _save_under_free_address(page, slug or slugify(title) or "page")
    _keep_version(page, author=actor, note=note)
    return page


@transaction.atomic
def save_page(
    *,
    actor: Member,
    page_id: int,
    base: int,
    title: str,
    text: str,
    now: datetime,
    summary: str = "",
    note: str = "",
    author: Member | None = None,
) -> Page:
    """Save a page that was opened at version `base`, as a new version. Sends nothing.

    Raises Page.DoesNotExist, and PageWasChanged where somebody has saved it since; then nothing is written. Saving what
    is there already makes no version, so that sending a form twice saves once. `author` is whose words they are, where
    it is not the actor, who then accepted them.
    """
    page = Page.objects.select_for_update().get(pk=page_id)
    content = one_line(title), one_line(summary), clean_text(text)
    if content == page.content:
        return page
    if page.revision != base:
        raise PageWasChanged(page)
    page.title, page.summary, page.text = content
    page.revision += 1
    page.changed_at, page.changed_by = now, author or actor
    page.save()
    _keep_version(page, author=author or actor, note=note, accepted_by=actor if author else None)
    return page


@transaction.atomic
def arrange_page(*, page_id: int, section: str, order: int, slug: str | None = None) -> Page:
    """Put a page elsewhere in the contents, or under another address, which has been validated to be free.

    Makes no version, as no word of it changes. Raises Page.DoesNotExist. Sends nothing.
    """
    page = Page.objects.select_for_update().get(pk=page_id)
    page.section, page.order, page.slug = one_line(section), order, slug or page.slug
    page.save(update_fields=["section", "order", "slug"])
    return page


@transaction.atomic
def remove_page(*, page_id: int) -> None:
    """Take a page out of the handbook; organizers can still read it and put it back. Sends nothing."""
    Page.objects.filter(pk=page_id).update(is_removed=True)


@transaction.atomic
def restore_page(*, page_id: int) -> None:
    """Put a page back that was taken out. Sends nothing."""
    Page.objects.filter(pk=page_id).update(is_removed=False)


def clean_text(text: str) -> str:
    """With the line endings that are kept, as browsers send other ones, and nothing around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _keep_version(page: Page, *, author: Member | None, note: str, accepted_by: Member | None = None) -> None:
    PageVersion.objects.create(
        page=page,
        number=page.revision,
        title=page.title,
        summary=page.summary,
        text=page.text,
        author=author,
        accepted_by=accepted_by,
        saved_at=page.changed_at,
        note=one_line(note)[:200],
    )


def _save_under_free_address(page: Page, slug: str) -> None:
    for number in range(1, MOST_OF_ONE_NAME):
        suffix = "" if number == 1 else f"-{number}"
        page.slug = f"{slug[: 80 - len(suffix)]}{suffix}"
        if page.slug in RESERVED or Page.objects.filter(slug=page.slug).exists():
            continue
        try:
            with transaction.atomic():
                page.save()
        except IntegrityError:
            continue  # taken this very moment
        return
    raise RuntimeError(f"no free address for {slug}")
