from django.urls import path

from reading_groups import views

app_name = "certificates"
urlpatterns = [
    path("", views.certificate_find, name="certificate-find"),
    # No code is a word.
    path("mine/", views.certificate_list, name="certificate-list"),
    path("<str:code>/", views.certificate_detail, name="certificate-detail"),
]
