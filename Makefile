# `make run` sets up and starts the page; `make test` sets up and runs all checks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test setup check test-page test-rest clean

run: setup
	$(BIN)/python -m ingest || [ $$? -eq 3 ]
	$(BIN)/python app.py

test: setup
	$(BIN)/pip install --quiet --editable '.[dev]'
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

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
