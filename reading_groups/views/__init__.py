from reading_groups.views.discussion import note_add, question_answer, question_ask, question_mark, question_vote
from reading_groups.views.groups import group_detail, group_join, group_leave, group_list
from reading_groups.views.ideas import idea_add, idea_hand, idea_park
from reading_groups.views.papers import paper_detail
from reading_groups.views.pool import (
    paper_propose,
    pool_list,
    reading_arrange,
    reading_duplicate,
    reading_remove,
    reading_schedule,
    reading_unschedule,
    reading_vote,
)
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
    "paper_detail",
    "paper_propose",
    "pool_list",
    "presentation_offer",
    "presentation_withdraw",
    "question_answer",
    "question_ask",
    "question_mark",
    "question_vote",
    "reading_arrange",
    "reading_duplicate",
    "reading_remove",
    "reading_schedule",
    "reading_unschedule",
    "reading_vote",
    "session_detail",
    "slides_edit",
]
