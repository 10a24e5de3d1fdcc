"""Wrong clocks: `python -m tests.faults.skewed`. The same shopping twice, the second time with a web server two hours
ahead and workers two hours behind and ahead. Ends with 0 only when both end in the same result.

`SKEW_ORDERS` says how many orders each time (200).
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Any

from tests.faults.ground import Ground, own_ground
from tests.faults.skewed_program import environment, way

ORDERS = int(os.environ.get("SKEW_ORDERS", "200"))
PER_SECOND = float(os.environ.get("FAULTS_PER_SECOND", "8"))
TWO_HOURS = 7_200
WRONG = {"web": TWO_HOURS, "worker-critical": -TWO_HOURS, "worker-default": TWO_HOURS}
# Everything a deadline or a window could have changed.
RESULT = {
    "orders": "SELECT status || '/' || payment_status || '/' || fulfillment_status FROM orders",
    "work": "SELECT status FROM fulfillment_order",
    "payments": "SELECT status FROM payment",
    "held": "SELECT (reserved + allocated)::text FROM stock_level",
    "exceptions": "SELECT kind FROM fulfillment_exception WHERE status = 'open'",
    "dead": "SELECT kind FROM outbox WHERE status = 'dead'",
    "commission": "SELECT status FROM commission_line",
}


def main() -> int:
    with own_ground() as ground:
        clean = asyncio.run(_both(ground))
        ground.keep = not clean
    return 0 if clean else 1


async def _both(ground: Ground) -> bool:
    from tests.faults.stage import open_pools

    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    await open_pools()
    right = await _shopping(ground, "right", {})
    wrong = await _shopping(ground, "wrong", {name: environment(seconds) for name, seconds in WRONG.items()})
    differs = {name: (right[name], wrong[name]) for name in right if right[name] != wrong[name]}
    print(  # noqa: T201 - a command talks by printing
        f"skewed seed=0 orders={ORDERS} by={way()} web=+2h workers=-2h,+2h lost={wrong['lost']}"
        f" double={wrong['double']} differs={differs or 0}",
        flush=True,
    )
    return not differs and not wrong["lost"] and not wrong["double"]


async def _shopping(ground: Ground, slug: str, more: dict[str, dict[str, str]]) -> dict[str, Any]:
    from tests.faults.fleet import Fleet
    from tests.faults.shoppers import shop_till_done
    from tests.faults.stage import set_stage
    from tests.faults.verdict import require_invariants, settle_down

    fleet = Fleet("tests.faults.skewed_program", ground.logs / slug, more=more)
    fleet.start()
    try:
        stage = await set_stage(slug)
        await shop_till_done(stage.shop, ORDERS, stage.record, per_second=PER_SECOND)
        verdict = await settle_down(stage.tenant, stage.record, stage.office, within=300, hopeless_when_quiet=False)
        await require_invariants(stage.tenant)
        await _until_delivered(stage.tenant)
        return {"lost": verdict.lost, "double": verdict.double, **await _result(stage.tenant)}
    finally:
        await fleet.stop()


async def _until_delivered(tenant: Any) -> None:
    """Parcels still travel when everything has left."""
    import tenants

    with tenants.bind(tenant):
        for _ in range(240):
            async with tenants.transaction():
                left = await tenants.connection().fetchval(
                    "SELECT count(*) FROM orders WHERE paid_at IS NOT NULL AND status = 'placed'"
                )
            if not left:
                return
            await asyncio.sleep(0.5)


async def _result(tenant: Any) -> dict[str, dict[str, int]]:
    """How many of each there are; what differs by luck, like the order of things, is left out."""
    import tenants

    found = {}
    with tenants.bind(tenant):
        async with tenants.transaction():
            for name, statement in RESULT.items():
                rows = [row[0] for row in await tenants.connection().fetch(statement)]
                found[name] = {value: rows.count(value) for value in sorted(set(rows))}
    return found


if __name__ == "__main__":
    sys.exit(main())
