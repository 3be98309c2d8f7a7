# make run     everything in one process on http://localhost:8000 (PORT=8001 serves elsewhere, HOST=0.0.0.0 to
#              other machines too: the demo accounts are public)
# make test    the suite on SQLite, without any service
# make lint    style, types, architecture, our own rules, translations, migrations
# make messages  collect new texts into locale/*/django.po
# make bench   the figures of docs/performance.md
VENV ?= .venv
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
ARGS ?=
export VENV PYTHON
BIN = $(VENV)/bin
.DEFAULT_GOAL := run
.PHONY: run test browser lint messages bench clean

run:
	@.ci/setup run
	@[ -f .env ] || export DEBUG=$${DEBUG:-on} SITE_URL=$${SITE_URL:-http://localhost:$(PORT)}; \
	exec $(BIN)/python manage.py serve --host $(HOST) --port $(PORT) --demo $(ARGS)

test:
	@.ci/setup dev
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -n auto -m "not browser" $(ARGS)

browser:
	@.ci/setup browser
	@DATABASE_URL= REDIS_URL= $(BIN)/python -m pytest -m browser $(ARGS)

lint:
	@.ci/setup dev
	@.ci/lint

messages:
	@.ci/setup dev
	@$(BIN)/python .ci/messages.py update

bench:
	@.ci/setup dev
	@.ci/with-services $(BIN)/python -m bench $(ARGS)

clean:
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .schemathesis staticfiles
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
