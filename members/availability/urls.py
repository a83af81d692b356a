from django.urls import path

from members.availability import views

app_name = "availability"
urlpatterns = [
    path("", views.week_edit, name="week-edit"),
    path("away/", views.away_add, name="away-add"),
    path("away/<int:pk>/end/", views.away_end, name="away-end"),
    path("meetings/<int:pk>/", views.meeting_detail, name="meeting-detail"),
    path("meetings/<int:pk>/move/", views.meeting_move, name="meeting-move"),
    path("meetings/<int:pk>/cancel/", views.meeting_cancel, name="meeting-cancel"),
]
