"""The flash sale: `python -m tests.faults.flash_sale [--one-at-a-time]`. Many buyers, few units, three in ten walk off.

Three tiers at three prices, each with units of its own; whoever is refused tries another tier that may have some left.
Real web processes, relay, worker and cashier, up to 200 buyers at once, each at an address of its own behind a trusted
proxy. Those who were refused come back when the holds of those who walked off have run out; the ends of the holds are
moved, not waited for. `FLASH_BUYERS` (120), `FLASH_UNITS` (12), `FLASH_AT_ONCE` and `FLASH_SEED` may be set.

Ends with 0 only when exactly what there was is sold and paid at its tier's price: nothing oversold, no paid order lost,
no 5xx, every abandoned unit sold again.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from tests.faults.ground import Ground, own_ground

if TYPE_CHECKING:
    from tenants import Tenant

BUYERS = int(os.environ.get("FLASH_BUYERS", "120"))
UNITS = int(os.environ.get("FLASH_UNITS", "12"))
SEED = int(os.environ.get("FLASH_SEED") or secrets.randbelow(1_000_000))
AT_ONCE = 1 if "--one-at-a-time" in sys.argv else int(os.environ.get("FLASH_AT_ONCE", "200"))
LEAVING = 0.3
BEFORE = 12
COME_BACK = 10  # of those refused, so many per unit that became free
LONGEST_S = 840
COMMANDS = {
    "payment-sandbox": ("payment-sandbox",), "warehouse-simulator": ("warehouse-simulator",), "relay": ("relay",),
    "worker-critical": ("worker", "--queue", "critical"), "web-1": ("web",), "web-2": ("web",),
}  # fmt: skip

# Tiers: a name, a price, and how many tenths of all units.
TIERS = (("Early peaches", 790, 2), ("Peaches", 990, 3), ("Late peaches", 1290, 5))

UNPAID = "SELECT count(*) FROM orders WHERE status = 'placed' AND payment_status = 'unpaid'"
PAID_AT_ALL = "SELECT number FROM orders WHERE payment_status = 'paid' AND status IN ('placed', 'completed')"
PAID = (
    "SELECT number, paid_amount, variant FROM orders JOIN order_line ON order_line.order_id = orders.id"
    " WHERE payment_status = 'paid' AND status IN ('placed', 'completed') AND variant = ANY($1)"
)
STOCK = "SELECT variant, on_hand, reserved, allocated FROM stock_level WHERE variant = ANY($1)"
RUN_OUT = """
WITH over AS (
    UPDATE orders SET expires_at = now() - interval '1 second' WHERE status = 'placed' AND payment_status = 'unpaid'
    RETURNING id
)
UPDATE outbox SET run_at = now() FROM over
WHERE outbox.kind = 'payments.expire_order' AND outbox.payload->>'order_id' = over.id::text AND outbox.status = 'due'
"""


@dataclass(frozen=True)
class Tier:
    variant: UUID
    price: int
    units: int


@dataclass
class Sale:
    """One sale and its buyers, wave after wave."""

    slug: str
    tenant_id: UUID
    tiers: list[Tier]
    luck: random.Random = field(default_factory=lambda: random.Random(SEED))
    waves: list[dict[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        from tests.faults.buyers import Tally, connections

        self.tally, self.transport, self.gate = Tally(), connections(AT_ONCE), asyncio.Semaphore(AT_ONCE)

    async def wave(self, numbers: list[int]) -> list[int]:
        """Who was refused, in the order they came."""
        from tests.faults.buyers import Buyer

        async def one(number: int, *, wishes: list[UUID], leaves: bool) -> str:
            async with self.gate:
                for variant in wishes:
                    buyer = Buyer(self.slug, variant, number, self.tally, leaves=leaves, transport=self.transport)
                    outcome = await buyer.buy()
                    if outcome != "sold_out":
                        return outcome
                return "sold_out"

        # Everybody wants one tier at first; whoever comes back takes any.
        variants = [tier.variant for tier in self.tiers]
        wishes = [self.luck.sample(variants, 3 if self.waves else 1) for _ in numbers]
        leaving = [self.luck.random() < LEAVING for _ in numbers]
        outcomes = await asyncio.gather(
            *(one(n, wishes=w, leaves=leaves) for n, w, leaves in zip(numbers, wishes, leaving, strict=True))
        )
        self.waves.append({kind: outcomes.count(kind) for kind in ("paid", "abandoned", "sold_out")})
        return [number for number, outcome in zip(numbers, outcomes, strict=True) if outcome == "sold_out"]


def main() -> int:
    with own_ground() as ground:
        clean = asyncio.run(_run(ground))
        ground.keep = not clean
    return 0 if clean else 1


async def _run(ground: Ground) -> bool:
    from tests.faults.fleet import Fleet
    from tests.faults.stage import open_pools

    await open_pools()
    fleet = Fleet("manage", ground.logs, COMMANDS)
    fleet.start()
    try:
        async with asyncio.timeout(LONGEST_S):
            return await _sell()
    finally:
        await fleet.stop()


async def _sell() -> bool:
    import tenants
    from infra.settings import settings
    from tests import builders, builders_selling
    from tests.faults.stage import answering, register_payments

    tenant = await builders.open_store("flash")
    for port, path in ((0, "/health/ready"), (1, "/health"), (2, "/health")):
        await answering(f"http://127.0.0.1:{settings().port + port}{path}")
    with tenants.bind(tenant):
        tiers = list[Tier]()
        for title, price, tenths in TIERS:
            units = UNITS * tenths // 10 if price != TIERS[-1][1] else UNITS - sum(tier.units for tier in tiers)
            made = await builders_selling.offer(title=title, price=price, stock=units)
            tiers.append(Tier(made.variant, price, units))
        await register_payments(tenant)
        await _open_doors(tenant)
        sale, began = Sale(tenant.slug, tenant.id, tiers), time.monotonic()
        await _all_waves(sale)
        return await _judge(sale, time.monotonic() - began)


async def _open_doors(tenant: Tenant) -> None:
    """The shop is not opened by the sale: some people bought something else before, so every process has served."""
    from tests import builders_selling
    from tests.faults.buyers import Buyer, Tally, connections

    plums, tally, transport = await builders_selling.offer(title="Plums", stock=BEFORE), Tally(), connections(4)
    early = [
        Buyer(tenant.slug, plums.variant, 1_000_000 + number, tally, leaves=False, transport=transport)
        for number in range(BEFORE)
    ]
    for some in range(0, BEFORE, 4):
        await asyncio.gather(*(buyer.buy() for buyer in early[some : some + 4]))
    await _eventually(partial(_are_paid, tally.paid))
    assert len(tally.paid) == BEFORE, tally.strange


async def _all_waves(sale: Sale) -> None:
    """Until everything is sold and paid, or nobody is left who wants it."""
    waiting = list(range(1, BUYERS + 1))
    sale.luck.shuffle(waiting)
    free = UNITS
    while waiting and free:
        coming = waiting if not sale.waves else waiting[: COME_BACK * free]
        waiting = await sale.wave(coming) + waiting[len(coming) :]
        await _eventually(partial(_are_paid, sale.tally.paid))
        await _let_holds_run_out(sale)
        free = UNITS - len(sale.tally.paid)


async def _are_paid(numbers: set[str]) -> bool:
    import tenants

    async with tenants.transaction():
        return numbers <= {row["number"] for row in await tenants.connection().fetch(PAID_AT_ALL)}


async def _let_holds_run_out(sale: Sale) -> None:
    """The ends of what nobody paid are moved to now; the relay and the worker do the rest."""
    import tenants
    from tenants import outbox

    async def over() -> bool:
        async with tenants.transaction():
            await tenants.connection().execute(RUN_OUT)
            left: int = await tenants.connection().fetchval(UNPAID)
        if left:
            await outbox.hint(tenant_id=sale.tenant_id)
        return not left

    await _eventually(over)


async def _eventually(look: Callable[[], Awaitable[bool]], *, within: float = 240) -> None:
    """Give up in the end: the verdict then says what is missing."""
    end = time.monotonic() + within
    while not await look() and time.monotonic() < end:  # noqa: ASYNC110 - what it looks at is in other processes
        await asyncio.sleep(0.1)


async def _judge(sale: Sale, seconds: float) -> bool:
    import tenants
    from tests.faults.verdict import require_invariants

    wanted = {tier.variant: tier for tier in sale.tiers}
    async with tenants.transaction():
        paid = await tenants.connection().fetch(PAID, list(wanted))
        shelves = await tenants.connection().fetch(STOCK, list(wanted))
        unpaid = await tenants.connection().fetchval(UNPAID)
    tally, first = sale.tally, sale.waves[0]
    sold = Counter(row["variant"] for row in paid)
    # Some of it is already on its way.
    gone = {row["variant"]: wanted[row["variant"]].units - row["on_hand"] + row["allocated"] for row in shelves}
    held = sum(row["reserved"] for row in shelves)
    lost = len(tally.paid - {row["number"] for row in paid})
    oversold = sum(max(sold[one] - tier.units, gone[one] - tier.units, 0) for one, tier in wanted.items())
    wrong_price = sum(row["paid_amount"] != wanted[row["variant"]].price for row in paid)
    resold = sum(wave["paid"] for wave in sale.waves[1:])
    abandoned = sum(wave["abandoned"] for wave in sale.waves)
    print(  # noqa: T201 - a command talks by printing
        f"flash_sale{'_control' if AT_ONCE == 1 else ''} seed={SEED} buyers={BUYERS} sold={len(paid)}"
        f" oversold={oversold} lost={lost} errors_5xx={tally.errors_5xx} resold={resold}"
        f" tiers={'+'.join(str(sold[one]) for one in wanted)} wrong_price={wrong_price}"
        f" abandoned={abandoned} refused_at_checkout={tally.refused_at_checkout} waves={len(sale.waves)}"
        f" requests={sum(tally.answers.values())} sent_again={tally.sent_again} p99_ms={tally.p99_ms}"
        f" seconds={seconds:.0f}",
        flush=True,
    )
    for line in tally.strange[:10]:
        print(line)  # noqa: T201 - a command talks by printing
    await require_invariants(tenants.current())
    every_tier = all(sold[one] == gone[one] == tier.units for one, tier in wanted.items())
    whole = every_tier and resold == UNITS - first["paid"] and abandoned > 0 and not unpaid
    return whole and not (held or wrong_price or oversold or lost or tally.errors_5xx or tally.strange)


if __name__ == "__main__":
    sys.exit(main())
