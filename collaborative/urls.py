from django.contrib import admin
from django.urls import include, path, re_path

from collaborative.admin import sign_in
from members.accounts import ConfirmEmailView, PasswordResetFromKeyView

urlpatterns = [
    path("", include("collaborative.home.urls")),
    path("groups/", include("reading_groups.urls")),
    path("papers/", include("reading_groups.paper_urls")),
    path("certificates/", include("reading_groups.certificate_urls")),
    path("cohorts/", include("cohorts.urls")),
    path("projects/", include("projects.urls")),
    path("me/", include("members.urls")),
    path("mentoring/", include("mentorship.urls")),
    path("me/availability/", include("members.availability.urls")),
    path("polls/", include("members.availability.polls.urls")),
    path("handbook/", include("members.handbook.urls")),
    path("api/v1/", include("collaborative.api")),
    # These two come before allauth's own, and change nothing when they are only opened.
    re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", ConfirmEmailView.as_view(), name="account_confirm_email"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
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
