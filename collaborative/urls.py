from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("collaborative.home.urls")),
    path("groups/", include("reading_groups.urls")),
    path("me/", include("members.urls")),
    path("handbook/", include("members.handbook.urls")),
    path("accounts/", include("allauth.account.urls")),
    # One way to sign in, with codes and rate limits, for everybody.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
]
handler404 = "collaborative.home.errors.not_found"
handler403 = "collaborative.home.errors.forbidden"
handler500 = "collaborative.home.errors.server_error"
handler400 = "collaborative.home.errors.bad_request"
# Called by allauth where somebody tries too often.
handler429 = "collaborative.home.errors.too_many_requests"
