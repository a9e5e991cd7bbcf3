# Handrail: everything a newcomer or a developer types. Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 13

rehearse: $(VENV)/.base ## play a programme's first week on a Discord of your own machine
	@$(BIN)/handrail rehearse

page: $(VENV)/.base ## try a programme in your browser, as each person in turn
	@$(BIN)/handrail rehearse --page

test: $(VENV)/.dev ## run the tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(VENV)/.dev ## style, types, rules of direction, data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/handrail check

format: $(VENV)/.dev ## put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure cost beside a bare discord.py bot
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev ## make the pictures of the page in docs/images anew (needs Chromium)
	$(BIN)/python -m tests.page.screenshots

pictures: $(VENV)/.dev ## draw the pictures of the content anew from their SVG files (needs Chromium)
	$(BIN)/python -m tests.page.pictures

weights: $(VENV)/.dev ## learn anew what words weigh, from the distress corpus
	@$(PIP) install --require-hashes -r requirements/learn.txt
	@$(BIN)/python -m tests.distress.learn

clean: ## remove what these targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Handrail needs Python 3.11 or newer; try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module; install it (Debian and Ubuntu: the package python3-venv) and try again."; exit 1; }
	@echo "Setting up (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python requirements/build.txt requirements/base.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/base.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: help rehearse page test lint format bench screenshots pictures weights clean
