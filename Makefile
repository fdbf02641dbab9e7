# `make` lists its commands. `make repro` and `make test` need git, Python 3.11–3.13, make and a network: no root,
# and nothing is left outside this folder.

PYTHON ?= python3
GRID ?= train.learning_rate=0.001,0.004
WORKERS ?= 2
CACHE := $(CURDIR)/.cache

export UV_CACHE_DIR := $(CACHE)/uv
export PIP_CACHE_DIR := $(CACHE)/pip
export XDG_CACHE_HOME := $(CACHE)
export XDG_DATA_HOME := $(CACHE)/data
export XDG_STATE_HOME := $(CACHE)/state
export DVC_SITE_CACHE_DIR := $(CACHE)/dvc/site
export DVC_GLOBAL_CONFIG_DIR := $(CACHE)/dvc/global
export DVC_SYSTEM_CONFIG_DIR := $(CACHE)/dvc/system
export KERAS_HOME := $(CACHE)/keras
export MPLCONFIGDIR := $(CACHE)/matplotlib
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=
unexport PYTHONOPTIMIZE  # TensorFlow cannot be imported without docstrings
export VIRTUAL_ENV := $(CURDIR)/.venv
export PATH := $(CURDIR)/.venv/bin:$(PATH)

SETUP := .venv/installed
PYTHON_CODE := src tests tools benchmarks models

.DEFAULT_GOAL := help
.PHONY: help setup hooks repro sweep experiments test check format lock bench drills clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: $(SETUP)  ## install what the lock names into .venv

hooks: $(SETUP)  ## turn on this clone's hooks: Git LFS and DVC, chained
	@python tools/hooks.py

repro: $(SETUP)  ## run what changed of the pipeline, from claims to model
	@claims check
	dvc repro
	@python tools/summary.py

sweep: $(SETUP)  ## run a grid: make sweep GRID='train.dropout=0.3,0.4'
	@python tools/sweep.py $(GRID:%='%') $(UNTIL:%=--until %)

experiments: $(SETUP)  ## compare the experiments of this commit
	@python tools/experiments.py

test: $(SETUP)  ## run the tests, on two cores: make test WORKERS=4
	python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

check: $(SETUP)  ## lint, types, rooms, contracts, workflows, dvc.yaml
	@$(MAKE) --no-print-directory -j2 check-types check-code

.PHONY: check-types check-code
check-types:
	mypy

check-code:
	ruff check $(PYTHON_CODE)
	ruff format --check $(PYTHON_CODE)
	lint-imports
	actionlint -shellcheck= -pyflakes=
	claims check
	@for contract in contracts/*.yaml; do claims contract check $$contract || exit 1; done

format: $(SETUP)  ## format the code
	ruff check --fix-only $(PYTHON_CODE)
	ruff format $(PYTHON_CODE)

lock: $(SETUP)  ## resolve pyproject.toml into requirements.txt
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-annotate --no-header \
		--no-emit-index-url -q pyproject.toml -o requirements.txt

bench: $(SETUP)  ## measure docs/figures.md again (15 minutes, quiet machine)
	python benchmarks/figures.py

drills: $(SETUP)  ## kills at any moment, two clones in full (half an hour)
	python -m pytest -m drill

clean:  ## remove environment and caches; claims and results stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache build src/*.egg-info

# pip asks rustc for its version, and rustup would then write into the home folder
$(SETUP): export RUSTUP_HOME := $(CACHE)/rustup
$(SETUP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "claims-mlops needs Python 3.11, 3.12 or 3.13; found `$(PYTHON) --version`. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "installing what requirements.txt locks into .venv (about a minute)"
	@{ python -m pip install -q uv && uv pip install -q --require-hashes -r requirements.txt; } || \
		python -m pip install -q --require-hashes -r requirements.txt
	@python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
