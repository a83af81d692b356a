from reading_groups.views.discussion import note_add, question_answer, question_ask, question_mark, question_vote
from reading_groups.views.groups import group_detail, group_join, group_leave, group_list
from reading_groups.views.ideas import idea_add, idea_hand, idea_park
from reading_groups.views.sessions import presentation_offer, presentation_withdraw, session_detail, slides_edit

__all__ = [
    "group_detail",
    "group_join",
    "group_leave",
    "group_list",
    "idea_add",
    "idea_hand",
    "idea_park",
    "note_add",
    "presentation_offer",
    "presentation_withdraw",
    "question_answer",
    "question_ask",
    "question_mark",
    "question_vote",
    "session_detail",
    "slides_edit",
]
