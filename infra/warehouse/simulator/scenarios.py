"""Named days at the rehearsal warehouse: what a merchant picks, and what is then done to the store."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from infra.warehouse.simulator.office import Behavior

PACE = Behavior(ship_ms=4_000, progress=True, return_ms=6_000)


class Scenario(Struct, frozen=True):
    """A day with a name. Start it with `office.behave(app_key, scenario.playing(run, seed))`, end it with `CALM_DOWN`.

    The run's name gathers the log and the report; the same seed has the same bad luck.
    """

    code: str
    behavior: Behavior

    def playing(self, run: str, seed: int = 0) -> Behavior:
        return msgspec.structs.replace(self.behavior, run=run, seed=seed)


def _day(code: str, **manners: object) -> Scenario:
    return Scenario(code, msgspec.structs.replace(PACE, **manners))


CALM_DOWN = Behavior()

SCENARIOS: Mapping[str, Scenario] = {
    day.code: day
    for day in (
        _day("calm"),
        # Longer than we wait for an answer, so that some results are unknown.
        _day("slow", slow_ms=12_000, slow_bps=3_000, delay_ms=5_000),
        _day("duplicates", duplicate=2, replay_ms=3_000),
        _day("split", split=True),
        _day("short", short_bps=5_000),
        _day("out_of_order", split=True, shuffle=True, reverse_ms=5_000),
        _day("wrong_sku", wrong_bps=5_000),
        _day("silent", silent=True),
        _day(
            "stormy",
            slow_ms=12_000, slow_bps=500, error_bps=1_000, error_after_done_bps=1_000, truncate_bps=1_000,
            limit_bps=500, duplicate=2, duplicate_bps=3_000, shuffle=True, split_bps=2_000, short_bps=1_000,
            wrong_bps=500,
        ),
    )
}  # fmt: skip
