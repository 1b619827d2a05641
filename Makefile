# Everything a fresh clone needs is python3 (3.11 or later) with pip (22.3 or later).
# Packages go into .venv, from the hashed locks; nothing else is changed, but for the
# browser that `make test` installs where the machine has none (see tests/install).

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON      ?= python3
SCENARIO    ?= default
SERVE_ARGS  ?=
PYTEST_ARGS ?= -n auto
BENCH_ARGS  ?=
LOCK_ARGS   ?=
UV          ?= uv>=0.9

VENV := .venv
BIN  := $(VENV)/bin
NODE := tests/node

# `--python` lets the pip of the machine fill an environment that has none of its own,
# so that neither ensurepip nor the python3-venv package is needed.
PIP := $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check --no-input \
       --quiet install --root-user-action ignore

# One stamp for each thing that has been put into the environment.
RUNTIME  := $(VENV)/.stamp-runtime
DEV      := $(VENV)/.stamp-dev
PROJECT  := $(VENV)/.stamp-project
PACKAGES := $(NODE)/node_modules/.stamp

.PHONY: help
help: ## List the targets (this is the default)
	@echo 'Targets:'
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo
	@echo 'Settings, as in `make serve SCENARIO=default`:'
	@echo '  SCENARIO=$(SCENARIO)  SERVE_ARGS=$(SERVE_ARGS)  PYTEST_ARGS=$(PYTEST_ARGS)'
	@echo '  BENCH_ARGS=$(BENCH_ARGS)  LOCK_ARGS=$(LOCK_ARGS)  PYTHON=$(PYTHON)'

.PHONY: serve
serve: $(PROJECT) ## Install what is needed and start the server on port 8282
	@echo '==> mock-cronofy serve --scenario $(SCENARIO) $(SERVE_ARGS)'
	@exec $(BIN)/mock-cronofy serve --scenario $(SCENARIO) $(SERVE_ARGS)

.PHONY: install
install: $(PROJECT) $(DEV) $(PACKAGES) browser ## Install all that the tests need, without running them

.PHONY: test
test: install ## Install what is needed and run the tests
	@echo '==> pytest $(PYTEST_ARGS)'
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: lint
lint: $(DEV) ## Check style and format (ruff)
	@echo '==> ruff check'
	@$(BIN)/ruff check .
	@echo '==> ruff format --check'
	@$(BIN)/ruff format --check .

.PHONY: format
format: $(DEV) ## Put right what ruff can put right by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: $(PROJECT) $(DEV) ## Check the types (mypy, strict)
	@echo '==> mypy'
	@$(BIN)/python -m mypy

.PHONY: bench
bench: $(PROJECT) $(DEV) $(PACKAGES) ## Run the benchmarks
	@echo '==> python -m benchmarks $(BENCH_ARGS)'
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m benchmarks $(BENCH_ARGS)

.PHONY: lock
lock: ## Make the lock files anew (LOCK_ARGS=--upgrade for newer versions)
	@tools/lock "$(PYTHON)" "$(UV)" $(LOCK_ARGS)

.PHONY: clean
clean: ## Remove all that make has made, .venv and node_modules included
	@echo '==> Removing .venv, node_modules, builds and caches'
	@rm -rf $(VENV) $(NODE)/node_modules build dist test-results \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# -- What the targets above stand on ------------------------------------------------

# An environment that is there already is kept, unless its Python doesn't run or is too old.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'Python 3.11 or later is needed (set it with PYTHON=...).' >&2; exit 1; }
	@echo '==> Making the virtual environment $(VENV)'
	@$(PYTHON) -m venv --without-pip --clear $(VENV)

$(RUNTIME): requirements.lock requirements-build.lock | $(VENV)/pyvenv.cfg
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo '$(VENV) has no working Python 3.11 or later: run "make clean".' >&2; exit 1; }
	@$(PYTHON) -m pip --python $(BIN)/python --version >/dev/null \
	  || { echo 'pip 22.3 or later is needed: "$(PYTHON) -m pip --python" failed.' >&2; exit 1; }
	@echo '==> Installing the packages of requirements.lock and requirements-build.lock'
	@$(PIP) --require-hashes -r requirements.lock -r requirements-build.lock
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	@echo '==> Installing the packages of requirements-dev.lock'
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

# Installed in place, so only what the metadata are made of asks for another install.
$(PROJECT): pyproject.toml mock_server/__init__.py $(RUNTIME)
	@echo '==> Installing mock-cronofy itself, in place'
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(PACKAGES): $(NODE)/package.json $(NODE)/package-lock.json $(NODE)/.npmrc $(DEV)
	@echo '==> Installing the Node packages of $(NODE)/package-lock.json'
	@cd $(NODE) && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

.PHONY: browser
browser: $(DEV)
	@tests/install $(BIN)/python
