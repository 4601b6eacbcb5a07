# `make run` sets up and starts the page; `make test` sets up and runs all checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# a module is compiled when it is first loaded: most of what is installed never is
INSTALL := $(BIN)/pip install --quiet --no-compile --editable

.PHONY: run test setup check test-page test-rest clean

run: setup
	$(BIN)/python -m ingest || [ $$? -eq 3 ]
	$(BIN)/python app.py

test: $(VENV)/.ready-dev
	$(MAKE) check

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m ingest
	$(BIN)/python -m corpus check
	$(MAKE) --jobs=2 --output-sync=target --keep-going test-page test-rest
	$(BIN)/python -m eval --split test

# two halves of like length, side by side
test-page:
	$(BIN)/pytest tests/web

test-rest:
	$(BIN)/pytest --ignore=tests/web

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml | $(BIN)/pip
	$(INSTALL) .
	touch $@

$(VENV)/.ready-dev: pyproject.toml | $(BIN)/pip
	$(INSTALL) '.[dev]'
	touch $@ $(VENV)/.ready

$(BIN)/pip:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

clean:
	rm -rf $(VENV) build *.egg-info
