from django.urls import path

from reading_groups import views

app_name = "reading_groups"
urlpatterns = [
    path("", views.group_list, name="group-list"),
    path("<slug:slug>/", views.group_detail, name="group-detail"),
    path("<slug:slug>/join/", views.group_join, name="group-join"),
    path("<slug:slug>/leave/", views.group_leave, name="group-leave"),
]
