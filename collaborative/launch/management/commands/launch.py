"""`manage.py launch`: begin a collaborative in an empty database, by answering six questions or by flags."""

import secrets
import sys
from collections.abc import Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from collaborative.launch.actions import AlreadyLaunched, is_empty, launch
from collaborative.models import Site
from core.clock import canonical_zone
from core.text import one_line
from members.models import Member

LAUNCHED = "There is a collaborative in this database already. Launching never changes one."


class Command(BaseCommand):
    help = (
        "Begins a collaborative in an empty database: names it, makes its first admin, and loads topics, a handbook "
        "and a checklist. Asks for what no flag gives."
    )
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--name", help="what the collaborative is called")
        parser.add_argument("--zone", help="its time zone, such as Africa/Nairobi")
        parser.add_argument("--contact", help="the address that people write to")
        parser.add_argument("--admin-email", help="the address that the first admin signs in with")
        parser.add_argument("--admin-name", help="what the first admin is called")
        parser.add_argument(
            "--admin-password-file",
            help="a file with the first admin's password; without it you are asked, or one is made and shown once",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._password_in(options["admin_password_file"])
        call_command("migrate", verbosity=0, interactive=False)
        if not is_empty():
            raise CommandError(LAUNCHED)
        answers = {
            "name": self._answer(options, "name", "Name of the collaborative", _visible(Site)),
            "zone": self._answer(options, "zone", "Time zone, such as Africa/Nairobi", canonical_zone),
            "contact_email": self._answer(options, "contact", "Address that people write to", _email),
            "admin_email": self._answer(options, "admin_email", "Address that you sign in with", _email),
            "admin_name": self._answer(options, "admin_name", "Your name, as members see it", _visible(Member)),
        }
        is_made = False
        member = Member(email=answers["admin_email"], name=answers["admin_name"])
        if password:
            _check_password(password, member)
        else:
            password, is_made = self._ask_password(member)
        try:
            launch(**answers, admin_password=password, now=timezone.now())
        except AlreadyLaunched:
            raise CommandError(LAUNCHED) from None
        self.stdout.write(self.style.SUCCESS(f"{answers['name']} is launched."))
        self.stdout.write(
            f"Start it (make run), then sign in at {settings.BASE_URL}/accounts/login/ as {answers['admin_email']}."
        )
        if is_made:
            self.stdout.write(f"Your password, shown only now: {password}")
        self.stdout.write(f"Everything else is done in the browser: {settings.BASE_URL}/admin/")

    def _password_in(self, file: str | None) -> str:
        if not file:
            return ""
        try:
            password = Path(file).read_text(encoding="utf-8").strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"--admin-password-file: {file} cannot be read ({type(error).__name__}).") from None
        if not password:
            raise CommandError(f"--admin-password-file: {file} is empty.")
        return password

    def _answer(self, options: dict[str, Any], name: str, question: str, clean: Callable[[str], str]) -> str:
        """What the flag says, or else the person; a wrong flag ends the command, a wrong answer is asked again."""
        flag = f"--{name.replace('_', '-')}"
        if options[name] is not None:
            try:
                return clean(options[name])
            except ValidationError as error:
                raise CommandError(f"{flag}: {' '.join(error.messages)}") from None
        if not sys.stdin.isatty():
            raise CommandError(f"{flag} is missing, and there is nobody to ask.")
        while True:
            try:
                return clean(_ask(input, question))
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))

    def _ask_password(self, member: Member) -> tuple[str, bool]:
        """A password that somebody typed twice, or one that was made, and whether it was."""
        if not sys.stdin.isatty():
            return secrets.token_urlsafe(15), True
        while True:
            password = _ask(getpass, "Your password (leave it empty and one is made)")
            if not password:
                return secrets.token_urlsafe(15), True
            try:
                validate_password(password, member)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if _ask(getpass, "Once more") == password:
                return password, False
            self.stderr.write("These two are not the same.")


def _ask(how: Callable[[str], str], question: str) -> str:
    try:
        return how(f"{question}: ")
    except (EOFError, KeyboardInterrupt):
        raise CommandError("Nothing was launched.") from None


def _visible(model: type[Site] | type[Member]) -> Callable[[str], str]:
    longest = model._meta.get_field("name").max_length

    def clean(text: str) -> str:
        line = one_line(text)
        if not line:
            raise ValidationError("Type something that can be seen.")
        if len(line) > longest:
            raise ValidationError(f"At most {longest} characters.")
        return line

    return clean


def _email(text: str) -> str:
    text = text.strip()
    validate_email(text)
    return text


def _check_password(password: str, member: Member) -> None:
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise CommandError(f"--admin-password-file: {' '.join(error.messages)}") from None
