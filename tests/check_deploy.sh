#!/usr/bin/env bash
# `manage.py check --deploy` as in production. Nothing is connected to; the addresses only have to be there.
set -euo pipefail
PRODUCTION=1 SECRET_KEY="$(printf 'only-for-this-check-%.0s' 1 2 3 4)" ALLOWED_HOSTS=collaborative.example.org \
  DATABASE_URL=postgresql://localhost/none REDIS_URL=redis://localhost:1 EMAIL_URL=smtp://localhost:1 \
  .venv/bin/python manage.py check --deploy --fail-level WARNING
