"""A program shows a gift, and the order has it or is not placed."""

from __future__ import annotations

import tenants
from tenants import Tenant
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import place


async def test_a_gift_that_was_shown_is_in_the_order_or_nothing_is_ordered(shop: Tenant, program: Program) -> None:
    session, peaches = await shows.on_air(), await selling.offer(stock=100)
    cup = await selling.offer(title="Tea cup", price=1900, stock=50)
    await shows.gift(session, await shows.shown(session, peaches), cup, quota=1)
    await program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant), "quantity": 1}))["cart"]
    shown = [{"gift": gift["gift"], "quantity": gift["quantity"]} for gift in cart["gifts"]]
    await selling.order(peaches)

    late = await place(program, cart, gifts=shown)
    without = await place(program, cart, key="two")

    assert len(shown) == 1
    assert (late.status_code, late.json()["code"]) == (409, "live.gift_gone")
    assert without.status_code == 201
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT sum(given) FROM live_gift") == 1
