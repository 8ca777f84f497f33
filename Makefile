# Everything below runs from a bare machine: Python 3.11 or newer and make, nothing else installed.
PYTHON ?= python3
LOCAL = .venv/bin/python -m collaborate.local
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help .venv run test check bench demo assets manage backup restore lock clean

help: ## Show this list
	@sed -n 's/^\([a-z.]*\):[^#]*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

.venv:
	@command -v $(PYTHON) >/dev/null || { echo "Collaborate needs Python 3.11 or newer: no $(PYTHON) is here." >&2; exit 1; }
	@$(PYTHON) collaborate/local/bootstrap.py

run: .venv ## Start everything and say where to look (PORT, DATABASE_URL, REDIS_URL, EMAIL_URL are honoured)
	@$(LOCAL) run

test: .venv ## Run all tests, a browser included (choose some: make test ARGS="-k story")
	@$(LOCAL) test $(ARGS)

check: .venv ## Style, format, import contracts, migrations, templates, production settings
	@$(LOCAL) check

bench: .venv ## How fast pages, chat and mail are, among a million posts (fewer: SIZE=10000; growth: SIZE="10000 1000000")
	@.venv/bin/python -m bench $(SIZE) $(ARGS)

demo: .venv ## Put the demonstration into an empty database
	@$(LOCAL) demo

assets: .venv ## Build the design system, fonts and scripts into static/dist/
	@$(LOCAL) assets

manage: .venv ## Run a management command (make manage ARGS="send_digest ana@example.org --now")
	@$(LOCAL) manage $(ARGS)

backup: .venv ## Write the database into FILE (var/backup.dump) and the uploaded files beside it
	@$(LOCAL) backup $(or $(FILE),var/backup.dump)

restore: .venv ## Replace the database and the uploaded files by those of FILE
	@$(LOCAL) restore $(or $(FILE),var/backup.dump)

lock: .venv ## Lock the packages that requirements/*.in ask for, with hashes
	@for name in base local; do \
	  .venv/bin/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    --no-annotate --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## Remove what can be made again; var/ with its data stays
	@rm -rf .venv node_modules bench/node_modules static/dist staticfiles .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
