# The verbs a person types. `make run` and `make test` set everything up themselves from python3, make and git.

BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run demo test browser check bench faults storms storm-control storm-skewed storm-calm lock

# Proofs that have a size, and how large they are in full. Each uses one processor, so two run at a time.
PROOFS := tests/model tests/faults/test_crashing.py tests/faults/test_dropped_webhooks.py \
	tests/functional/webhooks/test_late_notices.py tests/functional/webhooks/test_mutated_notices.py
FULL_SIZE = MODEL_RUNS=$${MODEL_RUNS:-500} CRASH_STRIDE=$${CRASH_STRIDE:-1} MUTATED_NOTICES=$${MUTATED_NOTICES:-10000} \
	DROPPED_ORDERS=$${DROPPED_ORDERS:-200} LATE_ORDERS=$${LATE_ORDERS:-200}
STORMS := tests/faults/test_faults.py tests/faults/test_flash_sale.py tests/faults/test_rude_warehouses.py

help:
	@echo "make run    start everything on http://localhost:8000 (TUANZHOU_PORT and TUANZHOU_VAR move it)"
	@echo "make demo   play the whole journey once and stop"
	@echo "make test   everything that must be true before a change goes in"
	@echo "make check  format, lint, types and import contracts, in seconds"
	@echo "make bench  measure how fast it is on this machine"
	@echo "make storms kill everything at random under 2,500 orders, send 500 to rude warehouses, sell out a flash sale: the part of make faults that wants the machine for itself"
	@echo "make faults kill everything at random under 2,500 orders, send 500 to rude warehouses, sell out a flash sale, drop all webhooks and spoil 10,000, die everywhere, tell 2,000 stories of money and 500 of teams"
	@echo "make lock   compile requirements/*.txt from pyproject.toml"

run: .venv/run.stamp
	@$(BIN)/tuanzhou run --with-parent

demo: .venv/run.stamp
	@$(BIN)/tuanzhou demo

# `make test SIZE=full` proves at full size what `make test` proves with less, except for the storms, which want the
# whole machine: `make storms` after it.
test: .venv/dev.stamp
	@$(MAKE) --no-print-directory -j 2 check browser
	@$(if $(SIZE),$(FULL_SIZE)) $(BIN)/python -m pytest -n 2 $(if $(SIZE),$(STORMS:%=--ignore=%))

browser:
	@.ci/setup browser

check: .venv/dev.stamp
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-logo

faults: .venv/dev.stamp
	@$(FULL_SIZE) $(BIN)/python -m pytest -n 2 $(PROOFS)
	@$(MAKE) --no-print-directory storms

# Those that a clock judges one after the other, and nothing beside them; then the others side by side.
storms: .venv/dev.stamp
	@FAULTS_ORDERS=$${FAULTS_ORDERS:-2500} $(BIN)/python -m tests.faults
	@RUDE_ORDERS=$${RUDE_ORDERS:-500} $(BIN)/python -m tests.faults.rude_warehouses
	@FLASH_AT_ONCE=$${FLASH_AT_ONCE:-100} FLASH_BUYERS=$${FLASH_BUYERS:-2000} FLASH_UNITS=$${FLASH_UNITS:-100} $(BIN)/python -m tests.faults.flash_sale
	@$(MAKE) --no-print-directory -j 3 storm-control storm-skewed storm-calm

storm-control:
	@FAULTS_ORDERS=$${CONTROL_ORDERS:-200} $(BIN)/python -m tests.faults --control

storm-skewed:
	@SKEW_ORDERS=$${SKEW_ORDERS:-200} $(BIN)/python -m tests.faults.skewed

storm-calm:
	@FLASH_BUYERS=300 FLASH_UNITS=100 $(BIN)/python -m tests.faults.flash_sale --one-at-a-time

bench: .venv/dev.stamp
	@$(BIN)/python -m tests.load

lock: .venv/dev.stamp
	@.ci/setup lock

# One stamp per lock file: pip runs only when the file has changed.
.venv/%.stamp: requirements/%.txt
	@.ci/setup python $*
	@touch $@
