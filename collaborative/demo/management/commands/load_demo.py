import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from collaborative.demo.build import FULL, SIZES, NotEmpty, build_demo, loaded_size
from collaborative.embedded import LOCAL

ACCOUNTS_FILE = "demo-accounts.json"


class Command(BaseCommand):
    help = "Load the demo collaborative into an empty database, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=SIZES, default=FULL, help="small: six members and one group")

    def handle(self, *args: Any, size: str = FULL, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo is for somebody's own machine, not for a public site.")
        file = LOCAL / ACCOUNTS_FILE
        loaded = loaded_size()
        if loaded is not None and loaded != size:
            raise CommandError(f"The {loaded} demo is loaded already; the {size} one needs an empty database.")
        if loaded is not None:
            self.stdout.write(f"The demo is loaded already. Its accounts are in {file}.")
            return
        password = secrets.token_urlsafe(12)
        try:
            # The accounts are written before the demo is committed, so that there is no demo without them.
            with transaction.atomic():
                emails = build_demo(now=timezone.now(), password=password, tell=self._tell, size=size)
                _write(file, {role: {"email": email, "password": password} for role, email in emails.items()})
        except NotEmpty:
            raise CommandError("The database holds other groups already. The demo needs an empty one.") from None
        for role, email in emails.items():
            self.stdout.write(f"{role}: {email}, password {password}")

    def _tell(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()


def _write(file: Path, accounts: dict[str, dict[str, str]]) -> None:
    """Write the accounts for the owner's eyes only, from the first byte on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(accounts, out, indent=2)
        out.write("\n")
