"""Working with many orders: the order list, its counts and the dashboard, in a small store and in a large one."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

import tenants
from app.backoffice import queries_dashboard, queries_orders
from app.flows import order_search
from app.kernel.clock import now
from tenants import Tenant
from tests.load.report import Line, limited, percentile
from tests.load.stack import Stack
from tests.load.stores import Stores, fill_orders

SMALL, LARGE, TIMES, MOST = 10_000, 100_000, 40, 2.0
Read = Callable[[], Awaitable[object]]


async def growth(stack: Stack, stores: Stores) -> list[Line]:
    """The slowest answers of a store that sold for a month, and of one that sold for a year at the same pace."""
    await fill_orders(stores.archive, LARGE - SMALL + 1, LARGE, LARGE)
    small = await _slowest(stores.archive)
    await fill_orders(stores.archive, 1, LARGE - SMALL, LARGE)
    large = await _slowest(stores.archive)
    return [
        limited(
            f"{name}, p99, x{LARGE // SMALL} orders", large[name] / small[name], MOST, "times",
            note=f"{small[name] * 1000:.1f} ms -> {large[name] * 1000:.1f} ms", decimals=2,
        )
        for name in small
    ]  # fmt: skip


async def _slowest(store: Tenant) -> dict[str, float]:
    found = {}
    with tenants.bind(store):
        for name, read in _reads().items():
            seconds = []
            for _turn in range(TIMES):
                began = time.perf_counter()
                async with tenants.transaction():
                    await read()
                seconds.append(time.perf_counter() - began)
            found[name] = percentile(seconds, 0.99)
    return found


def _reads() -> Mapping[str, Read]:
    """Filters as merchants set them; a number, a name and a phone number that only one order has."""
    return {
        "order list": _listed({}),
        "order list, to be sent": _listed({"payment_status": "paid", "fulfillment_status": "unfulfilled"}),
        "order list, canceled": _listed({"status": "canceled"}),
        "order list, by number": _listed({"q": "A0095000"}),
        "order list, by name": _listed({"q": "Zhou 95000"}),
        "order list, by phone": _listed({"q": "13800095000"}),
        "order list, by product": _listed({"item": "Product 77"}),
        "order list, from an amount": _listed({"min": "99.00"}),
        "dashboard": _dashboard,
    }


def _listed(filters: Mapping[str, str]) -> Read:
    async def read() -> None:
        await queries_orders.list_orders(filters)
        await order_search.count(filters)

    return read


async def _dashboard() -> None:
    await queries_dashboard.to_do()
    await queries_dashboard.sales(14, now())
    await queries_dashboard.way(14, now())
    await queries_dashboard.steps_taken()
