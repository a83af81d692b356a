"""Every address of the site and who gets what there. An address that is missing here fails by its name.

Outcomes are status codes; "sign in" is the way to the sign-in page, and "→ …" any other redirect.
"""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from cohorts.actions import decide
from collaborative.models import Site
from members.handbook.models import Suggestion
from notifications.models import Delivery
from reading_groups.models import Enrolment, ReadingGroup
from tests.factories import (
    AcceptedFactory,
    AnswerFactory,
    AwayFactory,
    BlockerFactory,
    ChecklistItemFactory,
    CohortFactory,
    CollectiveFactory,
    EnrolmentFactory,
    IdeaFactory,
    InstitutionFactory,
    MeetingFactory,
    MemberFactory,
    MentorRequestFactory,
    MentorshipFactory,
    NoteFactory,
    OfferFactory,
    OrganizerFactory,
    OutputFactory,
    PageFactory,
    PaperFactory,
    PlaceFactory,
    PresentationFactory,
    ProjectFactory,
    ProposalFactory,
    QuestionFactory,
    ReadingFactory,
    ReadingGroupFactory,
    RoundFactory,
    SectionFactory,
    SessionFactory,
    TaskFactory,
    TopicFactory,
    TypicalWeekFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"

# Somebody with a place in the group and in the cohort “open”, who completed the group “archived”, takes part in the
# meeting and is away, leads all three projects, wrote the proposal and raised the private blocker; the organizer of all
# three groups, who handles it; staff without any rights.
ROLES = ("visitor", "member", "enrolled", "organizer", "staff", "admin")
# What the addresses below are about; far from what the database would number.
ROW = 900_001
ARGS = {
    "home:local-mail-detail": {"name": "none.eml"},
    "home:calendar-feed": {"token": "nonsense"},
    "availability:away-end": {"pk": 99999},
    "availability:meeting-detail": {"pk": 99999},
    "availability:meeting-move": {"pk": 99999},
    "availability:meeting-cancel": {"pk": 99999},
    "reading_groups:group-detail": {"slug": "open"},
    "reading_groups:group-join": {"slug": "open"},
    "reading_groups:group-leave": {"slug": "open"},
    "reading_groups:idea-add": {"slug": "open"},
    **{f"reading_groups:idea-{verb}": {"slug": "open", "idea_id": ROW} for verb in ("hand", "park")},
    **{
        f"reading_groups:{name}": {"slug": "open", "session_id": ROW}
        for name in (
            "session-detail",
            "presentation-offer",
            "presentation-withdraw",
            "slides-edit",
            "question-ask",
            "note-add",
        )
    },
    **{
        f"reading_groups:question-{verb}": {"slug": "open", "session_id": ROW, "question_id": ROW}
        for verb in ("vote", "answer", "mark")
    },
    **{f"reading_groups:{name}": {"slug": "open"} for name in ("pool-list", "paper-propose")},
    **{
        f"reading_groups:reading-{verb}": {"slug": "open", "reading_id": ROW}
        for verb in ("arrange", "vote", "schedule", "unschedule", "duplicate", "remove")
    },
    "papers:paper-number": {"paper_id": ROW},
    "papers:paper-detail": {"paper_id": ROW, "words": "a-paper"},
    **{
        f"handbook:{name}": {"slug": "reading"}
        for name in (
            "page-detail",
            "page-edit",
            "page-arrange",
            "page-remove",
            "page-restore",
            "page-suggest",
            "page-history",
            "page-compare",
        )
    },
    "handbook:version-detail": {"slug": "reading", "number": 1},
    "handbook:suggestion-detail": {"pk": 1},
    "handbook:suggestion-answer": {"pk": 1},
    "cohorts:cohort-detail": {"slug": "open"},
    "cohorts:application-create": {"slug": "open"},
    "cohorts:application-sent": {"slug": "open"},
    "cohorts:application-edit": {"token": "1.nonsense"},
    "cohorts:application-withdraw": {"token": "1.nonsense"},
    "cohorts:place-claim": {"token": "1.nonsense"},
    "mentorship:offer-edit": {"slug": "open"},
    "mentorship:offer-withdraw": {"slug": "open"},
    "mentorship:request-edit": {"slug": "open"},
    "mentorship:request-withdraw": {"slug": "open"},
    "mentorship:round-board": {"slug": "open"},
    "mentorship:round-open": {"slug": "open"},
    "mentorship:round-close": {"slug": "open"},
    "mentorship:round-solve": {"slug": "open"},
    "mentorship:round-publish": {"slug": "open"},
    "mentorship:weights-edit": {"slug": "open"},
    "mentorship:rule-add": {"slug": "open"},
    "mentorship:responsible-edit": {"slug": "open"},
    "mentorship:rule-remove": {"slug": "open", "pk": 99999},
    "mentorship:pair-detail": {"pk": 99999},
    "mentorship:pair-meet": {"pk": 99999},
    **{f"projects:proposal-{verb}": {"proposal_id": 7} for verb in ("detail", "decide")},
    **{f"projects:blocker-{verb}": {"blocker_id": 7} for verb in ("detail", "acknowledge", "close")},
    **{f"projects:task-{verb}": {"slug": "probing", "task_id": 7} for verb in ("edit", "move", "take")},
    "projects:output-remove": {"slug": "probing", "output_id": 7},
    **{
        f"projects:{name}": {"slug": "probing"}
        for name in (
            "blocker-raise",
            "output-add",
            "project-detail",
            "project-edit",
            "project-stage",
            "task-add",
            "team-add",
            "team-edit",
            "team-lead",
            "team-leave",
            "team-remove",
            "update-post",
        )
    },
    **{f"api:groups:group-{name}": {"slug": "open"} for name in ("detail", "join", "leave")},
    "api:groups:pool-list": {"group_slug": "open"},
    **{f"api:groups:pool-{name}": {"group_slug": "open", "reading_id": ROW} for name in ("vote", "schedule")},
    "api:groups:paper-detail": {"paper_id": ROW},
    **{f"api:mentoring:round-{name}": {"slug": "open"} for name in ("detail", "matches")},
    "api:cohorts:cohort-detail": {"slug": "open"},
    "account_confirm_email": {"key": "nonsense"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "nonsense"},
}
IN, ME, HERE = "sign in", "→ /me/", "→ /groups/open/"
CALENDAR = "→ /me/calendar/"
MENTORING, BOARD = "→ /mentoring/", "→ /mentoring/rounds/open/"
WEEK, MEETING = "→ /me/availability/", "→ /me/availability/meetings/99999/"
SESSION = f"→ /groups/open/sessions/{ROW}/"
POOL, POOLED, PAPER = "→ /groups/open/pool/", f"→ /groups/open/pool/{ROW}/", f"→ /papers/{ROW}-a-paper/"
IN, ME, HERE, PAGE = "sign in", "→ /me/", "→ /groups/open/", "→ /handbook/reading/"
SUGGESTED = "→ /handbook/suggestions/1/"

PROBING, TEAM, BLOCKER = "→ /projects/probing/", "→ /projects/probing/team/", "→ /projects/blockers/7/"
# fmt: off
GET = {
    # address                                  visitor, member,   enrolled, organizer, staff,   admin
    "home:front":                             (200,     200,      200,      200,       200,     200),
    "home:me":                                (IN,      200,      200,      200,       200,     200),
    "home:resume":                            (IN,      ME,       ME,       ME,        ME,      ME),
    "home:calendar-edit":                     (IN,      200,      200,      200,       200,     200),
    "home:calendar-feed":                     (404,     404,      404,      404,       404,     404),  # not ours
    "home:search":                            (200,     200,      200,      200,       200,     200),
    "home:own-data":                          (IN,      200,      200,      200,       200,     200),
    "home:own-data-download":                 (IN,      200,      200,      200,       200,     200),
    "home:account-delete":                    (IN,      405,      405,      405,       405,     405),
    "home:zone-edit":                         (200,     200,      200,      200,       200,     200),
    "home:appearance-edit":                   (405,     405,      405,      405,       405,     405),
    "home:health-live":                       (200,     200,      200,      200,       200,     200),
    "home:health-ready":                      (503,     503,      503,      503,       503,     503),  # no worker
    "home:local-mail-list":                   (200,     200,      200,      200,       200,     200),
    "home:local-mail-detail":                 (404,     404,      404,      404,       404,     404),
    "reading_groups:group-list":              (200,     200,      200,      200,       200,     200),
    "reading_groups:group-detail":            (200,     200,      200,      200,       200,     200),
    "reading_groups:group-detail draft":      (404,     404,      404,      200,       404,     200),
    "reading_groups:group-detail archived":   (404,     404,      200,      200,       404,     200),
    "reading_groups:group-join":              (IN,      HERE,     HERE,     HERE,      HERE,    HERE),
    "reading_groups:group-join draft":        (IN,      404,      404, "→ /groups/draft/", 404, "→ /groups/draft/"),
    "reading_groups:group-leave":             (IN,      HERE,     HERE,     HERE,      HERE,    HERE),
    "reading_groups:group-leave draft":       (IN,      404,      404, "→ /groups/draft/", 404, "→ /groups/draft/"),
    "availability:week-edit":                 (IN,      200,      200,      200,       200,     200),
    "availability:away-add":                  (IN,      WEEK,     WEEK,     WEEK,      WEEK,    WEEK),
    "availability:away-end":                  (IN,      WEEK,     WEEK,     WEEK,      WEEK,    WEEK),
    "availability:meeting-detail":            (IN,      404,      200,      404,       404,     200),
    "availability:meeting-move":              (IN,      404,      MEETING,  404,       404,     MEETING),
    "availability:meeting-cancel":            (IN,      404,      MEETING,  404,       404,     MEETING),
    "reading_groups:session-detail":          (200,     200,      200,      200,       200,     200),
    "reading_groups:presentation-offer":      (IN,      403,      SESSION,  SESSION,   403,     SESSION),
    "reading_groups:presentation-withdraw":   (IN,      403,      SESSION,  SESSION,   403,     SESSION),
    "reading_groups:slides-edit":             (IN,      403,      403,      403,       403,     403),
    "reading_groups:question-vote":           (IN,      404,      SESSION,  SESSION,   404,     SESSION),
    "reading_groups:question-mark":           (IN,      404,      SESSION,  SESSION,   404,     SESSION),
    "reading_groups:idea-hand":               (IN,      404,      HERE,     HERE,      404,     HERE),
    "reading_groups:idea-park":               (IN,      404,      HERE,     HERE,      404,     HERE),
    "reading_groups:question-ask":            (IN,      403,      200,      200,       403,     200),
    "reading_groups:note-add":                (IN,      403,      200,      200,       403,     200),
    "reading_groups:question-answer":         (IN,      404,      200,      200,       404,     200),
    "reading_groups:idea-add":                (IN,      403,      200,      200,       403,     200),
    "reading_groups:pool-list":               (200,     200,      200,      200,       200,     200),
    "reading_groups:pool-list draft":         (404,     404,      404,      200,       404,     200),
    "reading_groups:paper-propose":           (IN,      403,      200,      200,       403,     200),
    "reading_groups:reading-arrange":         (IN,      404,      403,      200,       404,     200),
    "reading_groups:reading-vote":            (IN,      404,      POOL,     POOL,      404,     POOL),
    "reading_groups:reading-schedule":        (IN,      404,      403,      POOLED,    404,     POOLED),
    "reading_groups:reading-unschedule":      (IN,      404,      403,      POOL,      404,     POOL),
    "reading_groups:reading-duplicate":       (IN,      404,      403,      POOLED,    404,     POOLED),
    "reading_groups:reading-remove":          (IN,      404,      403,      POOL,      404,     POOL),
    "papers:paper-number":                    (PAPER,   PAPER,    PAPER,    PAPER,     PAPER,   PAPER),
    "papers:paper-detail":                    (200,     200,      200,      200,       200,     200),
    "handbook:page-list":                     (200,     200,      200,      200,       200,     200),
    "handbook:page-add":                      (IN,      403,      403,      403,       403,     200),
    "handbook:checklist":                     (IN,      200,      200,      200,       200,     200),
    "handbook:suggestion-list":               (IN,      200,      200,      200,       200,     200),
    "handbook:suggestion-detail":             (IN,      404,      200,      404,       404,     200),
    "handbook:suggestion-answer":             (IN,      404,      403,      404,       404,     SUGGESTED),
    "handbook:page-detail":                   (200,     200,      200,      200,       200,     200),
    "handbook:page-detail of-old":            (404,     404,      404,      404,       404,     200),
    "handbook:page-edit":                     (IN,      403,      403,      403,       403,     200),
    "handbook:page-arrange":                  (IN,      403,      403,      403,       403,     PAGE),
    "handbook:page-remove":                   (IN,      403,      403,      403,       403,     PAGE),
    "handbook:page-restore":                  (IN,      403,      403,      403,       403,     PAGE),
    "handbook:page-suggest":                  (IN,      200,      200,      200,       200,     200),
    "handbook:page-history":                  (IN,      200,      200,      200,       200,     200),
    "handbook:version-detail":                (IN,      200,      200,      200,       200,     200),
    "handbook:page-compare":                  (IN,      200,      200,      200,       200,     200),
    "cohorts:cohort-list":                    (200,     200,      200,      200,       200,     200),
    "cohorts:cohort-detail":                  (IN,      404,      200,      404,       404,     200),
    "cohorts:application-create":             (200,     200,      200,      200,       200,     200),
    "cohorts:application-create draft":       (404,     404,      404,      404,       404,     404),
    "cohorts:application-sent":               (200,     200,      200,      200,       200,     200),
    "cohorts:application-edit":               (404,     404,      404,      404,       404,     404),  # not ours
    "cohorts:application-withdraw":           (405,     405,      405,      405,       405,     405),
    "cohorts:place-claim":                    (404,     404,      404,      404,       404,     404),  # not ours
    "mentorship:round-list":                  (IN,      *[200] * 4, 200),
    "mentorship:pair-detail":                 (IN,      404,      200,      404,       404,     200),
    "mentorship:pair-meet":                   (IN,      *[405] * 4, 405),
    "mentorship:round-add":                   (IN,      *[404] * 4, 200),
    "mentorship:round-board":                 (IN,      *[404] * 4, 200),
    "mentorship:round-open":                  (IN,      *[404] * 4, BOARD),
    "mentorship:round-close":                 (IN,      *[404] * 4, BOARD),
    "mentorship:round-solve":                 (IN,      *[404] * 4, BOARD),
    "mentorship:round-publish":               (IN,      *[404] * 4, BOARD),
    "mentorship:weights-edit":                (IN,      *[404] * 4, 200),
    "mentorship:rule-add":                    (IN,      *[404] * 4, BOARD),
    "mentorship:rule-remove":                 (IN,      *[404] * 4, BOARD),
    "mentorship:responsible-edit":            (IN,      *[404] * 4, BOARD),
    "mentorship:offer-edit":                  (IN,      *[200] * 4, 200),
    "mentorship:offer-withdraw":              (IN,      *[MENTORING] * 4, MENTORING),
    "mentorship:request-edit":                (IN,      *[200] * 4, 200),
    "mentorship:request-withdraw":            (IN,      *[MENTORING] * 4, MENTORING),
    "projects:project-list":                 (200, 200, 200, 200, 200, 200),
    "projects:propose":                      (IN, 200, 200, 200, 200, 200),
    "projects:proposal-list":                (IN, 200, 200, 200, 200, 200),
    "projects:proposal-detail":              (IN, 404, 200, 404, 404, 200),
    "projects:proposal-decide":              (IN, 404, 403, 404, 404, "→ /projects/proposals/7/"),
    "projects:blocker-detail":               (IN, 404, 200, 200, 404, 404),
    "projects:blocker-acknowledge":          (IN, 404, BLOCKER, BLOCKER, 404, 404),
    "projects:blocker-close":                (IN, 404, BLOCKER, BLOCKER, 404, 404),
    "projects:project-detail":               (200, 200, 200, 200, 200, 200),
    "projects:project-detail hidden":        (404, 200, 200, 200, 200, 200),
    "projects:project-detail archived":      (404, 404, 200, 404, 404, 200),
    "projects:project-edit":                 (IN, 403, 200, 403, 403, 200),
    "projects:project-stage":                (IN, 403, PROBING, 403, 403, PROBING),
    "projects:team-edit":                    (IN, 403, 200, 403, 403, 200),
    "projects:team-add":                     (IN, 403, PROBING, 403, 403, PROBING),
    "projects:team-remove":                  (IN, 403, PROBING, 403, 403, PROBING),
    "projects:team-lead":                    (IN, 403, PROBING, 403, 403, PROBING),
    "projects:team-leave":                   (IN, 403, PROBING, 403, 403, PROBING),
    "projects:task-add":                     (IN, 403, PROBING, 403, 403, PROBING),
    "projects:update-post":                  (IN, 403, PROBING, 403, 403, PROBING),
    "projects:blocker-raise":                (IN, 403, PROBING, 403, 403, PROBING),
    "projects:output-add":                   (IN, 403, PROBING, 403, 403, PROBING),
    "projects:task-edit":                    (IN, 403, 200, 403, 403, 200),
    "projects:task-move":                    (IN, 403, PROBING, 403, 403, PROBING),
    "projects:task-take":                    (IN, 403, PROBING, 403, 403, PROBING),
    "projects:output-remove":                (IN, 403, PROBING, 403, 403, PROBING),
    "members:profile-edit":                   (IN,      200,      200,      200,       200,     200),
    "home:token-edit":                        (IN,      200,      200,      200,       200,     200),
    "api:agenda":                             (401,     200,      200,      200,       200,     200),
    "api:schema":                             (401,     200,      200,      200,       200,     200),
    "api:reference":                          (IN,      200,      200,      200,       200,     200),
    "api:groups:group-list":                  (401,     200,      200,      200,       200,     200),
    "api:groups:group-detail":                (401,     200,      200,      200,       200,     200),
    "api:groups:group-detail draft":          (401,     404,      404,      200,       404,     200),
    "api:groups:group-detail archived":       (401,     404,      200,      200,       404,     200),
    "api:groups:group-join":                  (401,     405,      405,      405,       405,     405),
    "api:groups:group-leave":                 (401,     405,      405,      405,       405,     405),
    "api:groups:pool-list":                   (401,     200,      200,      200,       200,     200),
    "api:groups:pool-vote":                   (401,     405,      405,      405,       405,     405),
    "api:groups:pool-schedule":               (401,     405,      405,      405,       405,     405),
    "api:groups:paper-detail":                (401,     200,      200,      200,       200,     200),
    "api:projects:task-list":                 (401,     200,      200,      200,       200,     200),
    "api:mentoring:round-list":               (401,     403,      403,      403,       403,     200),
    "api:mentoring:round-detail":             (401,     403,      403,      403,       403,     200),
    "api:mentoring:round-matches":            (401,     403,      403,      403,       403,     200),
    "api:cohorts:cohort-list":                (401,     403,      403,      403,       403,     200),
    "api:cohorts:cohort-detail":              (401,     403,      403,      403,       403,     200),
    "account_login":                          (200,     ME,       ME,       ME,        ME,      ME),
    "account_logout":                         ("→ /",   200,      200,      200,       200,     200),
    "account_inactive":                       (200,     200,      200,      200,       200,     200),
    "account_signup":                         (200,     ME,       ME,       ME,        ME,      ME),
    "account_reauthenticate":                 (IN,      200,      200,      200,       200,     200),
    "account_email":                          (IN,      200,      200,      200,       200,     200),
    "account_email_verification_sent":        (200,     200,      200,      200,       200,     200),
    "account_confirm_email":                  (200,     200,      200,      200,       200,     200),
    "account_change_password":                (IN,      200,      200,      200,       200,     200),
    "account_set_password":                   (IN,      *["→ /accounts/password/change/"] * 5),
    "account_reset_password":                 (200,     200,      200,      200,       200,     200),
    "account_reset_password_done":            (200,     200,      200,      200,       200,     200),
    "account_reset_password_from_key":        (200,     200,      200,      200,       200,     200),
    "account_reset_password_from_key_done":   (200,     200,      200,      200,       200,     200),
    "account_request_login_code":             (200,     ME,       ME,       ME,        ME,      ME),
    "account_confirm_login_code":             ("→ /accounts/login/code/", ME, ME, ME,  ME,      ME),
    "admin/login/":                           (IN,      403,      403,      403,       IN,      IN),
}
POST = {
    # address, with an empty form              visitor, member,   enrolled, organizer, staff,   admin
    "home:front":                             (405,     405,      405,      405,       405,     405),
    "home:me":                                (IN,      405,      405,      405,       405,     405),
    "home:resume":                            (IN,      ME,       ME,       ME,        ME,      ME),
    "home:calendar-edit":                     (IN,      *[CALENDAR] * 5),
    "home:calendar-feed":                     (405,     405,      405,      405,       405,     405),
    "home:search":                            (405,     405,      405,      405,       405,     405),
    "home:own-data":                          (IN,      405,      405,      405,       405,     405),
    "home:own-data-download":                 (IN,      405,      405,      405,       405,     405),
    "home:account-delete":                    (IN,      422,      422,      422,       422,     422),
    "home:zone-edit":                         (422,     422,      422,      422,       422,     422),
    "home:appearance-edit":                   ("→ /",   "→ /",    "→ /",    "→ /",     "→ /",   "→ /"),
    "home:health-live":                       (200,     200,      200,      200,       200,     200),
    "home:health-ready":                      (503,     503,      503,      503,       503,     503),
    "home:local-mail-list":                   (405,     405,      405,      405,       405,     405),
    "home:local-mail-detail":                 (405,     405,      405,      405,       405,     405),
    "reading_groups:group-list":              (405,     405,      405,      405,       405,     405),
    "reading_groups:group-detail":            (405,     405,      405,      405,       405,     405),
    "reading_groups:group-join":              (IN,      HERE,     HERE,     HERE,      HERE,    HERE),
    "reading_groups:group-join draft":        (IN,      404,      404, "→ /groups/draft/", 404, "→ /groups/draft/"),
    "reading_groups:group-leave":             (IN,      HERE,     HERE,     HERE,      HERE,    HERE),
    "reading_groups:group-leave draft":       (IN,      404,      404, "→ /groups/draft/", 404, "→ /groups/draft/"),
    "availability:week-edit":                 (IN,      422,      422,      422,       422,     422),
    "availability:away-add":                  (IN,      422,      422,      422,       422,     422),
    "availability:away-end":                  (IN,      403,      WEEK,     403,       403,     WEEK),
    "availability:meeting-detail":            (IN,      405,      405,      405,       405,     405),
    "availability:meeting-move":              (IN,      404,      422,      404,       404,     422),
    "availability:meeting-cancel":            (IN,      404,      MEETING,  404,       404,     MEETING),
    "reading_groups:session-detail":          (405,     405,      405,      405,       405,     405),
    "reading_groups:presentation-offer":      (IN,      403,      SESSION,  SESSION,   403,     SESSION),
    "reading_groups:presentation-withdraw":   (IN,      403,      SESSION,  SESSION,   403,     SESSION),
    "reading_groups:slides-edit":             (IN,      403,      403,      403,       403,     403),
    "reading_groups:question-vote":           (IN,      404,      SESSION,  SESSION,   404,     SESSION),
    "reading_groups:question-mark":           (IN,      404,      SESSION,  SESSION,   404,     SESSION),
    "reading_groups:idea-hand":               (IN,      404,      HERE,     HERE,      404,     HERE),
    "reading_groups:idea-park":               (IN,      404,      HERE,     HERE,      404,     HERE),
    "reading_groups:question-ask":            (IN,      403,      422,      422,       403,     422),
    "reading_groups:note-add":                (IN,      403,      422,      422,       403,     422),
    "reading_groups:question-answer":         (IN,      404,      422,      422,       404,     422),
    "reading_groups:idea-add":                (IN,      403,      422,      422,       403,     422),
    "reading_groups:pool-list":               (405,     405,      405,      405,       405,     405),
    "reading_groups:pool-list draft":         (405,     405,      405,      405,       405,     405),
    "reading_groups:paper-propose":           (IN,      403,      422,      422,       403,     422),
    "reading_groups:reading-arrange":         (IN,      405,      405,      405,       405,     405),
    "reading_groups:reading-vote":            (IN,      404,      POOL,     POOL,      404,     POOL),
    "reading_groups:reading-schedule":        (IN,      404,      403,      422,       404,     422),
    "reading_groups:reading-unschedule":      (IN,      404,      403,      POOL,      404,     POOL),
    "reading_groups:reading-duplicate":       (IN,      404,      403,      422,       404,     422),
    "reading_groups:reading-remove":          (IN,      404,      403,      POOL,      404,     404),  # gone by then
    "papers:paper-number":                    (405,     405,      405,      405,       405,     405),
    "papers:paper-detail":                    (405,     405,      405,      405,       405,     405),
    "handbook:page-list":                     (405,     405,      405,      405,       405,     405),
    "handbook:page-add":                      (IN,      403,      403,      403,       403,     422),
    "handbook:checklist":                     (IN,      *["→ /handbook/checklist/"] * 5),
    "handbook:suggestion-list":               (IN,      405,      405,      405,       405,     405),
    "handbook:suggestion-detail":             (IN,      405,      405,      405,       405,     405),
    "handbook:suggestion-answer":             (IN,      404,      403,      404,       404,     422),
    "handbook:page-detail":                   (405,     405,      405,      405,       405,     405),
    "handbook:page-edit":                     (IN,      403,      403,      403,       403,     422),
    "handbook:page-arrange":                  (IN,      403,      403,      403,       403,     422),
    "handbook:page-remove":                   (IN,      403,      403,      403,       403,     PAGE),
    "handbook:page-restore":                  (IN,      403,      403,      403,       403,     PAGE),
    "handbook:page-suggest":                  (IN,      422,      422,      422,       422,     422),
    "handbook:page-suggest of-old":           (IN,      404,      404,      404,       404,     422),
    "handbook:page-history":                  (IN,      405,      405,      405,       405,     405),
    "handbook:version-detail":                (IN,      405,      405,      405,       405,     405),
    "handbook:page-compare":                  (IN,      405,      405,      405,       405,     405),
    "cohorts:cohort-list":                    (405,     405,      405,      405,       405,     405),
    "cohorts:cohort-detail":                  (IN,      405,      405,      405,       405,     405),
    "cohorts:application-create":             (422,     422,      422,      422,       422,     422),
    "cohorts:application-create draft":       (404,     404,      404,      404,       404,     404),
    "cohorts:application-sent":               (405,     405,      405,      405,       405,     405),
    "cohorts:application-edit":               (404,     404,      404,      404,       404,     404),
    "cohorts:application-withdraw":           (404,     404,      404,      404,       404,     404),
    "cohorts:place-claim":                    (404,     404,      404,      404,       404,     404),
    "mentorship:round-list":                  (IN,      *[405] * 4, 405),
    "mentorship:pair-detail":                 (IN,      *[405] * 4, 405),
    "mentorship:pair-meet":                   (IN,      404,      "→ /mentoring/99999/", 404, 404, 404),
    "mentorship:round-add":                   (IN,      *[404] * 4, 422),
    "mentorship:round-board":                 (IN,      *[405] * 4, 405),
    "mentorship:round-open":                  (IN,      *[404] * 4, BOARD),
    "mentorship:round-close":                 (IN,      *[404] * 4, BOARD),
    "mentorship:round-solve":                 (IN,      *[404] * 4, BOARD),
    "mentorship:round-publish":               (IN,      *[404] * 4, BOARD),
    "mentorship:weights-edit":                (IN,      *[404] * 4, 422),
    "mentorship:rule-add":                    (IN,      *[404] * 4, BOARD),
    "mentorship:rule-remove":                 (IN,      *[404] * 4, BOARD),
    "mentorship:responsible-edit":            (IN,      *[404] * 4, BOARD),
    "mentorship:offer-edit":                  (IN,      *[422] * 4, 422),
    "mentorship:offer-withdraw":              (IN,      *[MENTORING] * 4, MENTORING),
    "mentorship:request-edit":                (IN,      *[422] * 4, 422),
    "mentorship:request-withdraw":            (IN,      *[MENTORING] * 4, MENTORING),
    "projects:project-list":                 (405, 405, 405, 405, 405, 405),
    "projects:propose":                      (IN, 422, 422, 422, 422, 422),
    "projects:proposal-list":                (IN, 405, 405, 405, 405, 405),
    "projects:proposal-detail":              (IN, 404, 422, 404, 404, 403),
    "projects:proposal-decide":              (IN, 404, 403, 404, 404, 422),
    "projects:blocker-detail":               (IN, 405, 405, 405, 405, 405),
    "projects:blocker-acknowledge":          (IN, 404, 404, BLOCKER, 404, 404),
    "projects:blocker-close":                (IN, 404, BLOCKER, 404, 404, 404),
    "projects:project-detail":               (405, 405, 405, 405, 405, 405),
    "projects:project-detail hidden":        (405, 405, 405, 405, 405, 405),
    "projects:project-detail archived":      (405, 405, 405, 405, 405, 405),
    "projects:project-edit":                 (IN, 403, 422, 403, 403, 422),
    "projects:project-stage":                (IN, 403, PROBING, 403, 403, PROBING),
    "projects:team-edit":                    (IN, 403, 200, 403, 403, 200),
    "projects:team-add":                     (IN, 403, 404, 403, 403, 404),
    "projects:team-remove":                  (IN, 403, 404, 403, 403, 404),
    "projects:team-lead":                    (IN, 403, 404, 403, 403, 404),
    "projects:team-leave":                   (IN, 403, TEAM, 403, 403, PROBING),
    "projects:task-add":                     (IN, 403, 422, 403, 403, 422),
    "projects:update-post":                  (IN, 403, 422, 403, 403, 422),
    "projects:blocker-raise":                (IN, 403, 422, 403, 403, 422),
    "projects:output-add":                   (IN, 403, 422, 403, 403, 422),
    "projects:task-edit":                    (IN, 403, 422, 403, 403, 422),
    "projects:task-move":                    (IN, 403, PROBING, 403, 403, PROBING),
    "projects:task-take":                    (IN, 403, PROBING, 403, 403, PROBING),
    "projects:output-remove":                (IN, 403, PROBING, 403, 403, PROBING),
    "members:profile-edit":                   (IN,      422,      422,      422,       422,     422),
    "home:token-edit":                        (IN,      *["→ /me/tokens/"] * 5),
    "api:agenda":                             (401,     405,      405,      405,       405,     405),
    "api:schema":                             (401,     405,      405,      405,       405,     405),
    "api:reference":                          (IN,      405,      405,      405,       405,     405),
    "api:groups:group-list":                  (401,     405,      405,      405,       405,     405),
    "api:groups:group-detail":                (401,     405,      405,      405,       405,     405),
    "api:groups:pool-list":                   (401,     403,      415,      415,       403,     415),  # no JSON
    "api:groups:pool-vote":                   (401,     404,      200,      409,       404,     409),
    "api:groups:pool-schedule":               (401,     404,      403,      415,       404,     415),  # no JSON
    "api:groups:paper-detail":                (401,     405,      405,      405,       405,     405),
    "api:groups:group-leave":                 (401,     409,      200,      409,       409,     409),
    "api:groups:group-leave draft":           (401,     404,      404,      409,       404,     409),
    "api:groups:group-join":                  (401,     200,      200,      200,       200,     200),
    "api:groups:group-join draft":            (401,     404,      404,      409,       404,     409),
    "api:projects:task-list":                 (401,     405,      405,      405,       405,     405),
    "api:mentoring:round-list":               (401,     403,      403,      403,       403,     405),
    "api:mentoring:round-detail":             (401,     403,      403,      403,       403,     405),
    "api:mentoring:round-matches":            (401,     403,      403,      403,       403,     405),
    "api:cohorts:cohort-list":                (401,     403,      403,      403,       403,     405),
    "api:cohorts:cohort-detail":              (401,     403,      403,      403,       403,     405),
    "account_login":                          (200,     ME,       ME,       ME,        ME,      ME),
    "account_logout":                         ("→ /",   "→ /",    "→ /",    "→ /",     "→ /",   "→ /"),
    "account_inactive":                       (405,     405,      405,      405,       405,     405),
    "account_signup":                         (200,     ME,       ME,       ME,        ME,      ME),
    "account_reauthenticate":                 (IN,      200,      200,      200,       200,     200),
    "account_email":                          (IN,      *["→ /accounts/email/"] * 5),
    "account_email_verification_sent":        (405,     405,      405,      405,       405,     405),
    "account_confirm_email":                  (404,     404,      404,      404,       404,     404),
    "account_change_password":                (IN,      200,      200,      200,       200,     200),
    "account_set_password":                   (IN,      *["→ /accounts/password/change/"] * 5),
    "account_reset_password":                 (200,     200,      200,      200,       200,     200),
    "account_reset_password_done":            (405,     405,      405,      405,       405,     405),
    "account_reset_password_from_key":        (200,     200,      200,      200,       200,     200),
    "account_reset_password_from_key_done":   (405,     405,      405,      405,       405,     405),
    "account_request_login_code":             (200,     ME,       ME,       ME,        ME,      ME),
    "account_confirm_login_code":             ("→ /accounts/login/code/", ME, ME, ME,  ME,      ME),
    "admin/login/":                           (IN,      403,      403,      403,       IN,      IN),
}
# fmt: on
# An organizer of the whole collaborative gets what any member gets, but for these.
ORGANIZER = {
    "GET projects:proposal-detail": 200,
    "GET projects:proposal-decide": "→ /projects/proposals/7/",
    "GET projects:project-detail archived": 200,
    "GET projects:project-edit": 200,
    "GET projects:project-stage": PROBING,
    "GET projects:team-edit": 200,
    "GET projects:team-add": PROBING,
    "GET projects:team-remove": PROBING,
    "GET projects:team-lead": PROBING,
    "POST projects:proposal-detail": 403,
    "POST projects:proposal-decide": 422,
    "POST projects:project-edit": 422,
    "POST projects:project-stage": PROBING,
    "POST projects:team-edit": 200,
    "POST projects:team-add": 404,
    "POST projects:team-remove": 404,
    "POST projects:team-lead": 404,
    "GET handbook:page-add": 200,
    "GET handbook:suggestion-detail": 200,
    "GET handbook:suggestion-answer": SUGGESTED,
    "GET handbook:page-detail of-old": 200,
    "GET handbook:page-edit": 200,
    "GET handbook:page-arrange": PAGE,
    "GET handbook:page-remove": PAGE,
    "GET handbook:page-restore": PAGE,
    "POST handbook:page-add": 422,
    "POST handbook:suggestion-answer": 422,
    "POST handbook:page-edit": 422,
    "POST handbook:page-arrange": 422,
    "POST handbook:page-remove": PAGE,
    "POST handbook:page-restore": PAGE,
    "POST handbook:page-suggest of-old": 403,
}

# The admin asks who somebody is before it asks what they want, so its pages differ only for staff and admins. One row
# stands for all models. Where one may not be made or removed by hand, an admin gets a 403; the admin's tests say where.
ADMIN = {
    # address            staff       admin
    "index": ({200}, {200}),
    "search": ({200}, {200}),
    "login": ({IN}, {IN}),
    "logout": ({405}, {405}),
    "password_change": ({200}, {200}),
    "password_change_done": ({200}, {200}),
    "autocomplete": ({403}, {403}),  # it wants to know for which field
    "jsi18n": ({200}, {200}),
    "view_on_site": ({404}, {404}),  # only for what has a page of its own
    "app_list": ({404}, {200}),
    "*_changelist": ({403, "→ change"}, {200, "→ change"}),  # the site has one row, and leads to it
    "*_add": ({403}, {200, 403}),
    "*_change": ({403}, {200}),
    "*_history": ({403}, {200}),
    "*_delete": ({403}, {200, 403}),
    "*_password_change": ({403}, {200}),
    "*_plan_sessions": ({403}, {200}),
    "*_merge_duplicate": ({403}, {200}),
    "*_give_up_this": ({403}, {200}),
    "*_take_back_this": ({403}, {200}),
    "*_decide": ({403}, {"→ /admin/cohorts/application/"}),  # only with what the preview sends
    "*_undo": ({403}, {200}),
    "*_distribute": ({403}, {200}),
    "*_import_file": ({403}, {200}),
    "*/<object>/": ({"→ change"}, {"→ change"}),
    "*": ({404}, {404}),
}


def addresses(patterns=None, namespaces=(), route=""):
    """(name, route) of every address in the URLconf; an address without a name goes by its route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from addresses(pattern.url_patterns, inside, here)
        else:
            yield (":".join((*namespaces, pattern.name)) if pattern.name else here), here


def is_admins(name: str) -> bool:
    return name != "admin/login/" and name.startswith("admin")


def kind_of(name: str, route: str) -> str:
    """The row of the admin's table: its models share one."""
    if name == "admin/(?P<url>.*)$":
        return "*"
    if name == route:
        return "*/<object>/"
    name = name.removeprefix("admin:")
    if name == "auth_user_password_change":
        return "*_password_change"
    models = "|".join(f"{model._meta.app_label}_{model._meta.model_name}" for model in apps.get_models())
    return re.sub(f"^({models})_", "*_", name)


def outcome(response) -> int | str:
    if response.status_code not in {301, 302}:
        return response.status_code
    path = urlsplit(response.headers["Location"]).path
    return IN if path == "/accounts/login/" else f"→ {path}"


@pytest.fixture
def clients() -> dict[str, Client]:
    """One for each role."""
    people = {
        "member": MemberFactory(),
        "enrolled": MemberFactory(),
        "organizer": MemberFactory(),
        "staff": MemberFactory(is_staff=True),
        "admin": MemberFactory(is_staff=True, is_superuser=True),
    }
    groups = {
        state: ReadingGroupFactory(slug=state, state=state, organizers=[people["organizer"]], capacity=3)
        for state in (ReadingGroup.State.OPEN, ReadingGroup.State.DRAFT, ReadingGroup.State.ARCHIVED)
    }
    EnrolmentFactory(group=groups["open"], member=people["enrolled"])
    yesterday = timezone.localdate() - timedelta(days=1)
    MeetingFactory(pk=99999, starts_at=timezone.now() + timedelta(days=2), participants=[people["enrolled"]])
    AwayFactory(pk=99999, member=people["enrolled"], starts_on=yesterday, ends_on=date(2030, 1, 9))
    EnrolmentFactory(group=groups["archived"], member=people["enrolled"], state=Enrolment.State.COMPLETED)
    starts_at = timezone.now() + timedelta(days=3)
    session = SessionFactory(pk=ROW, group=groups["open"], starts_at=starts_at)
    ReadingFactory(group=groups["open"], session=session)
    ReadingFactory(pk=ROW, group=groups["open"], paper=PaperFactory(pk=ROW, title="A paper"))
    QuestionFactory(pk=ROW, session=session, member=people["enrolled"])
    IdeaFactory(pk=ROW, group=groups["open"], member=people["enrolled"])
    page = PageFactory(slug="reading")
    PageFactory(slug="of-old", is_removed=True)
    Suggestion.objects.create(
        pk=1, page=page, base=1, author=people["enrolled"], note="Hm.", created_at=page.changed_at
    )
    PlaceFactory(cohort=CohortFactory(slug="open"), member=people["enrolled"])
    MentorshipFactory(pk=99999, mentee=people["enrolled"])
    RoundFactory(slug="open", closes_at=timezone.now() + timedelta(days=2))
    CohortFactory(slug="draft", state="draft")
    lead = people["enrolled"]
    probing = ProjectFactory(slug="probing", lead=lead, is_public=True)
    ProjectFactory(slug="hidden", lead=lead)
    ProjectFactory(slug="archived", lead=lead, stage="archived", is_public=True)
    ProposalFactory(pk=7, author=lead)
    BlockerFactory(pk=7, project=probing, raiser=lead, handlers=[people["organizer"]])
    TaskFactory(pk=7, project=probing)
    OutputFactory(pk=7, project=probing)
    UpdateFactory(project=probing)
    clients = {role: Client() for role in ROLES}
    for role, person in people.items():
        clients[role].force_login(person, backend=BACKEND)
    return clients


def path_of(row: str) -> str:
    name, _, slug = row.partition(" ")
    if name == "admin/login/":
        return "/admin/login/"
    return reverse(name, kwargs=ARGS.get(name, {}) | ({"slug": slug} if slug else {}))


@pytest.mark.parametrize("row", GET)
def test_get(clients, row):
    assert dict(zip(ROLES, GET[row], strict=True)) == {
        role: outcome(client.get(path_of(row))) for role, client in clients.items()
    }


@pytest.mark.parametrize("row", POST)
def test_post(clients, row):
    assert dict(zip(ROLES, POST[row], strict=True)) == {
        role: outcome(client.post(path_of(row))) for role, client in clients.items()
    }


def test_organizers(clients):
    client = Client()
    client.force_login(OrganizerFactory(), backend=BACKEND)
    rows = [("GET", row, roles[1]) for row, roles in GET.items()] + [
        ("POST", row, roles[1]) for row, roles in POST.items()
    ]
    # What signs out comes last.
    rows.sort(key=lambda row: row[1] == "account_logout")
    got = {f"{verb} {row}": outcome(client.generic(verb, path_of(row))) for verb, row, _member in rows}
    assert got == {f"{verb} {row}": ORGANIZER.get(f"{verb} {row}", member) for verb, row, member in rows}


@pytest.mark.parametrize("table", [GET, POST], ids=["GET", "POST"])
def test_no_address_is_missing_and_none_is_gone(table):
    known = {row.partition(" ")[0] for row in table}
    there = {name for name, _route in addresses() if not is_admins(name)}
    assert {"missing": there - known, "gone": known - there} == {"missing": set(), "gone": set()}


def test_no_kind_of_page_of_the_admin_is_missing_and_none_is_gone():
    there = {kind_of(name, route) for name, route in addresses() if is_admins(name)}
    assert {"missing": there - ADMIN.keys(), "gone": ADMIN.keys() - there} == {"missing": set(), "gone": set()}


@pytest.fixture
def one_of_each():
    """A row of every model that the admin shows."""
    Site.objects.get_or_create(pk=1)
    TypicalWeekFactory()
    AwayFactory()
    MeetingFactory()
    InstitutionFactory()
    TopicFactory()
    CollectiveFactory()
    session = SessionFactory()
    reading = ReadingFactory(group=session.group, session=session)
    PresentationFactory(session=session)
    AnswerFactory(question__session=session)
    NoteFactory(reading=reading)
    IdeaFactory(group=session.group)
    ReadingFactory(group=session.group, session=session)
    OrganizerFactory()
    ChecklistItemFactory()
    application = AcceptedFactory()
    SectionFactory(cohort=application.cohort)
    decide(
        actor=None,
        cohort_id=application.cohort_id,
        application_ids=[application.pk],
        outcome="declined",
        key=uuid4(),
        now=timezone.now(),
    )
    pair = MentorshipFactory()
    OfferFactory(round=pair.round)
    MentorRequestFactory(round=pair.round)
    apps.get_model("auth", "Group").objects.create(name="Those who look after groups")
    Delivery.objects.create(
        kind="place_offered",
        recipient="members.member:1",
        object_key="reading_groups.enrolment:1",
        occurrence="once",
        due_at=session.starts_at,
    )


def admin_paths() -> list[tuple[str, str]]:
    """(row, path) of every page of the admin, each about a row that is there."""
    paths = []
    for name, route in addresses():
        if not is_admins(name):
            continue
        path = "/" + route.replace("^", "").removesuffix("$").replace("(?P<url>.*)", "nothing/at/all/")
        path = re.sub(r"\(\?P<app_label>([^|)]+)[^)]*\)", r"\1", path)
        path = path.replace("r/<path:content_type_id>/<path:object_id>", "r/999999/1")
        if "<" in path:
            _empty, _admin, label, model, *_rest = path.split("/")
            row = apps.get_model(label, model)._default_manager.order_by("pk").first()
            path = re.sub("<[^>]+>", str(row.pk), path)
        paths.append((kind_of(name, route), path))
    return paths


def test_the_admin(clients, one_of_each):
    wrong = []
    for kind, path in admin_paths():
        for role, client in clients.items():
            allowed = dict(zip(("staff", "admin"), ADMIN[kind], strict=True)).get(role)
            if allowed is None:
                # Visitors sign in, by way of the admin's address for it; everybody else is told there by a 403.
                allowed = {IN, "→ /admin/login/"} if role == "visitor" else {"→ /admin/login/", "→ /admin/", 403}
            got = outcome(client.get(path))
            got = "→ change" if re.fullmatch(f"→ {re.escape(path)}(1/)?change/", str(got)) else got
            if got not in allowed:
                wrong.append((kind, path, role, got, allowed))
    assert wrong == []


def test_reading_changes_nothing(clients, one_of_each):
    """Every page, for everybody, by GET."""
    paths = [path_of(row) for row in GET] + [path for _kind, path in admin_paths()]

    tables = set(connection.introspection.table_names()) - {Session._meta.db_table}

    def stored():
        models = [model for model in apps.get_models() if model._meta.db_table in tables]
        return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}

    before = stored()
    for client in clients.values():
        for path in paths:
            client.get(path)
    assert stored() == before
