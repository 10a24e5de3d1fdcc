"""The day's order is made once at the store's own cut-off, and an ended month is stated."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

import tenants
from app import purchasing
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from tenants import Tenant
from tests.builders_selling import jobs, offer
from tests.builders_supply import comes_from, drop_shipped, planned, shipped, standing, supplier
from workers.context import JobContext
from workers.purchasing import cut_off, look_after_suppliers_money, look_after_supply, state

CONTEXT = JobContext(UUID(int=1), "purchasing", 1, 12)


async def _payload(kind: str) -> dict[str, str]:
    async with tenants.transaction():
        found = await tenants.connection().fetchval("SELECT payload FROM outbox WHERE kind = $1", kind)
    return msgspec.json.decode(found, type=dict[str, str])


async def test_the_days_order_is_made_once(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    await comes_from(orchard, peaches)
    await planned(peaches)
    await look_after_supply()
    assert await jobs("purchasing.cut_off") == 0
    async with tenants.transaction():
        with pytest.raises(InvalidInput):
            await purchasing.change_setting("25:00")
        await purchasing.change_setting("00:00")

    for _ in range(2):
        await look_after_supply()
    assert await jobs("purchasing.cut_off") == 1
    for _ in range(2):
        await cut_off(CONTEXT, **await _payload("purchasing.cut_off"))
    await look_after_supply()

    assert await jobs("purchasing.cut_off") == 1
    async with tenants.transaction():
        assert len(await purchasing.recent_batches()) == 1


async def test_an_ended_month_is_stated_once(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    await shipped(orchard)
    await standing(orchard)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE supply_entry SET at = $1", now() - timedelta(days=40))

    await look_after_suppliers_money()
    for _ in range(2):
        await state(CONTEXT, **await _payload("purchasing.state"))

    async with tenants.transaction():
        [made] = await purchasing.statements_of(orchard)
    assert (made.closing_amount, made.made_by) == (6_000, "system")
