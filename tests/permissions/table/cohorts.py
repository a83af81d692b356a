from tests.permissions.rows import FORM, IN, page, row
from tests.permissions.scene import TO_CLAIM, TO_EDIT

IN_DRAFT = {"slug": "draft"}
COHORT, APPLICATION = "→ /cohorts/open/", f"→ /cohorts/applications/{TO_EDIT}/"

ROWS = [
    page("cohorts:cohort-list", everyone=200),
    page("cohorts:cohort-detail", visitor=IN, member=404, section_leader=200, cohort_member=200, admin=200),
    page("cohorts:cohort-detail", "draft", about=IN_DRAFT, visitor=IN, member=404, admin=200),
    row("cohorts:application-create", everyone=FORM),
    row("cohorts:application-create", "draft", about=IN_DRAFT, everyone=404),
    page("cohorts:application-sent", everyone=200),
    page("cohorts:application-sent", "draft", about=IN_DRAFT, everyone=404),
    # The links in our mails are for whoever has them, and one opens nothing of the other.
    row("cohorts:application-edit", everyone=404),
    row("cohorts:application-edit", "by the link to claim", about={"token": TO_CLAIM}, everyone=404),
    row("cohorts:application-edit", "by the link to edit", about={"token": TO_EDIT}, everyone=FORM),
    row("cohorts:application-withdraw", everyone=(405, 404)),
    row("cohorts:application-withdraw", "by the link to claim", about={"token": TO_CLAIM}, everyone=(405, 404)),
    row("cohorts:application-withdraw", "by the link to edit", about={"token": TO_EDIT}, everyone=(405, APPLICATION)),
    row("cohorts:place-claim", everyone=404),
    row("cohorts:place-claim", "by the link to edit", about={"token": TO_EDIT}, everyone=404),
    row(
        "cohorts:place-claim",
        "by the link to claim",
        about={"token": TO_CLAIM},
        visitor=(200, IN),
        member=(200, COHORT),
        cohort_member=(200, f"↩ /cohorts/claim/{TO_CLAIM}/"),
    ),
]
