"""The stage of a fault run: a store with one product, a host with one link, and ill-mannered partners."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

import tenants
from app import fulfillment, payments
from infra import wiring
from infra.payment.sandbox import SandboxOffice
from infra.payment.sandbox_wire import Behavior as PaymentBehavior
from infra.settings import settings
from infra.warehouse.simulator.office import Behavior, SimulatorOffice
from tenants import Tenant, lifecycle, platform, scope
from tests import builders, builders_earning, builders_selling
from tests.faults.shoppers import Record, Shop


@dataclass
class Stage:
    tenant: Tenant
    shop: Shop
    record: Record
    office: SimulatorOffice


async def open_pools() -> None:
    await platform.open_pool(size=2)
    await scope.open_pools(size=2)


async def set_stage(slug: str = "faulty") -> Stage:
    """Everything answers, the store is registered, and webhooks will come twice and out of order."""
    tenant = await builders.open_store(slug)
    for port, path in ((0, "/health/live"), (1, "/health"), (2, "/health")):
        await answering(f"http://127.0.0.1:{settings().port + port}{path}")
    with tenants.bind(tenant):
        peaches = await builders_selling.offer(stock=100_000)
        host = await builders_earning.promoter()
        link = await builders_earning.link(host)
        office = await _register(tenant)
    shop = Shop(tenant.slug, link.code, peaches.variant)
    return Stage(tenant, shop, Record(), office)


async def _register(tenant: Tenant) -> SimulatorOffice:
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0]
    secret = {kind: lifecycle.webhook_secret(tenant.id, kind) for kind in lifecycle.WEBHOOK_KINDS}
    await wiring.register_warehouse(
        warehouse, tenant_id=tenant.id, callback_secret=secret["warehouse"], carrier_secret=secret["carrier"]
    )
    await register_payments(tenant, PaymentBehavior(duplicate=1, shuffle=True, error_bps=200, seed=5))
    office = SimulatorOffice(warehouse.base_url, wiring.outside(warehouse.base_url))
    await office.behave(
        warehouse.app_key,
        Behavior(
            ship_ms=200, transit_ms=300, out_ms=600, delivered_ms=900, shuffle=True, duplicate=1, error_bps=300,
            error_after_done_bps=300, truncate_bps=200, seed=5,
        ),
    )  # fmt: skip
    return office


async def register_payments(tenant: Tenant, behavior: PaymentBehavior | None = None) -> None:
    """The cashier knows the bound store, where it listens, and how badly to treat it."""
    async with tenants.transaction():
        account = await payments.account_of("sandbox")
    secret = lifecycle.webhook_secret(tenant.id, "payments")
    await wiring.register_payments(account, tenant_id=tenant.id, webhook_secret=secret, name=tenant.name)
    if behavior:
        await SandboxOffice(account["base_url"], wiring.outside(account["base_url"])).behave(
            account["merchant_id"], behavior
        )


async def answering(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        for _ in range(1200):
            try:
                if (await client.get(url)).status_code < 500:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise TimeoutError(f"{url} never answered")
