"""Rude warehouses: `python -m tests.faults.rude_warehouses`.

Half of the orders go to a warehouse that calls us, half to one that is asked; every tenth answer is slow, 503, done but
an error, or broken off, and news comes twice, late and backwards. A third store's warehouse is broken for good, a
fourth store's is well.

`RUDE_ORDERS` says how many (500), `RUDE_SLOW_MS` how slow (30,000), `FAULTS_SEED` repeats a run. Ends with 0 only when
every order left once, no state moved back, the broken warehouse was left alone after five failures with its orders in
the queue for people, and the well one's orders took as long as before: a quarter longer at most, and a moment
(`RUDE_MOMENT_MS`) that a busy machine may need. What was not kept is said in a sentence each.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.faults.ground import Ground, own_ground

if TYPE_CHECKING:
    from tests.faults.rude_stage import Store

ORDERS = int(os.environ.get("RUDE_ORDERS", "500"))
SLOW_MS = int(os.environ.get("RUDE_SLOW_MS", "30000"))
SEED = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))
WITHIN_S = float(os.environ.get("RUDE_WITHIN_S", "600"))
MOMENT_MS = int(os.environ.get("RUDE_MOMENT_MS", "2000"))
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
    asked, late, alerts = await verdict.left_alone(broken)
    print(  # noqa: T201 - a command talks by printing
        f"rude_warehouses seed={SEED} orders={ORDERS} dialects=2 slow_ms={SLOW_MS} not_left={left} double={double}"
        f" backwards={len(backwards)} broken_asked={asked} after_five={late} alerts={alerts}/{BROKEN}"
        f" others_p95={_p95(beside):.0f}ms while_all_were_well={_p95(polite):.0f}ms load={loaded:.0f}s"
        f" drain={drained:.0f}s",
        flush=True,
    )
    for store in (*rude, well):
        await verdict.require_invariants(store)
    not_kept = [*_about_orders(left, double, backwards), *_about_others(asked, late, alerts, polite, beside)]
    for sentence in not_kept:
        print(f"NOT KEPT: {sentence}", flush=True)  # noqa: T201 - the same
    return not not_kept


def _about_orders(left: int, double: int, backwards: list[str]) -> Iterator[str]:
    if left:
        yield f"{left} orders had not left {WITHIN_S:.0f} s after the last was sold."
    if double:
        yield f"{double} references left more or less than once by the warehouses' own count."
    if backwards:
        yield f"{len(backwards)} states moved back: {', '.join(backwards[:3])}."


def _about_others(asked: int, late: int, alerts: int, polite: list[float], beside: list[float]) -> Iterator[str]:
    from tests.faults import rude_verdict as verdict

    if asked > verdict.FEW or late:
        yield (
            f"the broken warehouse was asked {asked} times before it was let rest, {late} of them after its fifth"
            f" failure was known; {verdict.FEW} and 0 are allowed."
        )
    if alerts != BROKEN:
        yield f"{alerts} of {BROKEN} orders of the broken warehouse wait in the queue for people."
    if _p95(beside) > (most := _p95(polite) * 1.25 + MOMENT_MS):
        yield f"orders of the well warehouse took {_p95(beside):.0f} ms beside the others; {most:.0f} ms are allowed."


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
