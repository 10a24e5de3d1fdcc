"""Staff see in which stores something does not fit."""

from __future__ import annotations

import tenants
from app import tickets
from tenants import Tenant
from tests.builders_console import sign_in_as_staff
from tests.functional.conftest import Visitor, own_address
from workers.health import refresh_health


async def test_a_store_with_open_tickets_is_on_the_health_page(visitor: Visitor, shop: Tenant) -> None:
    await sign_in_as_staff(visitor, "viewer")
    visitor.headers["Accept-Language"] = "en"
    async with tenants.transaction():
        await tickets.open("books.trial", "books")
        await tickets.open("order.paid", "T1")
    await refresh_health()

    health = (await visitor.get(own_address("staff", "/health"))).text
    store = (await visitor.get(own_address("staff", f"/tenants/{shop.slug}"))).text

    assert "Stores with open tickets" in health
    assert f"/tenants/{shop.slug}" in health.partition("Stores with open tickets")[2]
    assert "2 open tickets." in store
