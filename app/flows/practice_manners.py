"""The merchant says how a practice warehouse behaves, to see what the store does about it.

The choice is a row, telling the simulator is a job; a real warehouse behaves as it likes.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app import fulfillment
from app.kernel.errors import NotFound
from infra import wiring
from infra.warehouse.simulator.behavior import ALWAYS, Behavior
from infra.warehouse.simulator.scenarios import CALM_DOWN, SCENARIOS
from tenants import outbox

MANNERS = tuple(SCENARIOS)


async def ask_for_manners(warehouse_id: UUID, manner: str) -> None:
    """From the next order on it behaves like that. Raises NotFound, also for a warehouse that is no practice."""
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
        if not wiring.is_practice(warehouse) or manner not in SCENARIOS:
            raise NotFound
        await fulfillment.keep_manner(warehouse_id, manner)
        await outbox.post("fulfillment.manners", queue="critical", warehouse_id=str(warehouse_id))


async def tell_manners(warehouse_id: UUID) -> None:
    """Raises WarehouseUnavailable, WarehouseRejected."""
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
    office = wiring.simulator_office(warehouse.base_url)
    await office.behave(warehouse.app_key, _behavior(fulfillment.manner_of(warehouse)))


def _behavior(manner: str) -> Behavior:
    """As on the named day, at the pace of every day; what goes wrong there now and then goes wrong with every order."""
    day = SCENARIOS.get(manner)
    if day is None or manner == "calm":
        return CALM_DOWN
    sure = {name: ALWAYS for name in ("short_bps", "wrong_bps") if manner != "stormy" and getattr(day.behavior, name)}
    return msgspec.structs.replace(day.behavior, ship_ms=CALM_DOWN.ship_ms, return_ms=CALM_DOWN.return_ms, **sure)
