# Two commands: « make run » and « make test ». See README.md.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup dev run test check pins reset clean

PYTHON ?= python3
ARGS ?=
export PYTHON

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1 : \2/p' Makefile

setup: ## OS libraries, virtual environment and pinned dependencies; starts nothing
	@sh scripts/os_packages.sh base
	@sh scripts/venv.sh base

dev: setup
	@sh scripts/venv.sh dev

run: setup ## the whole portal with its demo: PORT=8000, PORTAL_VAR=var; Ctrl-C stops it
	@exec .venv/bin/python -m portal.config.embedded --follow-parent

test: dev ## the four rings of tests on a real PostgreSQL and a real Chromium (ARGS="-k word")
	@sh scripts/test.sh $(ARGS)

check: dev ## style, types, import directions, templates, deployment, migrations, generated docs
	@sh scripts/check.sh

pins: dev ## compile requirements/*.txt again from pyproject.toml
	@sh scripts/pins.sh

reset: ## remove the demo's data (asks first; YES=1 does not)
	@.venv/bin/python -m portal.config.embedded reset $(if $(YES),--yes)

clean: ## remove caches and the virtual environment, never the data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage staticfiles test-artifacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
