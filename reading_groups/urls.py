from django.urls import include, path

from reading_groups import views

app_name = "reading_groups"

question = [
    path("vote/", views.question_vote, name="question-vote"),
    path("answer/", views.question_answer, name="question-answer"),
    path("mark/", views.question_mark, name="question-mark"),
]
session = [
    path("", views.session_detail, name="session-detail"),
    path("move/", views.session_move, name="session-move"),
    path("cancel/", views.session_cancel, name="session-cancel"),
    path("bring-back/", views.session_bring_back, name="session-bring-back"),
    path("edit/", views.session_edit, name="session-edit"),
    path("rsvp/", views.session_rsvp, name="session-rsvp"),
    path("rsvp/<str:token>/", views.rsvp_by_link, name="rsvp-by-link"),
    path("check-in/", views.session_check_in, name="session-check-in"),
    path("attendance/", views.session_attendance, name="session-attendance"),
    path("present/", views.presentation_offer, name="presentation-offer"),
    path("withdraw/", views.presentation_withdraw, name="presentation-withdraw"),
    path("slides/", views.slides_edit, name="slides-edit"),
    path("ask/", views.question_ask, name="question-ask"),
    path("note/", views.note_add, name="note-add"),
    path("questions/<int:question_id>/", include(question)),
]
reading = [
    path("", views.reading_arrange, name="reading-arrange"),
    path("vote/", views.reading_vote, name="reading-vote"),
    path("schedule/", views.reading_schedule, name="reading-schedule"),
    path("unschedule/", views.reading_unschedule, name="reading-unschedule"),
    path("duplicate/", views.reading_duplicate, name="reading-duplicate"),
    path("remove/", views.reading_remove, name="reading-remove"),
]
urlpatterns = [
    path("", views.group_list, name="group-list"),
    # Groups have none of these addresses: see RESERVED_SLUGS.
    path("desk/", views.desk, name="desk"),
    path("propose/", views.propose, name="propose"),
    path("proposals/", views.proposal_list, name="proposal-list"),
    path("invited/<slug:token>/", views.invitation, name="invitation"),
    path("sat-in/<str:token>/", views.sat_in, name="sat-in"),
    path("<slug:slug>/", views.group_detail, name="group-detail"),
    path("<slug:slug>/join/", views.group_join, name="group-join"),
    path("<slug:slug>/leave/", views.group_leave, name="group-leave"),
    path("<slug:slug>/sit-in/", views.sit_in, name="sit-in"),
    path("<slug:slug>/proposal/", views.proposal_detail, name="proposal-detail"),
    path("<slug:slug>/proposal/answer/", views.proposal_answer, name="proposal-answer"),
    path("<slug:slug>/settings/", views.group_settings, name="group-settings"),
    path("<slug:slug>/plan/", views.group_plan, name="group-plan"),
    path("<slug:slug>/state/", views.group_state, name="group-state"),
    path("<slug:slug>/next-term/", views.group_copy, name="group-copy"),
    path("<slug:slug>/chapters/", views.group_chapters, name="group-chapters"),
    path("<slug:slug>/links/", views.link_list, name="link-list"),
    path("<slug:slug>/links/<int:link_id>/cap/", views.link_cap, name="link-cap"),
    path("<slug:slug>/links/<int:link_id>/revoke/", views.link_revoke, name="link-revoke"),
    path("<slug:slug>/invite/", views.member_invite, name="member-invite"),
    path("<slug:slug>/invite/<int:invitation_id>/", views.invitation_take_back, name="invitation-take-back"),
    path("<slug:slug>/findings/", views.findings_edit, name="findings-edit"),
    path("<slug:slug>/certificates/", views.certificate_issue, name="certificate-issue"),
    path("<slug:slug>/people.csv", views.people_file, name="people-file"),
    path("<slug:slug>/sessions/add/", views.session_add, name="session-add"),
    path("<slug:slug>/sessions/<int:session_id>/", include(session)),
    path("<slug:slug>/pool/", views.pool_list, name="pool-list"),
    path("<slug:slug>/pool/add/", views.paper_propose, name="paper-propose"),
    path("<slug:slug>/pool/<int:reading_id>/", include(reading)),
    path("<slug:slug>/ideas/add/", views.idea_add, name="idea-add"),
    path("<slug:slug>/ideas/<int:idea_id>/hand/", views.idea_hand, name="idea-hand"),
    path("<slug:slug>/ideas/<int:idea_id>/park/", views.idea_park, name="idea-park"),
]
