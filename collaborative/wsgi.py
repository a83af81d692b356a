"""The web process: `granian --interface wsgi collaborative.wsgi:application`."""

import os

from collaborative import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")
embedded.ensure_running()

from django.core.wsgi import get_wsgi_application  # noqa: E402 (settings need the addresses)

application = get_wsgi_application()
