from django.urls import path

from projects import views

app_name = "projects"
urlpatterns = [
    path("", views.project_list, name="project-list"),
    path("propose/", views.propose, name="propose"),
    path("proposals/", views.proposal_list, name="proposal-list"),
    path("proposals/<int:proposal_id>/", views.proposal_detail, name="proposal-detail"),
    path("proposals/<int:proposal_id>/decide/", views.proposal_decide, name="proposal-decide"),
    path("blockers/<int:blocker_id>/", views.blocker_detail, name="blocker-detail"),
    path("blockers/<int:blocker_id>/acknowledge/", views.blocker_acknowledge, name="blocker-acknowledge"),
    path("blockers/<int:blocker_id>/close/", views.blocker_close, name="blocker-close"),
    path("<slug:slug>/", views.project_detail, name="project-detail"),
    path("<slug:slug>/edit/", views.project_edit, name="project-edit"),
    path("<slug:slug>/stage/", views.project_stage, name="project-stage"),
    path("<slug:slug>/team/", views.team_edit, name="team-edit"),
    path("<slug:slug>/team/add/", views.team_add, name="team-add"),
    path("<slug:slug>/team/remove/", views.team_remove, name="team-remove"),
    path("<slug:slug>/team/lead/", views.team_lead, name="team-lead"),
    path("<slug:slug>/team/leave/", views.team_leave, name="team-leave"),
    path("<slug:slug>/best-times/", views.team_times, name="team-times"),
    path("<slug:slug>/best-times/meet/", views.team_meet, name="team-meet"),
    path("<slug:slug>/tasks/add/", views.task_add, name="task-add"),
    path("<slug:slug>/tasks/<int:task_id>/", views.task_edit, name="task-edit"),
    path("<slug:slug>/tasks/<int:task_id>/move/", views.task_move, name="task-move"),
    path("<slug:slug>/tasks/<int:task_id>/take/", views.task_take, name="task-take"),
    path("<slug:slug>/updates/post/", views.update_post, name="update-post"),
    path("<slug:slug>/blockers/raise/", views.blocker_raise, name="blocker-raise"),
    path("<slug:slug>/outputs/add/", views.output_add, name="output-add"),
    path("<slug:slug>/outputs/<int:output_id>/remove/", views.output_remove, name="output-remove"),
]
