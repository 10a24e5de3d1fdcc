"""A merchant rehearses shipping: practice orders come and go, and nothing real is touched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import rehearsals
from app.flows import rehearse
from infra import wiring
from infra.settings import settings
from infra.warehouse.simulator import news_jushuitan
from infra.warehouse.simulator.records import Account, Line, Sent
from infra.warehouse.simulator.scenarios import CALM_DOWN
from tenants import Tenant, lifecycle
from tests.builders_backoffice import admin, count, sign_in, staff_of
from tests.builders_selling import jobs

HOME = "/rehearsals"
DAY = {"adapter": "jushuitan", "scenario": "calm", "orders": "10"}


async def started(visitor: Any, shop: Tenant) -> rehearsals.Rehearsal:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    answer = await visitor.submit(admin(HOME), DAY, page=admin(HOME))
    assert answer.status_code == 303, answer.text
    return await found(UUID(answer.headers["location"].rpartition("/")[2]))


async def found(rehearsal_id: UUID) -> rehearsals.Rehearsal:
    async with tenants.transaction():
        return await rehearsals.find(rehearsal_id)


async def orders_of(rehearsal: rehearsals.Rehearsal) -> list[rehearsals.PracticeOrder]:
    async with tenants.transaction():
        return await rehearsals.orders_of(rehearsal.id)


async def tell(visitor: Any, rehearsal: rehearsals.Rehearsal, order: rehearsals.PracticeOrder) -> Any:
    """The simulator's own callback about one parcel, signed with the rehearsal's account."""
    secret = wiring.OF_WAREHOUSES.open(rehearsal, tenant_id=tenants.current().id)["secret"]
    account = Account(rehearsal.app_key, secret, "", "", "", "", "jushuitan", {}, CALM_DOWN)
    lines = [Line(line.line_id, line.sku, line.quantity) for line in order.lines]
    sent = Sent(1, order.reference, f"SF{order.reference[-1]}", "shunfeng", "SF", 1_795_000_000, lines)
    call = news_jushuitan.voice(account, sent, datetime.now(UTC))
    address = f"{settings().origin()}/webhooks/warehouse/{lifecycle.webhook_secret(tenants.current().id, 'warehouse')}"
    return await visitor.post(address, content=call.content, headers=dict(call.headers))


async def test_practice_orders_are_nobodys_orders(visitor: Any, shop: Tenant) -> None:
    rehearsal = await started(visitor, shop)

    again = await visitor.submit(admin(HOME), DAY, page=admin("/warehouses/new/jushuitan"))
    page = (await visitor.get(admin(f"{HOME}/{rehearsal.id}"))).text

    assert again.status_code == 409
    assert len(await orders_of(rehearsal)) == 10
    assert "0 of 10 orders are settled" in page
    assert [await count(table) for table in ("orders", "fulfillment_order", "payment", "stock_move")] == [0, 0, 0, 0]
    assert await jobs("fulfillment.rehearse") == 1


async def test_news_counts_once_and_never_reaches_the_real_inbox(visitor: Any, shop: Tenant) -> None:
    rehearsal = await started(visitor, shop)
    order = (await orders_of(rehearsal))[0]

    answers = [await tell(visitor, rehearsal, order) for _copy in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (await orders_of(rehearsal))[0].status == "shipped"
    async with tenants.transaction():
        sums = await rehearsals.sums(rehearsal.id)
    assert (sums["heard"], sums["copies"]) == (1, 2)
    assert await count("webhook_event") == 0


async def test_another_stores_rehearsal_is_not_believed_here(visitor: Any, shop: Tenant, other_shop: Tenant) -> None:
    theirs = await started(visitor, shop)
    order = (await orders_of(theirs))[0]
    secret = lifecycle.webhook_secret(other_shop.id, "warehouse")
    account_secret = wiring.OF_WAREHOUSES.open(theirs, tenant_id=shop.id)["secret"]
    account = Account(theirs.app_key, account_secret, "", "", "", "", "jushuitan", {}, CALM_DOWN)
    sent = Sent(1, order.reference, "SF1", "shunfeng", "SF", 1_795_000_000, [])
    call = news_jushuitan.voice(account, sent, datetime.now(UTC))

    answer = await visitor.post(
        f"{settings().origin()}/webhooks/warehouse/{secret}", content=call.content, headers=dict(call.headers)
    )

    assert answer.status_code == 401


async def test_it_ends_with_a_report_even_if_the_simulator_is_away(visitor: Any, shop: Tenant) -> None:
    rehearsal = await started(visitor, shop)
    await tell(visitor, rehearsal, (await orders_of(rehearsal))[0])
    await visitor.submit(admin(f"{HOME}/{rehearsal.id}/end"), {}, page=admin(f"{HOME}/{rehearsal.id}"))

    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE rehearsal SET started_at = now() - interval '9 minutes', ends_at = now() - interval '1 second'"
        )
    await rehearse.go_on(rehearsal.id)
    await rehearse.go_on(rehearsal.id)

    page = (await visitor.get(admin(f"{HOME}/{rehearsal.id}"))).text
    assert (await found(rehearsal.id)).status == "ended"
    assert "Not ready: some orders did not get through" in page
    assert "The simulator could not be asked for its own count." in page
    assert (await tell(visitor, rehearsal, (await orders_of(rehearsal))[1])).status_code == 200
    assert (await orders_of(rehearsal))[1].status != "shipped"


@pytest.mark.parametrize("form", [DAY | {"scenario": "sunny"}, DAY | {"adapter": "drop"}])
async def test_what_nobody_can_play_is_refused(visitor: Any, shop: Tenant, form: dict[str, str]) -> None:
    await sign_in(visitor, await staff_of(shop, "owner"))

    answer = await visitor.submit(admin(HOME), form, page=admin(HOME))

    assert answer.status_code == 422
    assert await count("rehearsal") == 0
