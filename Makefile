# One command each; `make help` lists them. Everything is installed below this folder, but for the two Debian
# packages that `make test` needs (Chromium and PostgreSQL).
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-sqlite test-postgresql test-fast lint format words messages shots bench lock

# Every start of Python would compile everything again where its results may not be kept: here they may.
export PYTHONDONTWRITEBYTECODE :=

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
# More workers than cores only wait for each other, and each has a database of its own.
PARALLEL := --numprocesses auto --maxprocesses 4 --dist loadfile
COMPILE := pip compile --quiet --universal --generate-hashes --python-version 3.12 --no-header \
	--annotation-style line $(LOCK_FLAGS)

# What touches no database runs once, with SQLite: TIDEGATE_TEST_PART=database leaves it out.
# Playwright keeps an event loop running in its process, in which Django refuses to ask a database: the
# browser tests, which talk to a server only, have processes of their own.
run_tests = TIDEGATE_TEST_ENGINE=$(1) $(PYTEST) --ignore tests/browser $(PARALLEL) && \
	TIDEGATE_TEST_ENGINE=$(1) $(PYTEST) tests/browser $(PARALLEL)

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: .venv/.runtime ## Install, make a demo world and serve it (TIDEGATE_HOME, TIDEGATE_PORT)
	@exec .venv/bin/tidegate demo

# Types are checked by one process: the first tests run beside it.
test: .venv/.dev ## Run everything that CI runs, on SQLite and on PostgreSQL
	$(PYTHON) -m tools.system_packages
	@$(MAKE) --no-print-directory --jobs 2 lint test-sqlite
	@$(MAKE) --no-print-directory test-postgresql

test-sqlite: .venv/.dev
	$(call run_tests,sqlite)

test-postgresql: .venv/.dev
	@if $(PYTHON) -m tools.system_packages --has postgresql; then \
		export TIDEGATE_TEST_PART=database; $(call run_tests,postgresql); fi

test-fast: .venv/.dev ## Run the quick tests, on SQLite, without a browser
	TIDEGATE_TEST_ENGINE=sqlite $(PYTEST) -m "not browser and not slow" $(PARALLEL)

lint: .venv/.dev ## Check style, types, the order of rooms and the tree
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	TIDEGATE_SECRET_KEY=unused .venv/bin/mypy --no-incremental src tests tools
	.venv/bin/lint-imports
	$(PYTHON) -m tools.check_tree

format: .venv/.dev ## Format the code and mend what can be mended
	.venv/bin/ruff check --fix-only
	.venv/bin/ruff format

words: .venv/.dev ## Collect the words to be translated (needs GNU gettext)
	cd src/tidegate && TIDEGATE_HOME=$(CURDIR)/.tidegate ../../.venv/bin/python -m tidegate.config.manage \
		makemessages -l nl --no-location --no-obsolete

messages: .venv/.dev ## Compile the translations
	$(PYTHON) -m tools.compile_messages

shots: .venv/.dev ## Take a picture of every page, light, dark and on a phone
	$(PYTHON) -m tools.shots

bench: .venv/.dev ## Measure speed beside ceilings and peers, into bench/results.json (BENCH_FLAGS="--engine sqlite")
	$(PYTHON) -m tools.system_packages
	$(PYTHON) -m tools.bench $(BENCH_FLAGS)

lock: ## Pin the dependencies anew (LOCK_FLAGS=--upgrade for newer versions)
	@set -e; uv=$$(tools/find_uv.sh); set -x; \
	$$uv $(COMPILE) --group dev -o requirements/dev.txt pyproject.toml; \
	$$uv $(COMPILE) -c requirements/dev.txt -o requirements/runtime.txt pyproject.toml; \
	$$uv $(COMPILE) -c requirements/dev.txt --group build -o requirements/build.txt; \
	$$uv $(COMPILE) -c requirements/dev.txt --group clients -o requirements/clients.txt; \
	$$uv $(COMPILE) --group peers -o requirements/peers.txt; \
	$$uv $(COMPILE) --group uv -o requirements/uv.txt

.venv/.runtime: requirements/runtime.txt requirements/build.txt pyproject.toml
	tools/install.sh runtime
	@touch $@

.venv/.dev: requirements/dev.txt requirements/build.txt pyproject.toml
	tools/install.sh dev
	@touch $@ .venv/.runtime
