from members.handbook.models.checklist import ChecklistItem, Tick
from members.handbook.models.pages import Page, PageVersion
from members.handbook.models.suggestions import Suggestion

__all__ = ["ChecklistItem", "Page", "PageVersion", "Suggestion", "Tick"]
