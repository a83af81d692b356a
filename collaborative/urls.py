from django.contrib import admin
from django.urls import include, path

from collaborative.admin import sign_in

urlpatterns = [
    path("", include("collaborative.home.urls")),
    path("groups/", include("reading_groups.urls")),
    path("me/", include("members.urls")),
    path("handbook/", include("members.handbook.urls")),
    path("accounts/", include("allauth.account.urls")),
    # One way to sign in for everybody; it comes before the admin's own.
    path("admin/login/", sign_in),
    path("admin/", admin.site.urls),
]
handler404 = "collaborative.home.errors.not_found"
handler403 = "collaborative.home.errors.forbidden"
handler500 = "collaborative.home.errors.server_error"
handler400 = "collaborative.home.errors.bad_request"
# Called by allauth where somebody tries too often.
handler429 = "collaborative.home.errors.too_many_requests"
