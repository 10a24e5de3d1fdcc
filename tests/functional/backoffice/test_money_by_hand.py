"""The desk confirms transfers and refunds by hand, and looks at notices that were put aside."""

from __future__ import annotations

import re
from typing import Any

import tenants
from app import orders, payments, tickets
from app.flows.put_aside import put_aside
from app.flows.request_refund import request_refund
from app.kernel.clock import now
from tenants import Tenant
from tests import invariants
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import paid_order
from tests.integration.payments.test_by_hand import by, confirm, find


async def enter(visitor: Any, shop: Tenant, role: str = "finance") -> None:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, role))


def today() -> str:
    return now().date().isoformat()


async def test_a_transfer_is_confirmed_on_the_orders_page(visitor: Any, shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    order = await find(order_id)
    await enter(visitor, shop)
    page = admin(f"/orders/{order.number}")
    receipt = admin(f"/orders/{order.number}/payments/{payment.number}/receipt")

    little = await visitor.submit(receipt, {"amount": "1", "day": today()}, page=page)
    done = await visitor.submit(receipt, {"amount": "¥43.90", "day": today(), "note": "seen"}, page=page)
    again = await visitor.submit(receipt, {"amount": "43.90", "day": today()}, page=page)

    assert (little.status_code, done.status_code, again.status_code) == (422, 303, 409)
    assert (await find(order_id)).payment_status == "paid"
    await invariants.check(shop)


async def test_what_is_expected_and_owed_stands_on_one_page(visitor: Any, shop: Tenant) -> None:
    first, payment = await by("bank_transfer")
    await confirm(payment)
    (refund,) = await request_refund(first, reason="a bruise")
    _second, waiting = await by("bank_transfer")
    await enter(visitor, shop)

    page = (await visitor.get(admin("/money-by-hand"))).text
    desk = (await visitor.get(admin("/"))).text

    assert waiting.number in page
    assert refund.number in page
    assert "payments to confirm" in desk
    assert "refunds to send by hand" in desk


async def test_a_payment_of_another_order_is_not_confirmed_here(visitor: Any, shop: Tenant) -> None:
    _first, payment = await by("bank_transfer")
    second, _payment = await by("bank_transfer")
    other = await find(second)
    await enter(visitor, shop)

    answer = await visitor.submit(
        admin(f"/orders/{other.number}/payments/{payment.number}/receipt"),
        {"amount": "43.90", "day": today()}, page=admin(f"/orders/{other.number}"),
    )  # fmt: skip

    assert answer.status_code == 404


async def test_a_refund_by_hand_is_marked_as_sent(visitor: Any, shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    await confirm(payment)
    (refund,) = await request_refund(order_id, reason="a bruise")
    order = await find(order_id)
    await enter(visitor, shop)
    page = admin(f"/orders/{order.number}")

    assert "Send money back by hand" in (await visitor.get(page)).text
    done = await visitor.submit(
        admin(f"/orders/{order.number}/refunds/{refund.number}/sent"), {"reference": "TR-1", "day": today()}, page=page
    )

    assert done.status_code == 303
    async with tenants.transaction():
        assert (await payments.find_refund(refund.id)).status == "succeeded"
        assert (await orders.find(order_id)).payment_status == "refunded"
    await invariants.check(shop)


async def test_giving_a_transfer_back_asks_the_store_to_send_it(visitor: Any, shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    await confirm(payment)
    order = await find(order_id)
    async with tenants.transaction():
        (line,) = await orders.lines_of(order_id)
    await enter(visitor, shop)
    new = admin(f"/orders/{order.number}/refunds/new")

    answer = await visitor.submit(
        admin(f"/orders/{order.number}/refunds"), {f"amount-{line.id}": "5", "sure": "true"}, page=new
    )
    page = (await visitor.get(admin(answer.headers["location"]))).text
    history = (await visitor.get(admin(f"/orders/{order.number}/timeline"))).text

    assert answer.headers["location"].endswith(f"/orders/{order.number}#sent-1")
    assert "Send ¥5.00 to the shopper now and note it here" in page
    assert "Nobody sends this for you" in page
    assert "Payment provider" not in history


async def test_a_picker_confirms_no_money(visitor: Any, shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    order = await find(order_id)
    await enter(visitor, shop, "picker")
    page = admin(f"/orders/{order.number}")

    answer = await visitor.submit(
        admin(f"/orders/{order.number}/payments/{payment.number}/receipt"), {"amount": "43.90", "day": today()},
        page=admin("/fulfillment"),
    )  # fmt: skip

    assert answer.status_code == 403
    assert "Confirm the money" not in (await visitor.get(page)).text


async def test_a_notice_put_aside_is_looked_at_and_done_with(visitor: Any, shop: Tenant) -> None:
    await put_aside("stripe", '{"what": "it said"}', "other_merchant")
    await enter(visitor, shop)
    page = admin("/connections/notices")

    listed = (await visitor.get(page)).text
    async with tenants.transaction():
        (aside,) = (await payments.notices_aside()).items
    empty = await visitor.submit(f"{page}/{aside.id}", {"note": ""}, page=page)
    done = await visitor.submit(f"{page}/{aside.id}", {"note": "A trial of mine"}, page=page)
    again = await visitor.submit(f"{page}/{aside.id}", {"note": "Me too"}, page=page)

    assert "About another merchant" in listed
    assert "it said" in listed
    assert (empty.status_code, done.status_code, again.status_code) == (422, 303, 409)
    assert "A trial of mine" in (await visitor.get(f"{page}?status=handled")).text
    async with tenants.transaction():
        assert await tickets.open_counts() == {}
        assert await payments.count_aside() == 0


async def test_what_is_paid_at_the_door_counts_among_what_is_to_be_sent(visitor: Any, shop: Tenant) -> None:
    trusted, _payment = await by("cash_on_delivery")
    paid = await paid_order()
    await by("bank_transfer")  # waits for its money, so it is not sent
    await enter(visitor, shop, "owner")

    desk = (await visitor.get(admin("/"))).text
    listed = (await visitor.get(admin("/orders?payment_status=may_ship&fulfillment_status=unfulfilled"))).text

    assert re.search(r">\s*2\s*<[^>]*>(\s*<[^>]*>)*\s*orders to ship", desk)
    assert 'href="/orders?payment_status=may_ship&amp;fulfillment_status=unfulfilled"' in desk
    assert set(re.findall(r"/orders/(T\d+)\"", listed)) == {(await find(trusted)).number, paid.number}
