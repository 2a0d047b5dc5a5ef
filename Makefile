# Each target does its own set-up: it needs make and Python 3.11 to 3.13, nothing else.
# The virtual environment is made once; packages are installed again only when pyproject.toml changes.

VENV ?= .venv
JOBS ?= 2
EXTRAS ?= test,peers
CUDA ?= cuda12
ARGS ?=

# The first interpreter on the PATH that difflab runs on and that can make virtual environments.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	if $$python -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; \
	then echo $$python; break; fi; done)

BIN := $(VENV)/bin
EXPERIMENTS := $(patsubst experiments/%.py,experiment-%,$(filter-out %/__init__.py %/findings.py,$(wildcard experiments/*.py)))
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable
ENSURE_PIP = $(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help compare experiments $(EXPERIMENTS) test nightly benchmark gpu lint format clean

help:  ## Say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

compare: $(VENV)/.installed  ## Compare every method and write the report; options: make compare ARGS="--quick"
	$(BIN)/python -m difflab.compare $(ARGS)

experiments: $(EXPERIMENTS)  ## Run the experiments, and write what they find into results; make -k goes on past one that fails

# MNIST is read from the folder that DIFFLAB_DATA names, or downloaded; where it cannot be, the experiment says so.
$(EXPERIMENTS): experiment-%: $(VENV)/.installed-peers
	$(BIN)/python -m experiments.$* $(ARGS)

test: $(VENV)/.installed-$(EXTRAS)  ## Run the tests; options: make test ARGS="-k swell"
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow" $(ARGS)

nightly: $(VENV)/.installed-$(EXTRAS)  ## Run the slow tests too, and many more examples of each property
	$(BIN)/python -m pytest -n $(JOBS) --hypothesis-profile nightly $(ARGS)

benchmark: $(VENV)/.installed-$(EXTRAS)  ## Run the benchmarks
	$(BIN)/python -m pytest --benchmark-enable --benchmark-only -rN $(ARGS)

# CuPy comes with the libraries that it needs; the driver has to be there.
gpu: $(VENV)/.installed-test,$(CUDA)  ## Test and compare on a GPU, into results/gpu; for a driver of CUDA 13: make gpu CUDA=cuda13
	$(BIN)/python -m pytest -n 1 -m gpu tests
	$(BIN)/python -m difflab.compare --device cpu,cuda --dtype float64,float32 --output results/gpu $(ARGS)

lint: $(VENV)/.installed-dev  ## Check style, format and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## Mend format, and what else of style can be mended by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:  ## Remove the virtual environment and all caches
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "difflab needs Python 3.11, 3.12 or 3.13 with its venv module, and found none on the PATH." \
		"Install one (on Debian or Ubuntu: apt install python3 python3-venv), or name one: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)$(if $(wildcard $(VENV)/pyvenv.cfg), --clear)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@$(ENSURE_PIP)
	$(INSTALL) .
	@touch $@

$(VENV)/.installed-%: pyproject.toml | $(BIN)/python
	@$(ENSURE_PIP)
	$(INSTALL) ".[$*]"
	@touch $@
