"""Reading the environment for the settings: what cannot be used ends the program with one line that names it."""

import secrets
from collections.abc import Sequence
from datetime import time
from urllib.parse import urlsplit

import environ

from collaborative.embedded import LOCAL, NO, YES

# What a public site cannot do without.
NEEDED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
SCHEMES = {
    "DATABASE_URL": ("postgresql://", "postgres://"),
    "REDIS_URL": ("redis://", "rediss://", "unix://"),
    "EMAIL_URL": ("smtp://", "smtp+tls://", "smtp+ssl://"),
}


class Env(environ.Env):
    """Settings from the environment. One that cannot be read ends the program with one line that names it."""

    def get_value(self, var, *args, **kwargs):
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError:
            raise SystemExit(f"{var} has a value that cannot be used; docs/operations.md says which can.") from None

    @classmethod
    def parse_value(cls, value, cast):
        if cast is bool and value.strip().lower() not in {*YES, *NO}:
            raise ValueError
        return super().parse_value(value, cast)


env = Env()


def two_times(text: str) -> tuple[time, time] | None:
    """What a setting such as 22:00-07:00 says. Raises ValueError."""
    if text.strip().lower() == "none":
        return None
    start, end = text.split("-")
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())


def a_limit(text: str) -> int | None:
    """A number, or nothing where there is no limit. Raises ValueError."""
    limit = 0 if text.strip().lower() == "none" else int(text)
    if limit < 0:
        raise ValueError
    return limit or None


def check_addresses(*, is_public: bool) -> None:
    """End the program where an address of a server is missing on a public site, or is no such address anywhere."""
    missing = [name for name in NEEDED if not env.str(name, default="")] if is_public else []
    if missing:
        raise SystemExit(f"PRODUCTION=1 needs these settings as well: {', '.join(missing)}.")
    for name, schemes in SCHEMES.items():
        address = env.str(name, default="")
        try:
            is_address = address.startswith(schemes) and urlsplit(address).port != 0
        except ValueError:  # the port is no number
            is_address = False
        if address and not is_address:
            raise SystemExit(f"{name} must be an address that begins with {' or '.join(schemes)}.")


def check_public_site(*, debug: bool, hosts: Sequence[str], secret_key: str, base_url: str) -> None:
    """End the program where a public site would not be safe."""
    if debug:
        raise SystemExit("PRODUCTION=1 does not go with DEBUG: it shows settings to strangers.")
    if "*" in hosts:
        raise SystemExit("PRODUCTION=1 needs ALLOWED_HOSTS to name the site's hosts; '*' lets anybody forge links.")
    if len(secret_key) < 50 or len(set(secret_key)) < 5 or secret_key.startswith("django-insecure-"):
        raise SystemExit("PRODUCTION=1 needs a SECRET_KEY of at least 50 characters that nobody can guess.")
    if not base_url.startswith("https://"):
        raise SystemExit("PRODUCTION=1 needs a BASE_URL that begins with https://.")


def local_secret_key() -> str:
    """A key made once per checkout, so that sessions outlive a restart."""
    file = LOCAL / "secret-key"
    if not file.exists():
        LOCAL.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_urlsafe(64))
        file.chmod(0o600)
    return file.read_text().strip()
