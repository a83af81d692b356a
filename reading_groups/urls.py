from django.urls import include, path

from reading_groups import views

app_name = "reading_groups"

question = [
    path("vote/", views.question_vote, name="question-vote"),
    path("answer/", views.question_answer, name="question-answer"),
    path("mark/", views.question_mark, name="question-mark"),
]
session = [
    path("", views.session_detail, name="session-detail"),
    path("present/", views.presentation_offer, name="presentation-offer"),
    path("withdraw/", views.presentation_withdraw, name="presentation-withdraw"),
    path("slides/", views.slides_edit, name="slides-edit"),
    path("ask/", views.question_ask, name="question-ask"),
    path("note/", views.note_add, name="note-add"),
    path("questions/<int:question_id>/", include(question)),
]
reading = [
    path("", views.reading_arrange, name="reading-arrange"),
    path("vote/", views.reading_vote, name="reading-vote"),
    path("schedule/", views.reading_schedule, name="reading-schedule"),
    path("unschedule/", views.reading_unschedule, name="reading-unschedule"),
    path("duplicate/", views.reading_duplicate, name="reading-duplicate"),
    path("remove/", views.reading_remove, name="reading-remove"),
]
urlpatterns = [
    path("", views.group_list, name="group-list"),
    path("<slug:slug>/", views.group_detail, name="group-detail"),
    path("<slug:slug>/join/", views.group_join, name="group-join"),
    path("<slug:slug>/leave/", views.group_leave, name="group-leave"),
    path("<slug:slug>/sessions/<int:session_id>/", include(session)),
    path("<slug:slug>/pool/", views.pool_list, name="pool-list"),
    path("<slug:slug>/pool/add/", views.paper_propose, name="paper-propose"),
    path("<slug:slug>/pool/<int:reading_id>/", include(reading)),
    path("<slug:slug>/ideas/add/", views.idea_add, name="idea-add"),
    path("<slug:slug>/ideas/<int:idea_id>/hand/", views.idea_hand, name="idea-hand"),
    path("<slug:slug>/ideas/<int:idea_id>/park/", views.idea_park, name="idea-park"),
]
