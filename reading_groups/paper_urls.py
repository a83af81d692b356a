from django.urls import path

from reading_groups import views

app_name = "papers"
urlpatterns = [
    path("<int:paper_id>/", views.paper_detail, name="paper-number"),
    path("<int:paper_id>-<slug:words>/", views.paper_detail, name="paper-detail"),
]
