"""`manage.py run`: the web server, a worker and the clock of this machine, until Ctrl-C."""

import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from collaborative.embedded import LOCAL
from collaborative.home import beats
from collaborative.models import Site

READY_WITHIN = 60


class Command(BaseCommand):
    help = "Runs web, worker and beat together on this machine, with --demo on the demo collaborative."
    # `make check` does them; here they would take seconds of each start.
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo first, if it is not there yet")
        parser.add_argument("--size", default="full", help="of the demo: full or small")

    def handle(self, *, demo: bool, size: str, **options) -> None:
        self.port = settings.PORT
        self._refuse_taken_port()
        self._migrate()
        self._collect_static()
        if demo:
            call_command("load_demo", size=size)
        self._run_processes()

    def _refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OverflowError:
                raise CommandError(f"{self.port} is not a port: it must lie between 1 and 65535.") from None
            except PermissionError:
                raise CommandError(
                    f"Port {self.port} needs special rights. Choose another: PORT=9000 make demo"
                ) from None
            except OSError:
                raise CommandError(f"Port {self.port} is taken. Choose another: PORT=9000 make demo") from None

    def _step(self, words: str, command: str, **options) -> None:
        self.stdout.write(f"{words} …")
        call_command(command, **options)

    def _migrate(self) -> None:
        """Only where something is to be done: the command takes seconds also where nothing is."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self._step("Bringing the database up to date", "migrate", verbosity=0)

    def _collect_static(self) -> None:
        """Collecting and compressing takes seconds, so it is done again only where a file has changed."""
        sources = [settings.BASE_DIR / "requirements.lock", *sorted((settings.BASE_DIR / "static").rglob("*"))]
        digest = sha256()
        for file in sources:
            if file.is_file():
                digest.update(f"{file}{file.stat().st_mtime_ns}".encode())
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        self._step("Collecting styles and scripts", "collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(digest.hexdigest())

    def _run_processes(self) -> None:
        """Start what the Procfile lists and end all of it together, on Ctrl-C or when one of them ends."""
        environment = os.environ | {
            "PORT": str(self.port),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
        }
        manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
        for name, command in parse_procfile((settings.BASE_DIR / "Procfile").read_text()).processes.items():
            manager.add_process(name, command, env=environment, cwd=str(settings.BASE_DIR))
        beats.forget()
        threading.Thread(target=self._announce, args=(manager,), daemon=True).start()
        manager.loop()
        if manager.returncode and manager.returncode not in {-signal.SIGINT, 130}:
            raise CommandError("A process ended by itself; the lines above say why.")

    def _announce(self, manager: Manager) -> None:
        """Say where the site is once it and its worker answer."""
        address = f"http://localhost:{self.port}"
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if self._answers(address) and cache.get(beats.WORKER.key):
                break
            time.sleep(0.2)
        else:
            self.stdout.write(f"{address} answers, but no worker does yet; see the lines above.")
            return
        self.stdout.write(self.style.SUCCESS(f"\nThe site is ready: {address}\n"))
        self._tell_accounts()
        if not Site.objects.exists():
            self.stdout.write("It has no name and no admin yet. In another terminal: .venv/bin/python manage.py launch")
        self.stdout.write(
            "Mails are kept here: " + address + "/local/mail/\nCtrl-C stops everything; the data stays.\n"
        )

    def _answers(self, address: str) -> bool:
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):  # noqa: S310 (our own address)
                return True
        except OSError:
            return False

    def _tell_accounts(self) -> None:
        """The demo's people, where the demo has been loaded."""
        file = LOCAL / "demo-accounts.json"
        accounts = json.loads(file.read_text()) if file.exists() else {}
        for role, account in accounts.items():
            self.stdout.write(f"  {role:<10} {account['email']:<28} {account['password']}")
