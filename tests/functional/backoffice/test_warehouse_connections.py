"""A merchant connects warehouses: secrets go in and never come out, a paused one gets nothing new."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.push_fulfillment import prepare
from infra import wiring
from tenants import Tenant, platform
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import jobs, offer, paid_order
from tests.builders_supply import comes_from, supplier

HOME = "/warehouses"
JUSHUITAN = {
    "name": "Hangzhou", "country": "CN", "region": "浙江省", "parcel_amount": "6.50", "cutoff": "16:30",
    "app_key": "key-of-qinghe", "secret": "a-long-secret-of-theirs-1234", "access_token": "a-long-token-of-theirs-5678",
    "shop_id": "10001",
}  # fmt: skip
SECRETS = ("a-long-secret-of-theirs-1234", "a-long-token-of-theirs-5678")


async def enter(visitor: Any, shop: Tenant, role: str = "owner") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


async def send(visitor: Any, path: str, form: dict[str, str]) -> Any:
    return await visitor.submit(admin(HOME + path), form, page=admin(f"{HOME}/new/jushuitan"))


async def connected(visitor: Any, **other: str) -> fulfillment.WarehouseFacts:
    """A second warehouse, as the form made it."""
    answer = await send(visitor, "/new/jushuitan", JUSHUITAN | other)
    assert answer.status_code == 303, answer.text
    return (await all_of_them())[-1]


async def all_of_them() -> list[fulfillment.WarehouseFacts]:
    async with tenants.transaction():
        return await fulfillment.warehouses()


async def opened(warehouse: fulfillment.WarehouseFacts) -> dict[str, str]:
    return wiring.OF_WAREHOUSES.open(warehouse, tenant_id=tenants.current().id)


async def work_order(warehouse: UUID) -> UUID:
    order = await paid_order()
    async with tenants.transaction():
        found = await fulfillment.plan(order.order_id, warehouse, f"{order.number}-9", [])
    assert found
    return found


async def audited(shop: Tenant) -> list[str]:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT action, details::text FROM audit_entry WHERE tenant = $1 ORDER BY at", shop.id
        )
    assert not any(secret in row["details"] for row in rows for secret in SECRETS)
    return [row["action"] for row in rows]


async def test_a_warehouse_is_connected_and_its_secrets_never_come_out(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)

    warehouse = await connected(visitor)
    listed = (await visitor.get(admin(HOME))).text
    form = (await visitor.get(admin(f"{HOME}/{warehouse.id}"))).text

    assert await opened(warehouse) == {"secret": SECRETS[0], "access_token": SECRETS[1]}
    assert (warehouse.base_url, warehouse.app_key) == ("https://openapi.jushuitan.com", "key-of-qinghe")
    assert (warehouse.region, warehouse.parcel_amount, warehouse.cutoff_minute) == ("浙江省", 650, 990)
    assert not any(secret in page for page in (listed, form) for secret in SECRETS)
    assert "ends in 1234" in form
    assert "/webhooks/warehouse/" in form
    assert await audited(shop) == ["warehouse.connected"]
    assert await jobs("fulfillment.check_warehouse") == 1


async def test_a_secret_is_rotated_and_an_empty_box_keeps_the_other(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    warehouse = await connected(visitor)

    await send(visitor, f"/{warehouse.id}", JUSHUITAN | {"secret": "", "access_token": "another-token-of-theirs-9"})

    after = (await all_of_them())[-1]
    assert await opened(after) == {"secret": SECRETS[0], "access_token": "another-token-of-theirs-9"}


async def test_what_cannot_be_right_is_named_and_nothing_is_kept(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)

    answer = await send(
        visitor, "/new/jushuitan", JUSHUITAN | {"shop_id": "ten", "cutoff": "25:00", "parcel_amount": "cheap"}
    )

    assert answer.status_code == 422
    assert "Only digits belong here." in answer.text
    assert "Enter a time like 16:30." in answer.text
    assert not any(secret in answer.text for secret in SECRETS)
    assert len(await all_of_them()) == 1


async def test_practice_needs_no_credentials_and_is_played_by_the_simulator(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)

    await send(visitor, "/new/jushuitan", {"name": "Rehearsal", "practice": "yes"})

    warehouse = (await all_of_them())[-1]
    assert wiring.is_practice(warehouse)
    assert "ships nothing to anybody" in (await visitor.get(admin(f"{HOME}/{warehouse.id}"))).text


async def test_a_merchant_who_packs_himself_connects_nothing_but_a_name(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)

    form = (await visitor.get(admin(f"{HOME}/new/by_hand"))).text
    answer = await send(visitor, "/new/by_hand", {"name": "Back room"})
    warehouse = (await all_of_them())[-1]
    await send(visitor, f"/{warehouse.id}", {"name": "Cellar"})

    assert answer.status_code == 303
    assert "Connection" not in form.split("<main", 1)[1]
    assert (warehouse.adapter, warehouse.base_url, await opened(warehouse)) == ("by_hand", "", {})
    assert not wiring.is_practice(warehouse)
    assert await jobs("fulfillment.check_warehouse") == 0
    page = (await visitor.get(admin(HOME))).text
    assert "Cellar" in page
    assert page.count("Test the connection") == 1
    assert "/fulfillment/waves" in page


async def test_who_ships_by_our_own_pages_is_no_connected_system(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    await send(visitor, "/new/by_hand", {"name": "Our own room"})
    orchard = await supplier(name="Lake Orchard")
    await comes_from(orchard, await offer(stock=0), drop_ship=True)

    systems = (await visitor.get(admin("/connections"))).text
    places = (await visitor.get(admin(HOME))).text

    assert "Cloud warehouse" in systems
    assert not {name for name in ("Our own room", "Lake Orchard") if name in systems}
    assert "Shipped by the supplier" in places
    assert places.count("Last good answer") == 1


async def test_a_paused_warehouse_keeps_its_work_until_it_goes_on(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    warehouse = await connected(visitor)
    waiting = await work_order(warehouse.id)

    await send(visitor, f"/{warehouse.id}/pause", {"open_work": "wait"})
    prepared = await prepare(waiting)
    pushes_before = await jobs("fulfillment.push_order")
    await send(visitor, f"/{warehouse.id}/acts", {"act": "resume"})

    assert prepared is None
    assert await jobs("fulfillment.push_order") == pushes_before + 1
    assert (await all_of_them())[-1].status == "active"


async def test_a_person_may_decide_about_what_was_not_sent(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    warehouse = await connected(visitor)
    held = await work_order(warehouse.id)

    await send(visitor, f"/{warehouse.id}/pause", {"open_work": "people"})

    async with tenants.transaction():
        found = await fulfillment.lock(held)
    assert (found.status, found.status_reason) == ("on_hold", fulfillment.PAUSED)
    assert "The warehouse is paused" in (await visitor.get(admin("/fulfillment"))).text


async def test_there_is_always_a_default_that_works(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    second = await connected(visitor)
    first = (await all_of_them())[0]

    refused = await send(visitor, f"/{first.id}/pause", {"open_work": "wait"})
    await send(visitor, f"/{second.id}/acts", {"act": "default"})

    assert refused.status_code == 409
    assert [each.id for each in await all_of_them() if each.is_default] == [second.id]


@pytest.mark.parametrize("role", ["manager", "picker", "read_only"])
async def test_only_owner_and_finance_touch_warehouses(visitor: Any, shop: Tenant, role: str) -> None:
    await enter(visitor, shop, role)

    assert (await visitor.get(admin(f"{HOME}/new/jushuitan"))).status_code == 403
    assert (await visitor.get(admin(HOME))).status_code == (200 if role == "manager" else 403)


async def test_a_practice_warehouse_behaves_as_the_merchant_says(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    (warehouse,) = await all_of_them()

    answer = await send(visitor, f"/{warehouse.id}/manners", {"manner": "split"})
    unknown = await send(visitor, f"/{warehouse.id}/manners", {"manner": "kind"})

    assert answer.status_code == 303
    assert unknown.status_code == 404
    assert fulfillment.manner_of((await all_of_them())[0]) == "split"
    assert await jobs("fulfillment.manners") == 1


async def test_a_real_warehouse_behaves_as_it_likes(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    warehouse = await connected(visitor)

    answer = await send(visitor, f"/{warehouse.id}/manners", {"manner": "split"})

    assert answer.status_code == 404
    assert "How it behaves" not in (await visitor.get(admin(f"{HOME}/{warehouse.id}"))).text


async def test_news_is_fetched_when_the_merchant_says_so(visitor: Any, shop: Tenant) -> None:
    await enter(visitor, shop)
    (warehouse,) = await all_of_them()

    for _ in range(2):
        await send(visitor, f"/{warehouse.id}/acts", {"act": "fetch"})

    assert await jobs("fulfillment.pull_news") == 2  # parcels and shelves, each once
