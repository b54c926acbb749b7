# Everything there is to do here. `make help` lists it; continuous integration calls these targets and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_MODULES := node_modules

PARAMS ?=
FORCE ?=
POST ?=
SITE ?= .

# Each word of PARAMS is a parameter of the notebook.
pair = $(if $(findstring =,$(1)),-p $(subst =, ,$(1)),$(error PARAMS: "$(1)" is not name=value))
parameters = $(foreach word,$(PARAMS),$(call pair,$(word)))
force = $(if $(FORCE),--force)

# Some set it in containers; here processes by the hundred would each compile the package anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup publish check check-sweep mutate drift test serve new claims lint format lock bench measure-scan oracle soak docs clean distclean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'Set-up happens by itself, in .venv and node_modules; it needs Python >= 3.11 and, the first time, a network.'

publish: setup  ## check the posts and build the site into public/   (PARAMS="m=500 seed=3"  POST=slug  FORCE=1)
	@$(BIN)/mathpost -C $(SITE) publish $(POST) $(parameters) $(force)

check: setup  ## judge every claim of the posts, write nothing          (PARAMS=…  POST=slug)
	@$(BIN)/mathpost -C $(SITE) check $(POST) $(parameters)

check-sweep: setup  ## judge every claim under each set of parameters in notebooks/<slug>.sweep.yaml (POST=slug)
	@$(BIN)/mathpost -C $(SITE) check --sweep $(POST)

mutate: setup  ## how sharp the checks are: try changed equations        (POST=ml_estimation)
	@$(BIN)/mathpost -C $(SITE) mutate "$(or $(POST),ml_estimation)" $(parameters)

drift: setup  ## hold pages, numbers and figures to what the notebooks give  (SINCE=origin/main  ARGS="-k fig")
	@$(BIN)/pytest notebooks -n auto --junitxml .cache/drift/junit.xml $(if $(SINCE),--posts-changed-since $(SINCE)) $(ARGS)

# The workers share the processors among them, and threads that wait for small matrices would be in their way.
test: export OPENBLAS_NUM_THREADS := 1
test: setup  ## run the tests                                         (ARGS="-k notebook")
	@$(BIN)/pytest -n auto --maxschedchunk 1 $(ARGS)

serve: setup  ## write with a live preview on http://127.0.0.1:1313; drafts shown
	@$(BIN)/mathpost -C $(SITE) serve $(POST) $(parameters)

new: setup  ## start a post: make new POST=my-slug TITLE="My title"
	@$(BIN)/mathpost -C $(SITE) new "$(POST)" --title "$(TITLE)"

claims: setup  ## list the formulas of a file: make claims FILE=notebooks/ml_estimation.ipynb
	@$(BIN)/mathpost claims $(if $(FILE),"$(FILE)")

lint: setup  ## ruff, mypy and the import layers
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo 'Run: make format'; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: setup  ## let ruff format the code and mend what it can
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

lock: setup  ## pin the newest versions that fit pyproject.toml in requirements.lock
	@$(PYTHON) -m venv .cache/lock && .cache/lock/bin/pip install --quiet uv
	@.cache/lock/bin/uv pip compile pyproject.toml --extra dev --universal --fork-strategy fewest --python-version 3.11 \
	  --generate-hashes --upgrade --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements.lock

bench: setup  ## measure builds beside the plain chain                  (ARGS="--rounds 3")
	@$(BIN)/python tests/bench.py $(ARGS)

measure-scan: setup  ## what a scan finds on labelled digests          (LABELS=path/to/labels.json)
	@$(BIN)/python tests/scan_measure.py $(or $(LABELS),tests/cases/scan/labels.json)

oracle: setup  ## 10,000 formulas by lot against mpmath                (ARGS="--seed 2 --count 500")
	@$(BIN)/python tests/oracle.py $(ARGS)

soak: setup  ## plant every fault in copies of a site, kill publishes  (ARGS="cells --kills 20")
	@$(BIN)/python tests/soak.py $(ARGS)

docs: publish  ## make docs/errata.md and the picture of the README anew, as a run and a browser show them
	@$(BIN)/python tests/errata.py
	@$(BIN)/python tests/picture.py

clean:  ## remove what was built, keep the set-up
	@rm -rf public resources .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .hugo_build.lock

distclean: clean  ## remove the set-up too
	@rm -rf $(VENV) $(NODE_MODULES) scripts/*.egg-info

# The set-up: stamps, each older than nothing that it was made from.
setup: $(VENV)/.package $(NODE_MODULES)/.package-lock.json

$(VENV)/.requirements: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mathpost needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@echo 'setting up $(VENV) (once)' >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.package: pyproject.toml $(VENV)/.requirements
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

# KaTeX's stylesheet and fonts, and what the tests need; npm comes with a wheel.
$(NODE_MODULES)/.package-lock.json: package.json package-lock.json | $(VENV)/.requirements
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
