"""The fulfillment board: batches by lane, and what is done with the chosen ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.hold_orders import hold_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.fulfillment import Terms
from app.kernel.clock import now
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import Offer, jobs, offer, paid_order, stock_at, warehouse

BOARD = admin("/fulfillment")
WORK = admin("/fulfillment/work")


async def _planned(*offers: Offer) -> fulfillment.WorkOrder:
    placed = await paid_order(*offers)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def _by_hand() -> None:
    async with tenants.transaction():
        await fulfillment.change_shipping_terms(Terms(release="manual"), by="Su")


async def _kept_back(*offers: Offer) -> fulfillment.WorkOrder:
    work_order = await _planned(*offers)
    assert await prepare(work_order.id) is None
    return await _now(work_order.id)


async def _now(work_order: UUID) -> fulfillment.WorkOrder:
    async with tenants.transaction():
        return await fulfillment.lock(work_order)


async def _batch(work_order: UUID) -> UUID:
    async with tenants.transaction():
        found: UUID = await tenants.connection().fetchval(
            "SELECT batch FROM fulfillment_order WHERE id = $1", work_order
        )
    return found


async def test_orders_alike_are_one_batch_and_others_are_not(visitor: Any, shop: Tenant) -> None:
    await _by_hand()
    peaches, honey = await offer(stock=10), await offer(title="Honey")
    alike = [await _kept_back(peaches) for _ in range(2)]
    other = await _kept_back(honey)
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))

    page = (await visitor.get(BOARD)).text
    batch = await _batch(alike[0].id)

    assert batch == await _batch(alike[1].id) != await _batch(other.id)
    assert "2 orders · 2 pieces" in page
    assert page.count("data-job") == 2
    inside = (await visitor.get(admin(f"/fulfillment/batches/{batch}"))).text
    assert all(each.reference in inside for each in alike)
    assert other.reference not in inside
    assert "data-job" not in (await visitor.get(f"{BOARD}?product=nothing")).text


async def test_a_store_that_decides_itself_keeps_orders_until_a_batch_is_pushed(visitor: Any, shop: Tenant) -> None:
    await _by_hand()
    peaches = await offer(stock=10)
    kept = [await _kept_back(peaches) for _ in range(2)]
    assert [each.status for each in kept] == ["scheduled", "scheduled"]
    await sign_in(visitor, await staff_of(shop, "picker"))
    card = f"waiting:{await _batch(kept[0].id)}"

    for _ in range(2):
        answer = await visitor.submit(WORK, {"card": card, "deed": "push"}, page=BOARD)

    assert answer.status_code == 303
    assert [(await _now(each.id)).status for each in kept] == ["open", "open"]
    assert await prepare(kept[0].id) is not None


async def test_what_refuses_is_listed_and_the_rest_is_done(visitor: Any, shop: Tenant) -> None:
    free, sent = await _planned(), await _planned()
    async with tenants.transaction():
        await fulfillment.mark_submitted(sent.id)
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))

    answer = await visitor.submit(WORK, {"work_order": [str(free.id), str(sent.id)], "deed": "hold"}, page=BOARD)

    assert answer.status_code == 200
    assert "1 order is held" in answer.text
    assert sent.reference in answer.text
    assert free.reference not in answer.text
    assert ((await _now(free.id)).status, (await _now(sent.id)).status) == ("on_hold", "submitted")


async def test_what_is_held_by_hand_goes_when_it_is_let_out(visitor: Any, shop: Tenant) -> None:
    work_order = await _planned()
    await sign_in(visitor, await staff_of(shop, "picker"))
    await visitor.submit(WORK, {"work_order": str(work_order.id), "deed": "hold"}, page=BOARD)
    assert (await _now(work_order.id)).status == "on_hold"

    await visitor.submit(WORK, {"work_order": str(work_order.id), "deed": "push"}, page=BOARD)

    assert (await _now(work_order.id)).status == "open"
    assert await jobs("fulfillment.push_order") == 1
    async with tenants.transaction():
        assert await fulfillment.open_exceptions() == {}


async def test_a_hold_of_the_whole_order_is_named_and_lifted_on_its_page(visitor: Any, shop: Tenant) -> None:
    work_order = await _planned()
    await hold_order(work_order.order_id, "the shopper telephones", by="Su")
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))
    number = work_order.reference.rpartition("-")[0]

    answer = await visitor.submit(WORK, {"work_order": str(work_order.id), "deed": "push"}, page=BOARD)
    queue = (await visitor.get(admin("/fulfillment/exceptions"))).text
    shipping = (await visitor.get(admin(f"/orders/{number}/shipping"))).text

    assert "Held by hand. This order is held back." in answer.text
    assert (await _now(work_order.id)).status == "on_hold"
    for page in (queue, shipping):
        assert f'href="/orders/{number}#delivery"' in page
    assert queue.count('aria-current="page"') == 1
    assert f"/orders/{number}/holds/release" in (await visitor.get(admin(f"/orders/{number}"))).text


async def test_nothing_chosen_is_said(visitor: Any, shop: Tenant) -> None:
    await _planned()
    await sign_in(visitor, await staff_of(shop, "picker"))

    assert (await visitor.submit(WORK, {"deed": "push"}, page=BOARD)).status_code == 422


async def test_the_owner_changes_what_is_promised(visitor: Any, shop: Tenant) -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    page = admin("/fulfillment/terms")
    form = {"release": "manual", "hours": "24", "cutoff": "16:30", "holidays": "2026-10-01", "warn_hours": "2"}

    wrong = await visitor.submit(page, form | {"cutoff": "later", "holidays": "soon"}, page=page)
    answer = await visitor.submit(page, form, page=page)

    assert wrong.status_code == 422
    assert "Enter a time" in wrong.text
    assert "Enter days as" in wrong.text
    assert answer.status_code == 303
    async with tenants.transaction():
        terms = await fulfillment.shipping_terms()
    assert (terms.release, terms.hours, terms.cutoff_minute, terms.weekends) == ("manual", 24, 990, False)
    assert 'value="16:30"' in (await visitor.get(page)).text


async def test_what_is_late_is_seen_and_counted(visitor: Any, shop: Tenant) -> None:
    work_order = await _planned()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET ship_by = $2 WHERE id = $1", work_order.id, now() - timedelta(hours=3)
        )
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))

    board = (await visitor.get(f"{BOARD}?sla=late")).text
    report = (await visitor.get(admin("/fulfillment/punctuality"))).text

    assert "late since" in board
    assert "0%" in report


async def test_the_order_page_leads_to_dividing_and_joining(visitor: Any, shop: Tenant) -> None:
    placed = await paid_order(await offer(stock=10), quantity=3)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        (line,) = await fulfillment.progress(work_order.id)
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))
    desk = admin(f"/orders/{placed.number}/shipping")
    assert f"/orders/{placed.number}/shipping" in (await visitor.get(admin(f"/orders/{placed.number}"))).text

    divided = await visitor.submit(
        f"{desk}/{work_order.id}/split", {f"units-{line.order_line}": "1", "seen": "3", "act": "split"}, page=desk
    )
    async with tenants.transaction():
        first, second = await fulfillment.work_orders_of(placed.order_id)
    held = await visitor.submit(f"{desk}/{second.id}/hold", {}, page=desk)
    joined = await visitor.submit(f"{desk}/{first.id}/merge", {"other": str(second.id)}, page=desk)

    assert [answer.status_code for answer in (divided, held, joined)] == [303, 303, 303]
    assert (await _now(second.id)).status == "canceled"
    history = (await visitor.get(admin(f"/orders/{placed.number}/timeline"))).text
    assert f"{first.reference} was divided: {second.reference} is new" in history
    assert f"{second.reference} was joined to {first.reference}" in history


async def test_a_work_order_is_worked_on_only_under_its_own_order(visitor: Any, shop: Tenant) -> None:
    own, other = await _planned(), await paid_order()
    await sign_in(visitor, await staff_of(shop, "picker"))
    desk = admin(f"/orders/{other.number}/shipping")

    assert (await visitor.submit(f"{desk}/{own.id}/hold", {}, page=desk)).status_code == 404
    assert (await _now(own.id)).status == "open"


async def test_chosen_orders_change_their_warehouse_where_the_goods_are(visitor: Any, shop: Tenant) -> None:
    peaches, honey = await offer(stock=10), await offer(title="Honey")
    there, not_there = await _planned(peaches), await _planned(honey)
    east = await warehouse("East")
    await stock_at(peaches, east, 5)
    await sign_in(visitor, await staff_of(shop, "picker"))
    chosen = {"work_order": [str(there.id), str(not_there.id)], "deed": "move"}

    nowhere = await visitor.submit(WORK, chosen, page=BOARD)
    answer = await visitor.submit(WORK, chosen | {"warehouse": str(east)}, page=BOARD)

    assert nowhere.status_code == 422
    assert not_there.reference in answer.text
    assert ((await _now(there.id)).warehouse, (await _now(not_there.id)).warehouse) == (east, not_there.warehouse)
