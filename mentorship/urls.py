from django.urls import path

from mentorship.views import board, members

app_name = "mentorship"
urlpatterns = [
    path("", members.round_list, name="round-list"),
    path("<int:pk>/", members.pair_detail, name="pair-detail"),
    path("<int:pk>/meet/", members.pair_meet, name="pair-meet"),
    path("rounds/new/", board.round_add, name="round-add"),
    path("rounds/<slug:slug>/", board.round_board, name="round-board"),
    path("rounds/<slug:slug>/open/", board.round_open, name="round-open"),
    path("rounds/<slug:slug>/close/", board.round_close, name="round-close"),
    path("rounds/<slug:slug>/solve/", board.round_solve, name="round-solve"),
    path("rounds/<slug:slug>/weights/", board.weights_edit, name="weights-edit"),
    path("rounds/<slug:slug>/publish/", board.round_publish, name="round-publish"),
    path("rounds/<slug:slug>/pairs/", board.rule_add, name="rule-add"),
    path("rounds/<slug:slug>/pairs/<int:pk>/remove/", board.rule_remove, name="rule-remove"),
    path("rounds/<slug:slug>/responsible/", board.responsible_edit, name="responsible-edit"),
    path("rounds/<slug:slug>/offer/", members.offer_edit, name="offer-edit"),
    path("rounds/<slug:slug>/offer/withdraw/", members.offer_withdraw, name="offer-withdraw"),
    path("rounds/<slug:slug>/ask/", members.request_edit, name="request-edit"),
    path("rounds/<slug:slug>/ask/withdraw/", members.request_withdraw, name="request-withdraw"),
]
