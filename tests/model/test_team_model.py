"""However people, clock and merchant meet in a team campaign, no seat is sold twice and nobody is stuck.

`MODEL_RUNS` says how many stories are told (5 in the test run, more in `make faults`).
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, Phase, given, seed, settings

from tenants import Tenant
from tests import builders_teams as teams
from tests.figures import Figure
from tests.model.stage import Stage, set_stage
from tests.model.team_stories import RULES, STORY, Story

RUNS = int(os.environ.get("MODEL_RUNS", "5"))
AT_ONCE = 5


@pytest.mark.timeout(3600)
def test_no_story_of_a_team_campaign_sells_a_seat_twice_or_leaves_anybody_stuck(shop: Tenant, figure: Figure) -> None:
    """A test without a loop of its own: every story is a run of the stage's loop, in the same thread."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        setting = set_stage(shop, at_once=AT_ONCE)
        stage = runner.run(setting.__aenter__())

        @seed(1)
        @settings(
            max_examples=RUNS, deadline=None, database=None, print_blob=True,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
        )  # fmt: skip
        @given(rules=RULES, bursts=STORY)
        def told(rules: dict[str, Any], bursts: list[list[Any]]) -> None:
            runner.run(_tell(stage, rules, bursts))

        try:
            told()
        finally:
            runner.run(setting.__aexit__(None, None, None))
    figure(f"team_model stories={RUNS} seats_sold_twice=0 stuck=0")


async def _tell(stage: Stage, rules: dict[str, Any], bursts: list[list[Any]]) -> None:
    await stage.sweep()
    amount = 0 if rules["leader_benefit"] == "none" else 500
    offer = await teams.campaign(**rules, leader_amount=amount)
    await Story(stage, offer).tell(bursts)
