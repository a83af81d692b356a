# `make demo` and `make test` are all that a newcomer needs; the rest is for those who change things.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python$$(cat .python-version) python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Of the demo: full, or small with six members and one group.
SIZE ?= full
STAMP := .venv/.installed
UV_VERSION := $(shell sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements-dev.lock)

.PHONY: demo run setup test check bench format lock clean

demo: setup
	@exec $(BIN)/python manage.py run --demo --size $(SIZE)

run: setup
	@exec $(BIN)/python manage.py run

setup: $(STAMP)

$(STAMP): requirements-dev.lock requirements.lock
	@if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
	  echo "This needs Python 3.12 or newer. Install it, or name one: PYTHON=python3.12 make $(or $(MAKECMDGOALS),demo)"; exit 1; fi
	@echo "Making .venv with $$($(PYTHON) --version) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	@echo "Installing what requirements-dev.lock lists …"
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.lock
	@touch $(STAMP)

# Tests ---------------------------------------------------------------------------------------------------------------

test: setup
	@PLAYWRIGHT_CHROMIUM="$$(tests/chromium.sh)" $(BIN)/python -m pytest -n $${PYTEST_WORKERS:-auto} --dist loadgroup $(ARGS)

bench: setup
	@$(BIN)/python -m pytest tests/benchmarks -m bench -s -q --no-header $(ARGS)

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@git ls-files -z -- 'templates/*.html' | xargs -0 $(BIN)/djade --check --target-version 6.1
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py check
	@tests/check_deploy.sh

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@git ls-files -z -- 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 6.1

# The locks name no registry; each file is pinned by its hash.
lock: setup
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.12 --no-emit-index-url pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.12 --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv .local
