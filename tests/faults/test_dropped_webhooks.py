"""The provider took the money and told nobody: asking finds every payment, and only those that were made.

`DROPPED_ORDERS` says how many (40). The two minutes before anybody asks are moved, not waited for.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

import tenants
from app.flows.start_payment import PayPage, start_payment
from infra import wiring
from infra.payment.sandbox_server.app import build_app
from infra.payment.sandbox_wire import Behavior
from infra.settings import settings
from tenants import Tenant
from tests import builders_running as running
from tests import builders_selling as selling
from tests.faults.stage import register_payments
from tests.figures import Figure
from tests.invariants import check
from workers.registry import HANDLERS

pytestmark = pytest.mark.timeout(900)

ORDERS = int(os.environ.get("DROPPED_ORDERS", "40"))
LEFT_OPEN = max(ORDERS // 10, 1)
AT_ONCE = 8
EVERYTHING = 10_000


@pytest.fixture
async def silent_cashier(shop: Tenant, tmp_path: Path) -> AsyncIterator[None]:
    """The sandbox over HTTP, which knows the bound store and never tells it anything."""
    async with running.serving(build_app(tmp_path / "books.sqlite3"), settings().sandbox_port, lifespan="on"):
        await register_payments(shop, Behavior(drop_bps=EVERYTHING, seed=7))
        yield
    await wiring.close()


async def _pay_page(gate: asyncio.Semaphore, peaches: selling.Offer) -> str:
    """A placed order and where it is paid."""
    async with gate:
        placed = await selling.order(peaches)
        page = PayPage("http://shop.example/back", "en", "Peaches")
        return (await start_payment(placed.order_id, "sandbox", page)).url


async def _pay(gate: asyncio.Semaphore, client: httpx.AsyncClient, address: str) -> None:
    async with gate:
        assert (await client.post(address, data={"choice": "pay"})).status_code == 303


async def _paid() -> int:
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM orders WHERE payment_status = 'paid'")
    return count


async def _asked() -> None:
    """The reconciler ran, as the timetable lets it, in a worker."""
    await running.finished(await running.post("payments.reconcile"))


async def test_every_payment_nobody_told_us_about_is_found(shop: Tenant, silent_cashier: None, figure: Figure) -> None:
    peaches, gate = await selling.offer(price=4390, stock=ORDERS + LEFT_OPEN), asyncio.Semaphore(AT_ONCE)
    pages = await asyncio.gather(*(_pay_page(gate, peaches) for _ in range(ORDERS + LEFT_OPEN)))
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        await asyncio.gather(*(_pay(gate, client, page) for page in pages[:ORDERS]))

    async with running.relaying(), running.working(HANDLERS):
        await _asked()
        too_early = await _paid()
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE payment SET created_at = created_at - interval '3 minutes'")
            told = await tenants.connection().fetchval("SELECT count(*) FROM webhook_event")
        await _asked()
        while (found := await _paid()) < ORDERS:
            before = found
            await _asked()
            assert await _paid() > before, f"{found} of {ORDERS} found"

    assert (told, too_early, found) == (0, 0, ORDERS)
    assert await selling.stock_of(peaches) == {
        "on_hand": ORDERS + LEFT_OPEN, "reserved": LEFT_OPEN, "allocated": ORDERS,
    }  # fmt: skip
    await check(shop)
    figure(f"dropped_webhooks orders={ORDERS} told={told} found={found} left_open={LEFT_OPEN}")
