"""The pages of allauth, and the admin's sign-in in their place."""

from tests.permissions.rows import IN, page, row, told

ME, CODE, PASSWORD = "→ /me/", "→ /accounts/login/code/", "→ /accounts/password/change/"

ROWS = [
    row("account_login", visitor=200, member=told(ME)),
    row("account_logout", visitor=told("→ /"), member=(200, "↩ /")),
    page("account_inactive", everyone=200),
    row("account_signup", visitor=200, member=told(ME)),
    row("account_reauthenticate", visitor=IN, member=200),
    row("account_email", visitor=IN, member=(200, "↩ /accounts/email/")),
    page("account_email_verification_sent", everyone=200),
    row("account_confirm_email", everyone=(200, 404)),
    row("account_change_password", visitor=IN, member=200),
    row("account_set_password", visitor=IN, member=told(PASSWORD)),
    row("account_reset_password", everyone=200),
    page("account_reset_password_done", everyone=200),
    row("account_reset_password_from_key", everyone=200),
    page("account_reset_password_from_key_done", everyone=200),
    row("account_request_login_code", visitor=200, member=told(ME)),
    row("account_confirm_login_code", visitor=told(CODE), member=told(ME)),
    # Whoever is signed in and may not use the admin is told so.
    row("admin/login/", visitor=IN, member=403, staff=IN, admin=IN),
]
