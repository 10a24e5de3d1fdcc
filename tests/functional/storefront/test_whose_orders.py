"""Who may open an order: its owner, its browser, or whoever has the link with its key."""

from __future__ import annotations

import tenants
from app import orders
from app.identity import visitor_cookie
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address


async def _ordered_by(shop: Tenant) -> tuple[orders.Order, str]:
    placed = await selling.order()
    async with tenants.transaction():
        order = await orders.find(placed.order_id)
    return order, store_address(shop, f"/orders/{order.number}")


async def _with_a_cart(visitor: Visitor, shop: Tenant, cookie: str) -> None:
    """Adding to the cart opens a session for whichever visitor the browser says it is."""
    offer = await selling.offer()
    form = {"product": offer.handle, "quantity": "1"}
    await visitor.submit(store_address(shop, "/cart/lines"), form, headers={"Cookie": f"visitor={cookie}"})


async def test_a_visitor_id_nobody_signed_opens_nothing(shop: Tenant, visitor: Visitor) -> None:
    order, address = await _ordered_by(shop)

    await _with_a_cart(visitor, shop, str(order.visitor_id))

    assert (await visitor.get(address)).status_code == 404


async def test_the_browser_that_ordered_opens_its_order(shop: Tenant, visitor: Visitor) -> None:
    order, address = await _ordered_by(shop)
    assert order.visitor_id is not None

    await _with_a_cart(visitor, shop, visitor_cookie(order.visitor_id))

    assert (await visitor.get(address)).status_code == 200


async def test_what_was_bought_signed_in_is_not_shown_to_the_next_person_at_the_browser(
    shop: Tenant, visitor: Visitor
) -> None:
    order, address = await _ordered_by(shop)
    customer = new_id()
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute(
            "INSERT INTO customer (id, email, locale, created_at) VALUES ($1, 'ya@example.test', 'en', now())", customer
        )
        await database.execute("UPDATE orders SET customer = $2 WHERE id = $1", order.id, customer)
    assert order.visitor_id is not None

    await _with_a_cart(visitor, shop, visitor_cookie(order.visitor_id))

    assert (await visitor.get(address)).status_code == 404


async def test_nobody_may_send_us_more_than_a_form_holds(shop: Tenant, visitor: Visitor) -> None:
    answer = await visitor.submit(store_address(shop, "/cart/lines"), {"product": "x" * 3_000_000})

    assert answer.status_code == 413


async def test_an_absurd_number_of_units_is_as_many_as_a_line_holds(shop: Tenant, visitor: Visitor) -> None:
    offer = await selling.offer(stock=500)
    form = {"product": offer.handle, "quantity": "99999999999"}

    answer = await visitor.submit(store_address(shop, "/cart/lines"), form)

    assert answer.status_code == 303
    assert (await visitor.get(store_address(shop, "/visit.json"))).json()["cart_count"] == orders.MOST_PER_LINE
