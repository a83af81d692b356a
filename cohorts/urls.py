from django.urls import path

from cohorts import views

app_name = "cohorts"
urlpatterns = [
    path("", views.cohort_list, name="cohort-list"),
    path("claim/<str:token>/", views.place_claim, name="place-claim"),
    path("applications/<str:token>/", views.application_edit, name="application-edit"),
    path("applications/<str:token>/withdraw/", views.application_withdraw, name="application-withdraw"),
    path("<slug:slug>/", views.cohort_detail, name="cohort-detail"),
    path("<slug:slug>/apply/", views.application_create, name="application-create"),
    path("<slug:slug>/apply/sent/", views.application_sent, name="application-sent"),
]
