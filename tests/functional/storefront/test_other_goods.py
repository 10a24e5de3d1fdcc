"""A merchant offers other goods for missing ones, and the shopper answers on the order's page."""

from __future__ import annotations

import tenants
from app import fulfillment, orders
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_short import offer_instead, short_order
from tests.functional.conftest import Visitor, store_address


async def _page(order_id: object) -> tuple[str, str]:
    """Number and key."""
    async with tenants.transaction():
        order = await orders.find(order_id)  # type: ignore[arg-type]
    return order.number, orders.access_key(order.id)


async def test_the_merchant_asks_and_the_shopper_takes_it(visitor: Visitor, shop: Tenant) -> None:
    visitor.headers["Accept-Language"] = "en"
    plums = await selling.offer(title="Plums", price=900)
    await selling.offer(title="Mangos", price=1100)
    order_id, work_order, line = await short_order(await selling.offer(price=1000, stock=3))
    number, key = await _page(order_id)
    await sign_in(visitor, await staff_of(shop, "owner"))
    desk = admin(f"/orders/{number}")

    form = (await visitor.get(desk)).text
    await visitor.submit(
        f"{desk}/work-orders/{work_order.id}/missing/substitution",
        {"line": str(line), "variant": str(plums.variant), "hours": "24"}, page=desk,
    )  # fmt: skip
    asked = (await visitor.get(desk)).text
    async with tenants.transaction():
        (offer,) = await fulfillment.substitutions_of(order_id)
        mail = await tenants.connection().fetchval("SELECT count(*) FROM message WHERE kind = 'substitution.proposed'")
    page = store_address(shop, f"/orders/{number}?key={key}")
    before = (await visitor.get(page)).text
    answer = store_address(shop, f"/orders/{number}/substitutions/{offer.id}/answer?key={key}")
    await visitor.submit(answer, {"answer": "yes"}, page=page)
    after = (await visitor.get(page)).text

    assert "Plums · ¥9.00" in form
    assert "Mangos" not in form
    assert "The shopper is asked" in asked
    assert "Offer something else for" not in asked
    assert mail == 1
    assert "Would you like this instead?" in before
    assert "¥2.00" in before
    assert "Instead of 2 × Peaches you get Plums." in after
    assert "Would you like this instead?" not in after


async def test_nobody_else_answers_for_the_shopper(visitor: Visitor, shop: Tenant) -> None:
    short = await short_order(await selling.offer(price=1000, stock=3))
    offer = await offer_instead(short, await selling.offer(title="Plums", price=900))
    stranger = await selling.paid_order(await selling.offer(title="Figs"))
    number, _key = await _page(short[0])

    answers = [
        await visitor.submit(store_address(shop, path), {"answer": "yes"}, page=store_address(shop, "/"))
        for path in (
            f"/orders/{number}/substitutions/{offer}/answer",
            f"/orders/{stranger.number}/substitutions/{offer}/answer?key={stranger.key}",
            f"/orders/{stranger.number}/substitutions/{new_id()}/answer?key={stranger.key}",
        )
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    async with tenants.transaction():
        assert (await fulfillment.find_substitution(offer)).is_open
