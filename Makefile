# The verbs a person types. `make run` and `make test` set everything up themselves from python3, make and git.

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench faults lock

help:
	@echo "make run    start everything on http://localhost:8000 (TUANZHOU_PORT and TUANZHOU_VAR move it)"
	@echo "make demo   play the whole journey once and stop"
	@echo "make test   everything that must be true before a change goes in"
	@echo "make check  format, lint, types and import contracts, in seconds"
	@echo "make bench  measure how fast it is on this machine"
	@echo "make faults kill everything at random under 500 orders, sell out a flash sale, drop all webhooks and spoil 10,000, die everywhere, tell 2,000 stories of money and 500 of teams"
	@echo "make lock   compile requirements/*.txt from pyproject.toml"

run: .venv/run.stamp
	@$(BIN)/tuanzhou run --with-parent

demo: .venv/run.stamp
	@$(BIN)/tuanzhou demo

test: .venv/dev.stamp check
	@.ci/setup browser
	@$(BIN)/python -m pytest -n 2

check: .venv/dev.stamp
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-logo

faults: .venv/dev.stamp
	@FAULTS_ORDERS=$${FAULTS_ORDERS:-500} $(BIN)/python -m tests.faults
	@FAULTS_ORDERS=$${CONTROL_ORDERS:-200} $(BIN)/python -m tests.faults --control
	@FLASH_AT_ONCE=$${FLASH_AT_ONCE:-100} FLASH_BUYERS=$${FLASH_BUYERS:-2000} FLASH_UNITS=$${FLASH_UNITS:-100} $(BIN)/python -m tests.faults.flash_sale
	@FLASH_BUYERS=300 FLASH_UNITS=100 $(BIN)/python -m tests.faults.flash_sale --one-at-a-time
	@DROPPED_ORDERS=$${DROPPED_ORDERS:-200} $(BIN)/python -m pytest -n 0 tests/faults/test_dropped_webhooks.py
	@LATE_ORDERS=$${LATE_ORDERS:-200} $(BIN)/python -m pytest -n 0 tests/functional/webhooks/test_late_notices.py
	@CRASH_STRIDE=1 $(BIN)/python -m pytest -n 2 tests/faults/test_crashing.py
	@MUTATED_NOTICES=$${MUTATED_NOTICES:-10000} $(BIN)/python -m pytest -n 2 tests/functional/webhooks/test_mutated_notices.py
	@MODEL_RUNS=$${MODEL_RUNS:-500} $(BIN)/python -m pytest -n 2 tests/model

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.load

lock: .venv/dev.stamp
	@.ci/setup lock

# One stamp per lock file: pip runs only when the file has changed.
.venv/%.stamp: requirements/%.txt
	@.ci/setup python $*
	@touch $@
