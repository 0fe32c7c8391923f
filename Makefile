# What a newcomer types. Everything runs in .venv, which `make setup` fills from requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := build/demo-lake

.DEFAULT_GOAL := help
.PHONY: help setup demo check format test soak test-oldest bench sample-data goldens lock clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

setup: $(READY)  ## make the virtual environment with the locked versions

demo: $(READY)  ## ingest, snapshots, verdicts and the report, on sample_data
	rm -rf $(DEMO)
	$(BIN)/flowcause ingest files sample_data/logs --lake $(DEMO)
	$(BIN)/flowcause snapshot load sample_data/snapshots/day-one --at 2026-03-01T22:00Z --lake $(DEMO)
	$(BIN)/flowcause snapshot load sample_data/snapshots/day-two --at 2026-03-03T00:00Z --lake $(DEMO)
	$(BIN)/flowcause attribute --lake $(DEMO)
	$(BIN)/flowcause report rejects --lake $(DEMO)

check: $(READY)  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)  ## format and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: $(READY)  ## run every test
	$(BIN)/python -m pytest -n 2

soak: $(READY)  ## try texts, networks, faults and kills by the hundred that no test has seen: half an hour
	$(BIN)/python -m pytest -n 2 --hypothesis-profile soak --networks 120 --kills 200 -k "hypothesis or evaluator or kills"

test-oldest: $(READY)  ## run every test on the oldest dependencies that pyproject.toml allows
	$(BIN)/uv venv --quiet --clear build/oldest
	$(BIN)/uv pip install --quiet --python build/oldest/bin/python --resolution lowest-direct -e . --group dev
	build/oldest/bin/python -m pytest -n 2

bench: $(READY)  ## print how quick ingest is beside the bare floor and others, and what commits, upkeep, snapshots and attribution cost, and how often verdicts are right
	$(BIN)/python tests/bench/ingest.py
	$(BIN)/python tests/bench/kinds.py
	$(BIN)/python tests/bench/small_objects.py
	$(BIN)/python tests/bench/objects_in_s3.py
	$(BIN)/python tests/bench/growth.py
	$(BIN)/python tests/bench/commits.py
	$(BIN)/python tests/bench/compacting.py
	$(BIN)/python tests/bench/snapshots.py
	$(BIN)/python tests/bench/attribution.py
	$(BIN)/python tests/bench/explaining.py
	$(BIN)/python tests/bench/accuracy.py
	$(BIN)/python tests/bench/agreement.py

sample-data: $(READY)  ## write sample_data anew from its seed
	$(BIN)/python sample_data/generate.py

goldens: $(READY)  ## write anew what people see, after a change that was meant
	REWRITE_GOLDENS=1 $(BIN)/python -m pytest -n 0 -k golden

lock: $(READY)  ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-header --python-version 3.11 --group dev pyproject.toml --output-file requirements.lock

clean:  ## remove what the targets above made
	rm -rf $(VENV) build dist
