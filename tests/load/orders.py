"""Placing orders: many products at once, and one product that everybody wants."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Iterator
from itertools import count

import tenants
from app import inventory
from app.flows.place_order import Checkout, place_order
from tests.load import order_scripts, pgbench
from tests.load.report import Line, compared, exact, in_turns
from tests.load.stack import Stack
from tests.load.stores import CART, VARIANT, VISITOR, Stores, fill_carts, limit_stock, numbered

CONCURRENT = 8
OURS, THEIRS, ROUNDS = 2_400, 4_000, 3
BUYERS, UNITS, HOT_ROUNDS = 300, 100, 3
_carts = count(1, 100_000)  # each measurement gets carts of its own
SHIP_TO = {"recipient": "Zhou", "street": "Wensan Road 1", "country": "CN"}
CHECKOUT = Checkout("zhou@example.test", "13800000000", SHIP_TO, "en")


async def placement(stack: Stack, stores: Stores) -> list[Line]:
    """The flow alone against pgbench with the same statements, both on eight connections."""

    async def ours() -> float:
        first = next(_carts)
        await fill_carts(stores.till, first, OURS)
        left = iter(range(first, first + OURS))
        began = time.perf_counter()
        await asyncio.gather(*(_place_all(stores, left) for _ in range(CONCURRENT)))
        return OURS / (time.perf_counter() - began)

    async def theirs() -> float:
        first = next(_carts)
        await fill_carts(stores.till, first, THEIRS)
        return await pgbench.transactions_per_second(
            stores.till, order_scripts.spread(), per_client=THEIRS // pgbench.CLIENTS, first=first
        )

    mine, reference = await in_turns(ROUNDS, ours, theirs)
    return [compared("order placement, 8 concurrent, spread SKUs", mine, reference, goal=0.35, of="pgbench")]


async def _place_all(stores: Stores, left: Iterator[int]) -> None:
    with tenants.bind(stores.till):
        for number in left:
            await place_order(numbered(CART + number), numbered(VISITOR + number), CHECKOUT)


async def hot_sku(stack: Stack, stores: Stores) -> list[Line]:
    """300 buyers for 100 units: exactly 100 get one, and the row they queue for is held briefly."""
    variants, sold_in_all = count(1), []

    async def ours() -> float:
        variant, first = next(variants), next(_carts)
        await fill_carts(stores.till, first, BUYERS, variant=variant)
        await limit_stock(stores.till, variant, UNITS)
        began = time.perf_counter()
        with tenants.bind(stores.till):
            moments = await asyncio.gather(*(_buy(number) for number in range(first, first + BUYERS)))
            async with tenants.transaction():
                held: int = await tenants.connection().fetchval(
                    "SELECT count(*) FROM reservation WHERE variant = $1 AND status = 'held' AND created_at >= now()"
                    " - interval '1 minute' AND order_id IN (SELECT id FROM orders WHERE cart = ANY($2::uuid[]))",
                    numbered(VARIANT + variant), [numbered(CART + number) for number in range(first, first + BUYERS)],
                )  # fmt: skip
        sold = [moment for moment in moments if moment]
        sold_in_all.append((len(sold), held))
        return len(sold) / (max(sold) - began) if sold else 0.0

    async def theirs() -> float:
        variant, first, each = 300 + next(variants), next(_carts), 200
        await fill_carts(stores.till, first, each * pgbench.CLIENTS, variant=variant)
        return await pgbench.transactions_per_second(
            stores.till, order_scripts.hot(variant), per_client=each, first=first
        )

    mine, reference = await in_turns(HOT_ROUNDS, ours, theirs)
    wrong = [pair for pair in sold_in_all if pair != (UNITS, UNITS)]
    sold = wrong[0][0] if wrong else int(statistics.median(answered for answered, _ in sold_in_all))
    return [
        compared("hot SKU, reservations", mine, reference, goal=0.5, of="pgbench one statement"),
        exact(f"hot SKU, sold of {UNITS} to {BUYERS} buyers", sold, UNITS, note=f"in each of {HOT_ROUNDS} rounds"),
    ]


async def _buy(number: int) -> float:
    """When the buyer got one; 0 for a buyer who was told there is none left."""
    try:
        await place_order(numbered(CART + number), numbered(VISITOR + number), CHECKOUT)
    except inventory.NotEnoughStock:
        return 0.0
    return time.perf_counter()
