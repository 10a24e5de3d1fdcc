"""A sharer sees who is bound to them, masked, and the code that names them."""

from __future__ import annotations

import tenants
from app import attribution
from app.flows.decide_attribution import decide_attribution
from app.flows.fold_clicks import fold_clicks
from app.flows.merchant_acts import Actor
from app.flows.move_sale import keep_sale
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests.functional.conftest import Visitor, own_address
from tests.functional.portal.test_hosting import _approved


async def test_a_sharer_sees_their_shoppers_and_their_code(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    me = await _approved(shop, visitor)
    await policies.policy()
    await build.click(await build.link(me), visitor=new_id())
    await build.click(await build.link(await build.promoter()), visitor=new_id())
    await fold_clicks()

    page = await visitor.get(own_address("host", "/shoppers"))

    assert page.status_code == 200, page.text
    assert "My code" in page.text
    assert page.text.count("A browser without an account") == 1


async def test_a_sharer_asks_about_a_sale_from_its_receipt_and_reads_the_answer(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    me, shopper = await _approved(shop, visitor), new_id()
    await build.click(await build.link(me), visitor=shopper, at=build.days_ago(2))
    await build.click(await build.link(await build.promoter()), visitor=shopper, at=build.days_ago(1))
    order = await build.order(visitor=shopper)
    await decide_attribution(order)
    async with tenants.transaction():
        line = (await attribution.decisions_of(order))[0].order_line
    page = own_address("host", f"/receipts/{line}")

    silent = await visitor.submit(f"{page}/disputes", {"words": " "}, page=page)
    asked = await visitor.submit(f"{page}/disputes", {"words": "She came through me."}, page=page)
    waiting = await visitor.get(page)
    await keep_sale(line, reason="She came through the other last", actor=Actor(new_id(), "Su He"))

    answered = await visitor.get(page)
    assert (silent.status_code, asked.status_code) == (422, 303)
    assert "The store has not answered yet." in waiting.text
    assert "She came through the other last" in answered.text


async def test_nobody_asks_about_a_sale_they_have_nothing_to_do_with(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    order = await build.order()
    await decide_attribution(order)
    async with tenants.transaction():
        line = (await attribution.decisions_of(order))[0].order_line

    answer = await visitor.submit(
        own_address("host", f"/receipts/{line}/disputes"), {"words": "Mine"}, page=own_address("host", "/links")
    )

    assert answer.status_code == 404
