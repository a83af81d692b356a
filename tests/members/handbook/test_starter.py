"""What a new collaborative starts with."""

import re

import pytest
from django.core.management import call_command
from django.urls import resolve

from core.markdown import to_html, to_text
from members.handbook.actions import remove_page, save_page
from members.handbook.models import ChecklistItem, Page, PageVersion
from members.handbook.models.pages import RESERVED
from members.handbook.starter import load_starter_handbook, starter_pages
from tests.factories import MemberFactory

PAGES = starter_pages()


def test_it_has_the_pages_that_people_need_first():
    assert [page.slug for page in PAGES] == [
        "welcome",
        "code-of-conduct",
        "how-reading-groups-work",
        "presenting-a-paper",
        "asking-a-good-question",
        "being-a-non-expert-mentor",
        "running-a-small-project",
        "when-you-are-blocked",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_is_plain_and_takes_three_minutes(page):
    words = to_text(page.text).split()
    assert 250 <= len(words) <= 600
    assert page.slug not in RESERVED
    assert not page.text.startswith("# ")
    assert "!" not in page.text
    # Headings begin one level below the title, so that none is skipped.
    assert set(re.findall(r"<(h\d)>", to_html(page.text, 2))) == {"h2"}


@pytest.mark.django_db
def test_loading_twice_changes_nothing(now):
    first = load_starter_handbook(actor=None, now=now)
    again = load_starter_handbook(actor=None, now=now)
    assert (first.created, first.kept, again.created, again.kept) == (14, 0, 0, 14)
    assert (Page.objects.count(), PageVersion.objects.count(), ChecklistItem.objects.count()) == (8, 8, 6)


@pytest.mark.django_db
def test_what_people_changed_or_took_out_stays_so(now):
    load_starter_handbook(actor=None, now=now)
    welcome, conduct = Page.objects.get(slug="welcome"), Page.objects.get(slug="code-of-conduct")
    save_page(actor=MemberFactory(), page_id=welcome.pk, base=1, title="Hello", text="Our own words.", now=now)
    remove_page(page_id=conduct.pk)
    Page.objects.get(slug="asking-a-good-question").delete()
    ChecklistItem.objects.filter(key="profile").update(text="Say who you are")
    loaded = load_starter_handbook(actor=None, now=now)
    assert loaded.created == 1
    welcome.refresh_from_db()
    conduct.refresh_from_db()
    assert (welcome.title, welcome.text, conduct.is_removed) == ("Hello", "Our own words.", True)
    assert ChecklistItem.objects.get(key="profile").text == "Say who you are"


@pytest.mark.django_db
def test_every_item_leads_to_a_page_that_is_there(client, now):
    load_starter_handbook(actor=None, now=now)
    client.force_login(MemberFactory())
    for item in ChecklistItem.objects.all():
        item.full_clean()
        assert resolve(item.link)
        assert client.get(item.link).status_code == 200, item.link


@pytest.mark.django_db
def test_a_command_brings_it_to_a_collaborative_that_has_begun(capsys):
    call_command("load_handbook")
    assert capsys.readouterr().out == "Handbook: 14 created, 0 kept.\n"
