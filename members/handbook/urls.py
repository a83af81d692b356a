from django.urls import path

from members.handbook.views import checklist, history, pages, suggestions

app_name = "handbook"
# The words that come before a page's address are `RESERVED` in models/pages.py.
urlpatterns = [
    path("", pages.page_list, name="page-list"),
    path("new/", pages.page_add, name="page-add"),
    path("checklist/", checklist.checklist, name="checklist"),
    path("suggestions/", suggestions.suggestion_list, name="suggestion-list"),
    path("suggestions/<int:pk>/", suggestions.suggestion_detail, name="suggestion-detail"),
    path("suggestions/<int:pk>/answer/", suggestions.suggestion_answer, name="suggestion-answer"),
    path("<slug:slug>/", pages.page_detail, name="page-detail"),
    path("<slug:slug>/edit/", pages.page_edit, name="page-edit"),
    path("<slug:slug>/place/", pages.page_arrange, name="page-arrange"),
    path("<slug:slug>/remove/", pages.page_remove, name="page-remove"),
    path("<slug:slug>/restore/", pages.page_restore, name="page-restore"),
    path("<slug:slug>/suggest/", suggestions.page_suggest, name="page-suggest"),
    path("<slug:slug>/history/", history.page_history, name="page-history"),
    path("<slug:slug>/history/<int:number>/", history.version_detail, name="version-detail"),
    path("<slug:slug>/compare/", history.page_compare, name="page-compare"),
]
