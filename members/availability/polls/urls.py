from django.urls import path

from members.availability.polls import guest_views, views

app_name = "polls"
urlpatterns = [
    path("", views.poll_list, name="poll-list"),
    path("open/", views.poll_open, name="poll-open"),
    path("<int:pk>/", views.poll_detail, name="poll-detail"),
    path("<int:pk>/answer/", views.poll_answer, name="poll-answer"),
    path("<int:pk>/change/", views.poll_change, name="poll-change"),
    path("<int:pk>/close/", views.poll_close, name="poll-close"),
    path("<int:pk>/meet/", views.poll_meet, name="poll-meet"),
    path("by-link/<str:token>/", guest_views.guest_new, name="guest-new"),
    path("my-answer/<str:token>/", guest_views.guest_answer, name="guest-answer"),
]
