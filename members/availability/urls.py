from django.urls import path

from members.availability import views
from members.availability.exams import views as exams
from members.availability.sharing import views as sharing
from members.availability.weeks import views as weeks

app_name = "availability"
urlpatterns = [
    path("", weeks.week_edit, name="week-edit"),
    path("later/<int:pk>/drop/", weeks.week_drop, name="week-drop"),
    path("still-true/<str:token>/", weeks.still_true, name="still-true"),
    path("shared/", sharing.share_add, name="share-add"),
    path("shared/<int:pk>/end/", sharing.share_end, name="share-end"),
    path("of/<int:pk>/", sharing.week_detail, name="week-detail"),
    path("exam-weeks/", exams.exams_edit, name="exams-edit"),
    path("exam-weeks/<int:pk>/drop/", exams.exams_drop, name="exams-drop"),
    path("exam-weeks/<int:pk>/answer/", exams.exams_answer, name="exams-answer"),
    path("exam-weeks/asked/<str:token>/", exams.exams_by_link, name="exams-by-link"),
    path("away/", views.away_add, name="away-add"),
    path("away/<int:pk>/end/", views.away_end, name="away-end"),
    path("meetings/<int:pk>/", views.meeting_detail, name="meeting-detail"),
    path("meetings/<int:pk>/move/", views.meeting_move, name="meeting-move"),
    path("meetings/<int:pk>/cancel/", views.meeting_cancel, name="meeting-cancel"),
]
