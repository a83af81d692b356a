"""`manage.py check --deploy` as in production. Fields ask the database for its version, so the embedded one answers."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from collaborative import embedded  # noqa: E402 (found from the root, wherever this is called from)

embedded.ensure_running()
production = {
    "PRODUCTION": "1",
    "SECRET_KEY": "only-for-this-check-" * 4,
    "ALLOWED_HOSTS": "collaborative.example.org",
    "EMAIL_URL": "smtp://localhost:1",
    "REDIS_URL": "redis://localhost:1",
}
command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
sys.exit(subprocess.run(command, env=os.environ | production, cwd=ROOT, check=False).returncode)
