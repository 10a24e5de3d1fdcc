"""The fault run: `python -m tests.faults [--control]`. Orders through HTTP while everything is killed at random.

`FAULTS_ORDERS` says how many (120), `FAULTS_SEED` repeats a run, `FAULTS_DRAIN_S` how soon after the last fault all
work must be done (60). Ends with 0 only when nothing was lost, nothing doubled, and nothing was left to do by then;
what was not kept is said in a sentence each. The control, which hands jobs to arq directly after the commit, must lose
some and then ends with 0 as well.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
import time

from tests.faults.ground import Ground, own_ground

ORDERS = int(os.environ.get("FAULTS_ORDERS", "120"))
SEED = int(os.environ.get("FAULTS_SEED") or secrets.randbelow(1_000_000))
PER_SECOND = float(os.environ.get("FAULTS_PER_SECOND", "8"))
DRAIN_S = float(os.environ.get("FAULTS_DRAIN_S", "60"))

# On a slow machine a short control meets two faults only. This one loses jobs that have no outbox, so it is among them.
LOSING = ("valkey",)


def main() -> int:
    control = "--control" in sys.argv
    with own_ground() as ground:
        clean = asyncio.run(_run(ground, control=control))
        ground.keep = not clean and not control
    return 0 if clean != control else 1


async def _run(ground: Ground, *, control: bool) -> bool:
    from tests.faults.fleet import Fleet
    from tests.faults.stage import open_pools, set_stage
    from tests.faults.verdict import require_invariants, settle_down

    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # its pool tells of every kill at length
    await open_pools()
    fleet = Fleet("tests.faults.direct" if control else "manage", ground.logs)
    fleet.start()
    try:
        stage = await set_stage()
        began, monkey_done = time.monotonic(), await _storm(fleet, stage, ground, first=LOSING if control else ())
        loaded = time.monotonic()
        verdict = await settle_down(stage.tenant, stage.record, stage.office, within=300, hopeless_when_quiet=control)
        drained = time.monotonic() - loaded
        print(  # noqa: T201 - a command talks by printing
            f"{'control' if control else 'faults'} seed={SEED} orders={len(stage.record.orders)} paid={verdict.paid}"
            f" shipped={verdict.shipped} lost={verdict.lost} double={verdict.double} clicks={verdict.clicks}"
            f" clicks_lost={verdict.clicks_lost} unpaid={verdict.unpaid_after_paying} faults={len(monkey_done)}"
            f" load={loaded - began:.0f}s drain={drained:.0f}s",
            flush=True,
        )
        if control:
            return verdict.clean
        await require_invariants(stage.tenant)
        not_kept = list(verdict.not_kept(drained, DRAIN_S))
        for sentence in not_kept:
            print(f"NOT KEPT: {sentence}", flush=True)  # noqa: T201 - the same
        return not not_kept
    finally:
        await fleet.stop()


async def _storm(fleet: object, stage: object, ground: Ground, *, first: tuple[str, ...]) -> list[str]:
    from tests.faults.fleet import Fleet
    from tests.faults.monkey import Monkey
    from tests.faults.shoppers import shop_till_done
    from tests.faults.stage import Stage

    assert isinstance(fleet, Fleet)
    assert isinstance(stage, Stage)
    monkey = Monkey(fleet, ground.var, ground.dsn, SEED, stage.record, first=first)
    killing = asyncio.create_task(monkey.run())
    try:
        gave_up = await shop_till_done(stage.shop, ORDERS, stage.record, per_second=PER_SECOND)
    finally:
        killing.cancel()
        await asyncio.gather(killing, return_exceptions=True)
        await monkey.make_whole()
    print(f"faults: {' '.join(monkey.done)}; gave up: {gave_up}", flush=True)  # noqa: T201 - a command talks by printing
    return monkey.done


if __name__ == "__main__":
    sys.exit(main())
