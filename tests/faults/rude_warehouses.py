"""Rude warehouses: `python -m tests.faults.rude_warehouses`.

Half of the orders go to a warehouse that calls us, half to one that is asked; every tenth answer is slow, 503, done but
an error, or broken off, and news comes twice, late and backwards. A third store's warehouse is broken for good, a
fourth store's is well.

`RUDE_ORDERS` says how many (500), `RUDE_SLOW_MS` how slow (30,000), `FAULTS_SEED` repeats a run. Ends with 0 only when
every order left once, no state moved back, the broken warehouse was left alone after five failures with its orders in
the queue for people, and the well one's orders took as long as before.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import time
from typing import TYPE_CHECKING

from tests.faults.ground import Ground, own_ground

if TYPE_CHECKING:
    from tests.faults.rude_stage import Store

ORDERS = int(os.environ.get("RUDE_ORDERS", "500"))
SLOW_MS = int(os.environ.get("RUDE_SLOW_MS", "30000"))
SEED = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))
WITHIN_S = float(os.environ.get("RUDE_WITHIN_S", "600"))
TENTH = 1_000  # basis points
BESIDE, BROKEN = max(5, ORDERS // 10), min(20, max(8, ORDERS // 4))


def main() -> int:
    with own_ground() as ground:
        clean = asyncio.run(_run(ground))
        ground.keep = not clean
    return 0 if clean else 1


async def _run(ground: Ground) -> bool:
    from infra.settings import settings
    from tests.faults.fleet import COMMANDS, Fleet
    from tests.faults.rude_stage import open_store
    from tests.faults.stage import answering, open_pools

    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    await open_pools()
    fleet = Fleet("manage", ground.logs, {name: COMMANDS[name] for name in COMMANDS if name != "payment-sandbox"})
    fleet.start()
    try:
        for port, path in ((0, "/health/live"), (2, "/health")):
            await answering(f"http://127.0.0.1:{settings().port + port}{path}")
        rude = [await open_store("calls"), await open_store("asked", "wangdiantong")]
        broken, well = await open_store("broken"), await open_store("well")
        return await _story(rude, broken, well)
    finally:
        await fleet.stop()


async def _story(rude: list[Store], broken: Store, well: Store) -> bool:
    from tests.faults import rude_verdict as verdict

    for store in (*rude, broken, well):
        await store.behave()
    backwards: list[str] = []
    tasks = [asyncio.create_task(verdict.watch(rude, backwards)), asyncio.create_task(verdict.keep_asking(rude))]
    polite = await _sell(rude, [], well, BESIDE * 2)
    await verdict.until_all_left([*rude, well], WITHIN_S)
    for store in rude:
        await store.behave(
            slow_ms=SLOW_MS, slow_bps=TENTH, error_bps=TENTH, error_after_done_bps=TENTH, truncate_bps=TENTH,
            duplicate=1, duplicate_bps=TENTH, reverse_ms=500, shuffle=True, replay_ms=3_000, seed=SEED,
        )  # fmt: skip
    await broken.behave(error_bps=10_000, run="broken")
    began = time.monotonic()
    beside = await _sell(rude, [broken] * BROKEN, well, ORDERS)
    loaded = time.monotonic() - began
    left = await verdict.until_all_left(rude, WITHIN_S)
    drained = time.monotonic() - began - loaded
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    double = await verdict.doubles(rude)
    asked, alerts = await verdict.left_alone(broken)
    print(  # noqa: T201 - a command talks by printing
        f"rude_warehouses seed={SEED} orders={ORDERS} dialects=2 slow_ms={SLOW_MS} not_left={left} double={double}"
        f" backwards={len(backwards)} broken_asked={asked} alerts={alerts}/{BROKEN} others_p95={_p95(beside):.0f}ms"
        f" while_all_were_well={_p95(polite):.0f}ms load={loaded:.0f}s drain={drained:.0f}s",
        flush=True,
    )
    for store in (*rude, well):
        await verdict.require_invariants(store)
    return not (left or double or backwards) and asked <= verdict.FEW and alerts == BROKEN


async def _sell(rude: list[Store], broken: list[Store], well: Store, orders: int) -> list[float]:
    """So many orders for the rude, some for the broken, and every tenth for the well one: how long those took, in ms,
    until its warehouse had them.
    """
    from tests.faults import rude_verdict as verdict

    first = len(well.sold)
    for number in range(orders):
        await rude[number % 2].sell()
        for store in broken[number : number + 1]:
            await store.sell()
        if number % max(1, orders // BESIDE) == 0:
            await well.sell()
    return await verdict.times_to_warehouse(well, [order for _, order in well.sold[first:]])


def _p95(times: list[float]) -> float:
    return sorted(times)[len(times) * 95 // 100] if times else 0.0


if __name__ == "__main__":
    sys.exit(main())
