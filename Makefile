# The two commands that matter: `make demo` and `make test`. Everything lands in .venv, node_modules and var.
PYTHON ?= python3
BIN := .venv/bin
MAKEFLAGS += --no-print-directory
# Some container images forbid it, and then every start compiles the product and all it builds on anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo demo-stop test test-fast test-postgres check audit bench bench-storm bench-province bench-upload clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: ## prepare .venv, the browser code, catalogues and static files
	@$(PYTHON) cms/embedded/setup.py

demo: setup ## serve the whole product with starter content until Ctrl-C (PORT=8000)
	@exec $(BIN)/python -m cms.embedded demo

demo-stop: ## end a demo left behind
	@$(BIN)/python -m cms.embedded stop

# The workspace packages have suites of their own, on sites that know nothing of this one.
PACKAGE_TESTS = cd packages/django-h5p && env -u DJANGO_SETTINGS_MODULE $(CURDIR)/$(BIN)/pytest -q

test: setup ## every test: packages, then on SQLite with real browsers, then what is quick or commits on PostgreSQL
	$(BIN)/python -m tests.templates
	$(PACKAGE_TESTS)
	$(BIN)/pytest -n 2 --dist loadgroup
	TEST_DB=postgres $(BIN)/pytest -n 2 --dist loadgroup -m "not browser and (commits or not slow)"

test-postgres: setup ## all that touches the database on PostgreSQL, the slow ones too (before a release)
	TEST_DB=postgres $(BIN)/pytest -n 2 --dist loadgroup -m "not browser"

test-fast: setup ## packages, then SQLite without browser and without what takes long
	$(PACKAGE_TESTS) -m "not browser and not slow"
	$(BIN)/pytest -n 2 --dist loadgroup -m "not browser and not slow"

check: setup ## format, lint, types, templates, import contracts, migrations, catalogues
	@.ci/check

audit: setup ## known holes in the dependencies (needs the network)
	@.ci/audit

bench: setup ## journeys J1 to J8 of docs/performance.md into var/bench.json
	$(BIN)/python -m tests.bench

bench-storm: setup ## many pupils in the last minutes of a quiz, then of a contest, then a survey, then questions to the assistant (STORM=storm, contest_storm, survey_storm or assistant_storm: only that)
	$(BIN)/python -m tests.bench $${STORM:-storm contest_storm survey_storm assistant_storm}

bench-province: setup ## reports over a whole province
	$(BIN)/python -m tests.bench province

bench-upload: setup ## a film of 500 MB, and the web processes' memory meanwhile
	$(BIN)/python -m tests.bench upload

clean: ## remove what the other targets made, the demo's data included
	rm -rf .venv node_modules var cms/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
