from members.handbook.actions.checklist import save_ticks
from members.handbook.actions.pages import (
    PageWasChanged,
    arrange_page,
    create_page,
    remove_page,
    restore_page,
    save_page,
)
from members.handbook.actions.suggestions import (
    SuggestionIsDecided,
    accept_suggestion,
    decline_suggestion,
    save_suggested,
    suggest_edit,
)

__all__ = [
    "PageWasChanged",
    "SuggestionIsDecided",
    "accept_suggestion",
    "arrange_page",
    "create_page",
    "decline_suggestion",
    "remove_page",
    "restore_page",
    "save_page",
    "save_suggested",
    "save_ticks",
    "suggest_edit",
]
