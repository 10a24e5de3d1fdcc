"""Random stories of a shop's money agree with a small oracle after every step.

`MODEL_RUNS` says how many stories are told in each of the four parts (10 in the test run, 500 in `make faults`),
each of 50 steps. A story that fails is told again in its shortest form.
"""

from __future__ import annotations

import asyncio
import os
from unittest.mock import patch

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from infra import wiring
from tenants import Tenant
from tests.figures import Figure
from tests.model.machine import Shop
from tests.model.shipping import DEPOT
from tests.model.stage import set_stage

RUNS = int(os.environ.get("MODEL_RUNS", "10"))
STEPS = 50


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_every_story_of_money_ends_in_agreement(shop: Tenant, part: int, figure: Figure) -> None:
    """A test without a loop of its own: every step is a short run of the stage's loop, in the same thread."""
    told = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        setting = set_stage(shop)
        Shop.stage, Shop.runner = runner.run(setting.__aenter__()), runner
        try:
            with patch.object(wiring, "warehouse_gateway", lambda *_args, **_more: DEPOT):
                run_state_machine_as_test(seed(part)(Shop), settings=told)
        finally:
            runner.run(setting.__aexit__(None, None, None))
    figure(f"model part={part} stories={RUNS} steps={STEPS} disagreements=0")
