"""The stage of the run against rude warehouses: stores whose warehouses call or are asked, each at the simulator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from uuid import UUID

import tenants
from app import fulfillment
from app.fulfillment import Described, Reached, WarehouseFacts
from app.kernel.ids import new_id
from infra import wiring
from infra.warehouse.simulator.office import Behavior, SimulatorOffice
from tenants import Tenant, lifecycle
from tests import builders, builders_selling
from tests.builders_selling import Offer


@dataclass
class Store:
    """One store with one warehouse, its goods, and the numbers of what was sold."""

    tenant: Tenant
    warehouse: WarehouseFacts
    office: SimulatorOffice
    goods: Offer
    sold: list[tuple[str, UUID]] = field(default_factory=list)

    async def behave(self, **manners: object) -> None:
        quick = {"ship_ms": 200, "transit_ms": 300, "out_ms": 400, "delivered_ms": 500}
        await self.office.behave(self.warehouse.app_key, Behavior(**{**quick, **manners}))  # type: ignore[arg-type] # fields by name

    async def sell(self) -> None:
        with tenants.bind(self.tenant):
            placed = await builders_selling.paid_order(self.goods)
        self.sold.append((placed.number, placed.order_id))


async def open_store(slug: str, dialect: str = "jushuitan") -> Store:
    tenant = await builders.open_store(slug)
    with tenants.bind(tenant):
        if dialect != "jushuitan":
            await _speak(dialect)
        async with tenants.transaction():
            warehouse = (await fulfillment.warehouses())[0]
        callback, carrier = (lifecycle.webhook_secret(tenant.id, kind) for kind in ("warehouse", "carrier"))
        await wiring.register_warehouse(
            warehouse, tenant_id=tenant.id, callback_secret=callback, carrier_secret=carrier
        )
        goods = await builders_selling.offer(stock=100_000)
    return Store(tenant, warehouse, wiring.simulator_office(warehouse.base_url), goods)


async def _speak(dialect: str) -> None:
    """The store's default warehouse is another one, which speaks this."""
    warehouse, tenant = new_id(), tenants.current()
    sealed = wiring.OF_WAREHOUSES.seal({"secret": secrets.token_hex(16)}, tenant_id=tenant.id, row_id=warehouse)
    names = {"sid": f"sid-{tenant.slug}", "shop_no": "web-1"}
    reached = Reached(wiring.practice_url(dialect), f"{tenant.id.hex}-{dialect}", sealed, names)
    async with tenants.transaction():
        await fulfillment.connect_warehouse(
            warehouse, dialect, dialect, reached, wiring.seal_carrier_salt(tenant_id=tenant.id)
        )
        await fulfillment.describe_warehouse(warehouse, Described(dialect, "", "", "", 0, 0, None))
        await fulfillment.make_default(warehouse)
