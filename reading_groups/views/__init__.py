from reading_groups.views.asked import asked_to_present, asked_to_swap, hand_over_by_link
from reading_groups.views.attachments import file_add, file_detail, file_remove, slides_edit
from reading_groups.views.attending import (
    check_in_by_link,
    rsvp_by_link,
    session_attendance,
    session_check_in,
    session_rsvp,
)
from reading_groups.views.certificates import certificate_detail, certificate_find, certificate_issue, certificate_list
from reading_groups.views.coming_in import held_place, invitation, link_cap, link_list, link_revoke, sat_in, sit_in
from reading_groups.views.desk import desk
from reading_groups.views.discussion import note_add, question_answer, question_ask, question_mark, question_vote
from reading_groups.views.finishing import findings_edit, invitation_take_back, member_invite, people_file
from reading_groups.views.groups import group_detail, group_join, group_leave, group_list
from reading_groups.views.ideas import idea_add, idea_hand, idea_park
from reading_groups.views.messages import message_detail, message_list, message_undo, message_write
from reading_groups.views.papers import paper_detail
from reading_groups.views.polls import poll_ask, poll_list, poll_open, poll_use
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
from reading_groups.views.presenting import (
    presentation_offer,
    presentation_withdraw,
    presenter_hand_over,
    presenter_invite,
    presenter_list,
    presenter_swap,
    presenter_take_back,
)
from reading_groups.views.proposals import proposal_answer, proposal_detail, proposal_list, propose
from reading_groups.views.running import group_chapters, group_copy, group_plan, group_settings, group_state
from reading_groups.views.schedule import (
    session_add,
    session_bring_back,
    session_cancel,
    session_edit,
    session_move,
)
from reading_groups.views.sessions import session_detail
from reading_groups.views.small_groups import small_groups, small_groups_move, small_groups_undo
from reading_groups.views.summaries import summary_edit
from reading_groups.views.times import group_hours, group_times

__all__ = [
    "asked_to_present",
    "asked_to_swap",
    "certificate_detail",
    "certificate_find",
    "certificate_issue",
    "certificate_list",
    "check_in_by_link",
    "desk",
    "file_add",
    "file_detail",
    "file_remove",
    "findings_edit",
    "group_chapters",
    "group_copy",
    "group_detail",
    "group_hours",
    "group_join",
    "group_leave",
    "group_list",
    "group_plan",
    "group_settings",
    "group_state",
    "group_times",
    "hand_over_by_link",
    "held_place",
    "idea_add",
    "idea_hand",
    "idea_park",
    "invitation",
    "invitation_take_back",
    "link_cap",
    "link_list",
    "link_revoke",
    "member_invite",
    "message_detail",
    "message_list",
    "message_undo",
    "message_write",
    "note_add",
    "paper_detail",
    "paper_propose",
    "people_file",
    "poll_ask",
    "poll_list",
    "poll_open",
    "poll_use",
    "pool_list",
    "presentation_offer",
    "presentation_withdraw",
    "presenter_hand_over",
    "presenter_invite",
    "presenter_list",
    "presenter_swap",
    "presenter_take_back",
    "proposal_answer",
    "proposal_detail",
    "proposal_list",
    "propose",
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
    "rsvp_by_link",
    "sat_in",
    "session_add",
    "session_attendance",
    "session_bring_back",
    "session_cancel",
    "session_check_in",
    "session_detail",
    "session_edit",
    "session_move",
    "session_rsvp",
    "sit_in",
    "slides_edit",
    "small_groups",
    "small_groups_move",
    "small_groups_undo",
    "summary_edit",
]
