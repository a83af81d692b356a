from datetime import UTC, datetime

import factory

from members.actions import grant_role
from members.handbook.actions import create_page, suggest_edit
from members.handbook.models import ChecklistItem, Page, Suggestion
from members.models import Role
from tests.factories.members import MemberFactory

WRITTEN_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class PageFactory(factory.django.DjangoModelFactory):
    """A page in the section Everyone with its first version, as `create_page` writes it."""

    class Meta:
        model = Page

    actor = None
    title = factory.Sequence(lambda n: f"Page {n}")
    section = "Everyone"
    text = factory.Sequence(lambda n: f"## The first heading\n\nThe text of page {n}.")
    now = WRITTEN_AT

    @classmethod
    def _create(cls, model_class, *args, is_removed=False, **kwargs):
        page = create_page(**kwargs)
        if is_removed:
            page.is_removed = True
            page.save(update_fields=["is_removed"])
        return page


class SuggestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Suggestion

    page = factory.SubFactory(PageFactory)
    actor = factory.SubFactory(MemberFactory)
    note = factory.Sequence(lambda n: f"Say it more simply, {n}.")
    text = ""
    now = WRITTEN_AT

    @classmethod
    def _create(cls, model_class, *args, page, base=None, **kwargs):
        return suggest_edit(page_id=page.pk, base=base or page.revision, **kwargs)


class ChecklistItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChecklistItem

    key = factory.Sequence(lambda n: f"item-{n}")
    text = factory.Sequence(lambda n: f"Do thing {n}")


class OrganizerFactory(MemberFactory):
    """A member who is an organizer of the whole collaborative."""

    @factory.post_generation
    def role(self, create, extracted, **kwargs):
        if create:
            grant_role(actor=None, member=self, kind=Role.Kind.ORGANIZER, now=WRITTEN_AT)
