#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests, installing one where there is none: Debian's package as root,
# Playwright's own build elsewhere.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then command -v "$name"; exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-noto-core; } >&2
  command -v chromium
  exit 0
fi
.venv/bin/playwright install chromium >&2
.venv/bin/python -c 'from playwright.sync_api import sync_playwright as s; p = s().start(); print(p.chromium.executable_path); p.stop()'
