# Every target sets up what it needs by itself: `make test` works on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
ANSWERS := .cache/conformance/responses/tests
# Or each process would compile everything again, and each worker rewrite every test.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo test conformance check format bench chaos screenshots lock manifest clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## create .venv from requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "promotebot needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)  ## the embedded workspace, platform and bot; ARGS="--tour" plays the tour headless
	$(BIN)/promotebot demo $(ARGS)

test: $(READY)  ## the whole test suite, with branch coverage
	@$(BIN)/python -m tests.needs
	@rm -rf $(ANSWERS)
	SANDBOX_RECORD=$(CURDIR)/$(ANSWERS) $(BIN)/python -m pytest -n 5 --dist worksteal -p tests.covering $(ARGS)

conformance: $(READY)  ## the official CLI, and the official schema of $CONTRACTS on what make test recorded
	$(BIN)/python -m tests.conformance $(ARGS)

check: $(READY)  ## format, lint, types, and the arrows between the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)  ## let ruff mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

bench: $(READY)  ## measure beside bare Bolt and the official CLI (Node.js); ARGS="--json PATH" for JSON
	$(BIN)/python -m tests.benchmarks $(ARGS)

chaos: $(READY)  ## operations while everything fails; ARGS="--seed N --operations 200 --database sqlite|postgres"
	$(BIN)/python -m tests.chaos $(ARGS)

screenshots: $(READY)  ## make the pictures of README and docs again, in a real browser
	SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/browser/test_promote.py tests/browser/test_outcomes.py tests/browser/test_channels.py

manifest: $(READY)  ## print the Slack app manifest
	$(BIN)/promotebot manifest $(ARGS)

lock: $(READY)  ## resolve requirements.lock again: every dependency pinned with hashes, no index addresses
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --group dev --extra postgres \
		pyproject.toml --output-file requirements.lock

clean:  ## remove everything that make created
	rm -rf $(VENV) .cache .sandbox
	find chatbot storage tests -name __pycache__ -prune -exec rm -r {} +
