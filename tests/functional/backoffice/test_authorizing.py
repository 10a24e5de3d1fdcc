"""A merchant authorizes us on a vendor's page, played by the rehearsal warehouse over a real socket."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

import tenants
from app import fulfillment
from app.flows.authorize_warehouse import settle_authorization
from infra import wiring
from infra.settings import settings
from infra.warehouse.simulator.app import build_app
from tenants import Tenant, lifecycle
from tests.builders_backoffice import admin
from tests.builders_running import serving
from tests.builders_selling import jobs
from tests.functional.backoffice.test_warehouse_connections import HOME, JUSHUITAN, all_of_them, audited, enter, send

_FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')


@pytest.fixture
async def warehouse(shop: Tenant, tmp_path: Path) -> AsyncIterator[fulfillment.WarehouseFacts]:
    """The store's own practice warehouse, which the simulator knows."""
    async with serving(build_app(tmp_path / "floor.sqlite3"), settings().simulator_port, lifespan="on"):
        (found,) = await all_of_them()
        callback, carrier = (lifecycle.webhook_secret(shop.id, kind) for kind in ("warehouse", "carrier"))
        await wiring.register_warehouse(found, tenant_id=shop.id, callback_secret=callback, carrier_secret=carrier)
        yield found


async def allowed(visitor: Any, warehouse: fulfillment.WarehouseFacts) -> str:
    """Where the vendor's page sends the browser after the merchant said yes there."""
    answer = await visitor.submit(
        admin(f"{HOME}/{warehouse.id}/authorization"), {}, page=admin(f"{HOME}/{warehouse.id}")
    )
    async with httpx.AsyncClient(trust_env=False) as vendor:
        page = await vendor.get(answer.headers["location"])
        assert page.status_code == 200, page.text
        address = urlsplit(answer.headers["location"])
        yes = await vendor.post(f"{address.scheme}://{address.netloc}/auth", data=dict(_FIELD.findall(page.text)))
    assert yes.headers["location"].startswith(admin("/warehouses/authorized?"))
    return str(yes.headers["location"])


async def token_of(warehouse: fulfillment.WarehouseFacts) -> dict[str, str]:
    async with tenants.transaction():
        found = await fulfillment.warehouse(warehouse.id)
    return wiring.OF_WAREHOUSES.open(found, tenant_id=tenants.current().id)


async def test_a_merchant_authorizes_and_sees_until_when(
    visitor: Any, shop: Tenant, warehouse: fulfillment.WarehouseFacts
) -> None:
    await enter(visitor, shop)
    before = await token_of(warehouse)

    back = await visitor.get(await allowed(visitor, warehouse))
    waiting = (await visitor.get(admin(f"{HOME}/{warehouse.id}"))).text
    await settle_authorization(warehouse.id)
    after, page = await token_of(warehouse), (await visitor.get(admin(f"{HOME}/{warehouse.id}"))).text

    assert back.status_code == 303
    assert "Being authorized at this moment" in waiting
    assert "Good until" in page
    assert after["secret"] == before["secret"]
    assert {"access_token", "refresh_token"} <= set(after)
    assert await audited(shop) == ["warehouse.authorization_asked", "warehouse.authorized"]
    gateway = wiring.warehouse_gateway((await all_of_them())[0], tenant_id=shop.id)
    assert await gateway.query_order("nobody-made-this") is None


async def test_a_forged_or_repeated_return_changes_nothing(
    visitor: Any, another_visitor: Any, shop: Tenant, warehouse: fulfillment.WarehouseFacts
) -> None:
    await enter(visitor, shop)
    await enter(another_visitor, shop)
    address = await allowed(visitor, warehouse)
    said = dict(parse_qsl(urlsplit(address).query))

    forged = [
        await visitor.get(admin("/warehouses/authorized"), params=said | change)
        for change in ({"code": "another"}, {"state": "guessed"}, {"sign": "0" * 32}, {"state": "", "code": ""})
    ]
    elsewhere = await another_visitor.get(address)
    first, again = await visitor.get(address), await visitor.get(address)

    assert [answer.status_code for answer in (*forged, elsewhere, again)] == [409] * 6
    assert first.status_code == 303
    assert await jobs("fulfillment.authorize") == 1


async def test_what_another_store_connected_cannot_be_authorized(
    visitor: Any, shop: Tenant, other_shop: Tenant
) -> None:
    await enter(visitor, shop)
    with tenants.bind(other_shop):
        (theirs,) = await all_of_them()

    assert (await send(visitor, f"/{theirs.id}/authorization", {})).status_code == 404


async def test_a_warehouse_without_a_token_is_authorized_after_it_was_connected(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)

    answer = await send(visitor, "/new/jushuitan", JUSHUITAN | {"access_token": ""})
    made = (await all_of_them())[-1]
    page = (await visitor.get(admin(f"{HOME}/{made.id}"))).text
    sent = await send(visitor, f"/{made.id}/authorization", {})

    assert answer.headers["location"] == f"{HOME}/{made.id}"
    assert "Not authorized yet" in page
    assert admin("/warehouses/authorized") in page
    assert sent.headers["location"].startswith("https://openweb.jushuitan.com/auth?app_key=key-of-qinghe&")
