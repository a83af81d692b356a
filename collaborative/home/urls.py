from django.urls import path

from collaborative.home import (
    away,
    calendar,
    health,
    local_mail,
    mails,
    notices,
    own_data,
    preferences,
    results,
    resume,
    search,
    tokens,
    views,
)

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("me/", views.me, name="me"),
    path("groups/<slug:slug>/results/", results.group_results, name="group-results"),
    path("me/away/", away.away_edit, name="away-edit"),
    path("me/calendar/", calendar.calendar_edit, name="calendar-edit"),
    path("calendar/<slug:token>.ics", calendar.calendar_feed, name="calendar-feed"),
    path("me/mails/", mails.mails_edit, name="mails-edit"),
    path("mails/stop/<str:token>/", mails.mail_stop, name="mail-stop"),
    path("me/notices/", notices.notice_list, name="notice-list"),
    path("me/notices/read/", notices.notices_read, name="notices-read"),
    path("me/tokens/", tokens.token_edit, name="token-edit"),
    path("me/data/", own_data.own_data, name="own-data"),
    path("me/data/download/", own_data.download, name="own-data-download"),
    path("me/data/delete/", own_data.account_delete, name="account-delete"),
    path("search/", search.search, name="search"),
    path("resume/", resume.resume, name="resume"),
    path("zone/", preferences.zone_edit, name="zone-edit"),
    path("appearance/", preferences.appearance_edit, name="appearance-edit"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("local/mail/", local_mail.mail_list, name="local-mail-list"),
    path("local/mail/<str:name>", local_mail.mail_detail, name="local-mail-detail"),
]
