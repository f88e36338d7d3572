# `make lab` opens the notebooks, `make test` runs every test. Both set up .venv by themselves; PYTHON names another
# interpreter than python3, TESTS other tests than all, WORKERS how many processes run them.
PYTHON ?= python3
WORKERS ?= 2
TESTS ?= tests notebooks k8snb
VENV := .venv
BIN := $(VENV)/bin
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)  # in containers
PIP := $(BIN)/python -m pip --disable-pip-version-check
# JupyterLab is to ask nobody for news.
NO_NEWS := $(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements \
  >/dev/null 2>&1

.PHONY: lab test notebooks pictures bench verify lint clean help

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

lab: $(VENV)/.lab  ## JupyterLab on the notebooks, in your browser
	$(BIN)/jupyter lab $(AS_ROOT) --LabApp.extension_manager=readonly --ServerApp.root_dir=notebooks \
	  notebooks/00_start_here.ipynb

test: $(VENV)/.test  ## every test: unit, conformance, property, notebooks, browser, style
	$(BIN)/python -m pytest $(TESTS) -n $(WORKERS) --doctest-modules --nbval --nbval-current-env

notebooks: $(VENV)/.lab  ## run the notebooks anew, and save what they print
	$(BIN)/python tools/save_notebooks.py

pictures: $(VENV)/.test  ## take the pictures of docs/ anew, in Chromium
	$(BIN)/python tools/take_pictures.py

verify: $(VENV)/.lab  ## play every recorded scenario and request, and say where the simulator differs
	$(BIN)/k8snb verify tests/conformance

bench: $(VENV)/.lab  ## how fast it is, as a table
	$(BIN)/python benchmarks/run.py

lint: $(VENV)/.test  ## ruff, mypy and the layers alone
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

clean:  ## forget the environment and everything that was made
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

# The stamps are as new as the installation; another pyproject.toml installs again.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "k8snb needs Python 3.11 or newer; name one: make lab PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.lab: $(VENV)/pyvenv.cfg pyproject.toml
	$(PIP) install --quiet --editable '.[notebook]'
	@$(NO_NEWS)
	@touch $@

$(VENV)/.test: $(VENV)/pyvenv.cfg pyproject.toml
	$(PIP) install --quiet --editable '.[notebook,test]'
	@$(NO_NEWS)
	@touch $@ $(VENV)/.lab
