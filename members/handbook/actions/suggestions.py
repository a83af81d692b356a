"""What members suggest, and what organizers answer."""

from datetime import datetime

from django.db import transaction

from members.handbook.actions.pages import PageWasChanged, clean_text, save_page
from members.handbook.models import Page, Suggestion
from members.handbook.reminders import SUGGESTION_ANSWERED
from members.models import Member


class SuggestionIsDecided(Exception):
    """Somebody has answered it already. Carries the suggestion as it is now."""

    def __init__(self, suggestion: Suggestion):
        super().__init__(suggestion.pk, suggestion.state)
        self.suggestion = suggestion


@transaction.atomic
def suggest_edit(*, actor: Member, page_id: int, base: int, note: str, text: str = "", now: datetime) -> Suggestion:
    """Propose a change to a page that was opened at version `base`: in words, or with the whole text as it should be.

    A text that is the page's own counts as none. Sending the same suggestion twice makes one, as long as it waits.
    Raises Page.DoesNotExist. Sends nothing; organizers find it in the handbook.
    """
    page = Page.objects.select_for_update().get(pk=page_id)
    note, text = clean_text(note), clean_text(text)
    text = "" if text == page.text else text
    same = page.suggestions.open().filter(author=actor, note=note, text=text).first()
    if same is not None:
        return same
    return Suggestion.objects.create(page=page, base=base, author=actor, note=note, text=text, created_at=now)


@transaction.atomic
def accept_suggestion(*, actor: Member, suggestion_id: int, now: datetime, answer: str = "") -> Page:
    """Make the suggested text the page's own, as a version by its author.

    Raises Suggestion.DoesNotExist, SuggestionIsDecided, and PageWasChanged where the page was saved since, or where
    there are words but no text: then somebody has to write it, with `save_suggested`. Records a `suggestion_answered`
    mail to its author.
    """
    suggestion = _lock(suggestion_id)
    page = suggestion.page
    if not suggestion.text or suggestion.base != page.revision:
        raise PageWasChanged(page)
    return save_suggested(
        actor=actor,
        suggestion_id=suggestion_id,
        base=suggestion.base,
        title=page.title,
        summary=page.summary,
        text=suggestion.text,
        answer=answer,
        now=now,
    )


@transaction.atomic
def save_suggested(
    *,
    actor: Member,
    suggestion_id: int,
    base: int,
    title: str,
    summary: str,
    text: str,
    now: datetime,
    answer: str = "",
) -> Page:
    """Save a page as an organizer has written it from a suggestion, which is accepted by that.

    Raises Suggestion.DoesNotExist, SuggestionIsDecided, and PageWasChanged as `save_page` does. Records a
    `suggestion_answered` mail to its author.
    """
    suggestion = _lock(suggestion_id)
    page = save_page(
        actor=actor,
        page_id=suggestion.page_id,
        base=base,
        title=title,
        summary=summary,
        text=text,
        note=suggestion.note,
        author=suggestion.author if suggestion.author != actor else None,
        now=now,
    )
    _decide(suggestion, Suggestion.State.ACCEPTED, actor=actor, answer=answer, now=now)
    return page


@transaction.atomic
def decline_suggestion(*, actor: Member, suggestion_id: int, now: datetime, answer: str = "") -> Suggestion:
    """Say no, best with the reason. Raises Suggestion.DoesNotExist and SuggestionIsDecided.

    Records a `suggestion_answered` mail to its author.
    """
    return _decide(_lock(suggestion_id), Suggestion.State.DECLINED, actor=actor, answer=answer, now=now)


def _lock(suggestion_id: int) -> Suggestion:
    """The suggestion, while nobody else answers it or saves its page."""
    page_id = Suggestion.objects.values_list("page", flat=True).get(pk=suggestion_id)
    page = Page.objects.select_for_update().get(pk=page_id)
    suggestion = Suggestion.objects.select_for_update(of=("self",)).select_related("author").get(pk=suggestion_id)
    suggestion.page = page
    if not suggestion.is_open:
        raise SuggestionIsDecided(suggestion)
    return suggestion


def _decide(suggestion: Suggestion, state: str, *, actor: Member, answer: str, now: datetime) -> Suggestion:
    suggestion.state, suggestion.decided_at, suggestion.decided_by = state, now, actor
    suggestion.answer = clean_text(answer)
    suggestion.save(update_fields=["state", "decided_at", "decided_by", "answer"])
    SUGGESTION_ANSWERED.record(suggestion, now=now)
    return suggestion
