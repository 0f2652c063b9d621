# Every target sets up what it needs; nothing is done twice.

PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
BIN := .venv/bin
WORKERS ?= auto
LIVED = $(if $(PEOPLE),--people $(PEOPLE)) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

# The tests of a group go to one worker, and begin in the order of tests/conftest.py.
SHARED := --dist loadgroup --no-loadscope-reorder

# Where bytecode is not kept, every process compiles every test again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-long check bench conformance golden demo demo-quarter demo-year tck docs migration clean browser
.DEFAULT_GOAL := setup

setup: .venv/installed
	@$(BIN)/python -m web.build
	@$(BIN)/python -m web.catalogues compile

.venv/installed: setup.cfg pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: setup
	$(BIN)/reviewflow demo
	$(BIN)/reviewflow serve

demo: setup
	$(BIN)/reviewflow demo

demo-quarter: setup
	$(BIN)/python -m simulation $(LIVED)

demo-year: setup
	$(BIN)/python -m simulation --period 2025 --people $(or $(PEOPLE),500) --to var/year $(LIVED)

test: check browser
	$(BIN)/python -m pytest -n $(WORKERS) $(SHARED) $(if $(LONG),,-m "not long")

test-long: setup browser
	$(BIN)/python -m pytest -n $(WORKERS) $(SHARED) -m long

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

conformance: setup
	$(BIN)/python tests/conformance $(ROWS)

golden: setup
	$(BIN)/python tests/golden

tck: setup
	$(BIN)/python tests/tck.py $(TCK)

docs: setup
	$(BIN)/python docs/operations.py
	$(BIN)/python docs/findings.py
	$(BIN)/python docs/v2.py

migration: setup
	$(BIN)/python -m engine.migrations "$(or $(SENTENCE),$(error Say what it does: make migration SENTENCE="Add appeals"))"

# The browser tests use $CHROMIUM or an installed browser; on a bare Debian, as root, it is fetched with Chinese fonts.
browser:
	@test -n "$$CHROMIUM" || command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-cjk >/dev/null </dev/null; }; } || \
		echo "There is no Chromium: the browser tests are skipped"

clean:
	rm -rf .venv build *.egg-info web/node_modules web/static .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
