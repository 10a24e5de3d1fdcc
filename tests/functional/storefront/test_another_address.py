"""A shopper asks for another address: at once, of the warehouse, or not any more; the page never claims more."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

import tenants
from app import freight, fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.shopper_address import MOST
from app.flows.stop_work_order import stop_at_warehouse
from app.fulfillment import HoldRules
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import Visitor, store_address

ELSEWHERE = {
    "recipient": "Lin Xiaoya", "phone": "13900000000", "region": "江苏省", "city": "无锡市", "district": "滨湖区",
    "street": "2 Plum Road",
}  # fmt: skip


async def _order_of(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def _ask(
    visitor: Visitor, shop: Tenant, order_id: UUID, *, seen: int | None = None, **facts: str
) -> httpx.Response:
    visitor.headers["Accept-Language"] = "en"
    order = await _order_of(order_id)
    address = store_address(shop, f"/orders/{order.number}/address?key={orders.access_key(order_id)}")
    form = {**ELSEWHERE, **facts, "seen": str(order.event_seq if seen is None else seen)}
    return await visitor.submit(address, form, page=address)


async def _page(visitor: Visitor, shop: Tenant, order_id: UUID, below: str = "") -> str:
    order = await _order_of(order_id)
    return (
        await visitor.get(store_address(shop, f"/orders/{order.number}{below}?key={orders.access_key(order_id)}"))
    ).text


async def _sent() -> tuple[UUID, UUID]:
    """A paid order whose warehouse may have it, and its work order."""
    placed = await selling.paid_order(await selling.offer())
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
    assert await prepare(work.id) is not None
    async with tenants.transaction():
        await fulfillment.mark_accepted(work.id, "W1")
    return placed.order_id, work.id


async def test_what_no_warehouse_has_changes_at_once_and_is_told(shop: Tenant, visitor: Visitor) -> None:
    placed = await selling.paid_order(await selling.offer())

    answer = await _ask(visitor, shop, placed.order_id)

    assert answer.status_code == 303
    assert (await _order_of(placed.order_id)).ship_to["street"] == "2 Plum Road"
    history = await _page(visitor, shop, placed.order_id, "/timeline")
    assert "Delivery address changed" in history
    assert "2 Plum Road" in history
    await sign_in(visitor, await staff_of(shop, "manager"))
    assert "2 Plum Road" in (await visitor.get(admin(f"/orders/{placed.number}/timeline"))).text


async def test_it_is_checked_like_at_the_checkout(shop: Tenant, visitor: Visitor) -> None:
    placed = await selling.paid_order(await selling.offer())

    answer = await _ask(visitor, shop, placed.order_id, street="", phone="12")

    assert answer.status_code == 422
    assert "Enter the street, the building and the unit." in answer.text
    assert 'value="无锡市"' in answer.text
    assert (await _order_of(placed.order_id)).ship_to["street"] != "2 Plum Road"


async def test_a_warehouse_that_has_it_is_asked_and_the_page_says_so(shop: Tenant, visitor: Visitor) -> None:
    order_id, _work = await _sent()

    answer = await _ask(visitor, shop, order_id)
    page = await _page(visitor, shop, order_id)

    assert answer.status_code == 303
    assert "We asked the warehouse to send this order to Lin Xiaoya, 2 Plum Road instead." in page
    assert (await _order_of(order_id)).ship_to["street"] != "2 Plum Road"
    assert "The warehouse is being asked already" in await _page(visitor, shop, order_id, "/address")


async def test_the_store_too_may_ask_the_warehouse_for_another_address(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    order_id, _work = await _sent()
    number = (await _order_of(order_id)).number
    await sign_in(visitor, await staff_of(shop, "manager"))

    page = (await visitor.get(admin(f"/orders/{number}/edit"))).text

    assert "Another address is asked of the warehouse first" in page
    assert "Save the address" in page
    assert "Lower and give back" not in page


async def test_too_late_is_said_and_the_address_stays(shop: Tenant, visitor: Visitor) -> None:
    order_id, work = await _sent()
    await _ask(visitor, shop, order_id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET status = 'closed' WHERE id = $1", work)

    await stop_at_warehouse(work)

    page = await _page(visitor, shop, order_id)
    assert "Too late, it has left" in page
    assert "/address" not in page
    assert "/cancellation" not in page
    assert (await _order_of(order_id)).ship_to["street"] != "2 Plum Road"


async def test_delivery_that_costs_more_there_is_refused_with_words(shop: Tenant, visitor: Visitor) -> None:
    regions = (
        freight.Region(country="CN", areas=("江苏",), first_amount=500),
        freight.Region(country="CN", areas=("西藏",), delivers=False),
        freight.Region(first_amount=900),
    )
    async with tenants.transaction():
        await freight.save_template(freight.Template(None, "Usual", "flat", regions))
    placed = await selling.paid_order(await selling.offer())
    await _ask(visitor, shop, placed.order_id)  # to 江苏, by which the next is measured

    dearer = await _ask(visitor, shop, placed.order_id, region="浙江省", city="杭州市")
    nowhere = await _ask(visitor, shop, placed.order_id, region="西藏", city="拉萨市")

    assert (dearer.status_code, nowhere.status_code) == (409, 409)
    assert "Delivery there costs ¥4.00 more" in dearer.text
    assert "Not delivered to this address" in nowhere.text
    assert (await _order_of(placed.order_id)).ship_to["region"] == "江苏省"


async def test_it_may_be_changed_so_often_and_not_oftener(shop: Tenant, visitor: Visitor) -> None:
    placed = await selling.paid_order(await selling.offer())
    for number in range(MOST):
        assert (await _ask(visitor, shop, placed.order_id, street=f"{number + 2} Plum Road")).status_code == 303

    answer = await _ask(visitor, shop, placed.order_id, street="9 Plum Road")

    assert answer.status_code == 409
    assert "changed 3 times already" in answer.text


async def test_a_corrected_address_lets_the_order_go_and_a_doubtful_one_holds_it(
    shop: Tenant, visitor: Visitor
) -> None:
    async with tenants.transaction():
        await fulfillment.save_routing(fulfillment.RoutingPolicy(holds=HoldRules(bad_address=True)), seen=0, by="Su")
    placed = await selling.paid_order(await selling.offer())
    await plan_fulfillment(placed.order_id)

    await _ask(visitor, shop, placed.order_id, street="nowhere at all")
    async with tenants.transaction():
        (held,) = await fulfillment.work_orders_of(placed.order_id)
    await _ask(visitor, shop, placed.order_id)
    async with tenants.transaction():
        (open_again,) = await fulfillment.work_orders_of(placed.order_id)

    assert (held.status, held.status_reason) == ("on_hold", "held.address")
    assert open_again.status == "open"


async def test_the_same_form_twice_changes_it_once(shop: Tenant, visitor: Visitor) -> None:
    placed = await selling.paid_order(await selling.offer())
    seen = (await _order_of(placed.order_id)).event_seq

    await _ask(visitor, shop, placed.order_id, seen=seen)
    twice = await _ask(visitor, shop, placed.order_id, seen=seen, street="3 Plum Road")

    assert twice.status_code == 409
    assert (await _order_of(placed.order_id)).ship_to["street"] == "2 Plum Road"


@pytest.mark.parametrize("below", ["", "/address"])
async def test_nobody_without_the_key_sees_or_changes_it(shop: Tenant, visitor: Visitor, below: str) -> None:
    placed = await selling.paid_order(await selling.offer())

    answer = await visitor.get(store_address(shop, f"/orders/{placed.number}{below}?key=wrong"))

    assert answer.status_code == 404


async def test_another_store_does_not_know_the_order(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    placed = await selling.paid_order(await selling.offer())
    key = orders.access_key(placed.order_id)

    answer = await visitor.get(store_address(other_shop, f"/orders/{placed.number}/address?key={key}"))

    assert answer.status_code == 404
