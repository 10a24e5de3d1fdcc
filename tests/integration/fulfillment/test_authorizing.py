"""An authorization is renewed in time and once, and a token that ended early stops no order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import tenants
from app import fulfillment
from app.flows.authorize_warehouse import ask_for_renewals, settle_authorization
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.warehouse_turn import NotYet
from infra import wiring
from infra.settings import settings
from infra.warehouse.jushuitan_auth import JushuitanVendor
from infra.warehouse.port import Tokens, WarehouseUnavailable
from infra.warehouse.simulator import authorizations, records
from infra.warehouse.simulator.app import build_app
from infra.warehouse.simulator.desk import Desk
from tenants import Tenant, lifecycle
from tests import invariants
from tests.builders_running import serving
from tests.builders_selling import jobs, offer, paid_order


@pytest.fixture
async def desk(shop: Tenant, tmp_path: Path) -> AsyncIterator[Desk]:
    """The rehearsal warehouse, which this store has been authorized for."""
    app = build_app(tmp_path / "floor.sqlite3")
    async with serving(app, settings().simulator_port, lifespan="on"):
        place = await warehouse()
        callback, carrier = (lifecycle.webhook_secret(shop.id, kind) for kind in ("warehouse", "carrier"))
        await wiring.register_warehouse(place, tenant_id=shop.id, callback_secret=callback, carrier_secret=carrier)
        await authorize(app.state.desk)
        yield app.state.desk


async def warehouse() -> fulfillment.WarehouseFacts:
    async with tenants.transaction():
        (found,) = await fulfillment.warehouses()
    return found


async def authorize(desk: Desk) -> None:
    """As a merchant does, without the browser."""
    place = await warehouse()
    account = records.find_account(desk.db, place.app_key)
    assert account
    code = wiring.seal_code(
        authorizations.allow(desk.db, account), tenant_id=tenants.current().id, warehouse_id=place.id
    )
    async with tenants.transaction():
        await fulfillment.ask_authorization(place.id, "digest")
        await fulfillment.keep_code("digest", code)
    await settle_authorization(place.id)


async def given_long_ago(*, days_left: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE warehouse_authorization SET granted_at = now() - interval '20 days',"
            " valid_until = now() + make_interval(days => $1)",
            days_left,
        )


async def known() -> fulfillment.Authorization:
    async with tenants.transaction():
        found = await fulfillment.authorization_of((await fulfillment.warehouses())[0].id)
    assert found
    return found


def ends_now(desk: Desk) -> None:
    """The vendor ends the token before its time."""
    desk.db.execute("UPDATE authorized SET expires_at = 0")


async def work_order() -> Any:
    placed = await paid_order(await offer(stock=10))
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (found,) = await fulfillment.work_orders_of(placed.order_id)
    return found


async def test_what_ends_in_a_few_days_is_asked_for_once(shop: Tenant, desk: Desk) -> None:
    await ask_for_renewals()
    fresh = await jobs("fulfillment.authorize")
    await given_long_ago(days_left=3)

    for _ in range(2):
        await ask_for_renewals()

    assert (fresh, await jobs("fulfillment.authorize")) == (0, 1)


async def test_two_workers_renew_once(shop: Tenant, desk: Desk) -> None:
    await given_long_ago(days_left=3)
    place, asked, renew = await warehouse(), [], JushuitanVendor.renew

    async def counted(self: JushuitanVendor, refresh_token: str) -> Tokens:
        asked.append(refresh_token)
        return await renew(self, refresh_token)

    with patch.object(JushuitanVendor, "renew", counted):
        await asyncio.gather(settle_authorization(place.id), settle_authorization(place.id))

    found = await known()
    assert len(asked) == 1
    assert not found.over
    assert found.valid_until
    await wiring.warehouse_gateway(await warehouse(), tenant_id=shop.id).query_order("nobody-made-this")


async def test_a_token_that_ended_early_is_renewed_and_the_order_goes_out(shop: Tenant, desk: Desk) -> None:
    await given_long_ago(days_left=10)
    ends_now(desk)
    waiting = await work_order()

    with pytest.raises(NotYet):
        await push_fulfillment(waiting.id)
    assert await jobs("fulfillment.authorize") == 1
    await settle_authorization(waiting.warehouse)
    await push_fulfillment(waiting.id)

    async with tenants.transaction():
        found = await fulfillment.find(waiting.id)
    assert found.status == "accepted"
    assert [count.received for count in records.counts(desk.db, "")] == [1]
    await invariants.check(shop)


async def test_a_refused_renewal_is_for_people_and_authorizing_again_ends_it(shop: Tenant, desk: Desk) -> None:
    await given_long_ago(days_left=3)
    desk.db.execute("UPDATE authorized SET refresh_token = 'another'")
    ends_now(desk)
    place, waiting = await warehouse(), await work_order()

    await settle_authorization(place.id)
    await push_fulfillment(waiting.id)
    async with tenants.transaction():
        raised, held = await fulfillment.open_exceptions(), await fulfillment.find(waiting.id)
    over = (await known()).over
    await authorize(desk)

    async with tenants.transaction():
        left = await fulfillment.open_exceptions()
    assert raised == {"authorization_over": 1, "refused_by_warehouse": 1}
    assert (held.status, over, (await known()).over) == ("on_hold", True, False)
    assert left == {"refused_by_warehouse": 1}


async def test_a_vendor_that_does_not_answer_is_asked_again(shop: Tenant, desk: Desk) -> None:
    await given_long_ago(days_left=3)
    place = await warehouse()

    with (
        patch.object(JushuitanVendor, "renew", side_effect=WarehouseUnavailable("no answer")),
        pytest.raises(WarehouseUnavailable),
    ):
        await settle_authorization(place.id)
    await settle_authorization(place.id)

    found = await known()
    assert (found.over, found.trouble) == (False, "")
    async with tenants.transaction():
        assert not await fulfillment.due_authorizations()
